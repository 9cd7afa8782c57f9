//===- Codegen.cpp - From the LLVM dialect to machine code -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/target/cpu/Codegen.h"

#include "compiler/target/Optimize.h"
#include "compiler/target/cpu/StackBound.h"
#include "mlir/Target/LLVMIR/Dialect/Builtin/BuiltinToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Dialect/LLVMIR/LLVMToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Export.h"
#include "support/TemporaryFile.h"
#include "llvm/Analysis/TargetLibraryInfo.h"
#include "llvm/IR/LegacyPassManager.h"
#include "llvm/IR/Module.h"
#include "llvm/Support/SmallVectorMemoryBuffer.h"

using namespace llvm;
using namespace grucc;
using namespace grucc::cpu;

/// Freestanding code: no loop becomes a memset, vectors keep the width that the
/// schedule gave them.
static void setAttributes(Module &module, const rnn::Target &target, const CodeOptions &options) {
  for (GlobalObject &global : module.global_objects()) {
    if (global.isDeclaration() || global.hasLocalLinkage())
      continue;
    if (options.visibility == Visibility::Hidden)
      global.setVisibility(GlobalValue::HiddenVisibility);
    else if (module.getTargetTriple().isOSBinFormatCOFF())
      global.setDLLStorageClass(GlobalValue::DLLExportStorageClass);
  }
  for (Function &function : module) {
    if (function.isDeclaration())
      continue;
    function.addFnAttr("no-builtins");
    if (options.optimizeSize) {
      function.addFnAttr(Attribute::OptimizeForSize);
      function.addFnAttr(Attribute::MinSize);
    }
    if (!function.hasFnAttribute("target-cpu")) { // NAME_supported has its own
      function.addFnAttr("target-cpu", target.cpu);
      if (!target.features.empty())
        function.addFnAttr("target-features", target.features);
      // Then places in memory are known when code is generated.
      if (target.scalable) {
        uint32_t parts = target.registerParts();
        function.addFnAttr(Attribute::getWithVScaleRangeArgs(module.getContext(), parts, parts));
      }
    }
    // C's int comes back as wide as a register where the ABI asks for it.
    Attribute::AttrKind extension =
        TargetLibraryInfo::getExtAttrForI32Return(module.getTargetTriple());
    if (extension != Attribute::None && function.getReturnType()->isIntegerTy(32))
      function.addRetAttr(extension);
    if (module.getTargetTriple().isX86()) {
      function.addFnAttr("prefer-vector-width", "512");
      function.addFnAttr("min-legal-vector-width", "512");
    }
  }
}

/// Tables that lead from every instruction to its caller: for a profiler at any time, and for an
/// exception out of parallel_for. Without them nothing may unwind, and a debugger has the same
/// tables, which are not loaded. The instructions are the same: all is optimised by then, and
/// the code generator, which places blocks by how much is in them, meets the same directives.
static void setUnwinding(Module &module, TargetMachine &machine, bool unwindTables) {
  machine.Options.ForceDwarfFrameSection = !unwindTables;
  for (Function &function : module) {
    if (function.isDeclaration())
      continue;
    if (unwindTables)
      function.setUWTableKind(UWTableKind::Async);
    else
      function.addFnAttr(Attribute::NoUnwind);
  }
}

/// What `print` writes, without a copy of it.
static std::unique_ptr<MemoryBuffer> buffered(function_ref<void(raw_pwrite_stream &)> print) {
  SmallString<0> bytes;
  raw_svector_ostream out(bytes);
  print(out);
  return std::make_unique<SmallVectorMemoryBuffer>(std::move(bytes),
                                                   /*RequiresNullTerminator=*/false);
}

/// Null where there is no code generator. Changes the module: code generators
/// prepare it in place.
static std::unique_ptr<MemoryBuffer> emit(Module &module, TargetMachine &machine,
                                          CodeGenFileType type) {
  bool refused = false;
  auto buffer = buffered([&](raw_pwrite_stream &out) {
    legacy::PassManager passes;
    TargetLibraryInfoImpl library(module.getTargetTriple());
    library.disableAllFunctions();
    passes.add(new TargetLibraryInfoWrapperPass(library));
    refused = machine.addPassesToEmitFile(passes, out, nullptr, type);
    if (!refused)
      passes.run(module);
  });
  return refused ? nullptr : std::move(buffer);
}

static Error emitObject(Module &module, TargetMachine &machine, bool boundsStack, Code &code) {
  if (!boundsStack) {
    code.object = emit(module, machine, CodeGenFileType::ObjectFile);
    return Error::success();
  }
  Expected<TemporaryFile> frames = TemporaryFile::createTemporary();
  if (!frames)
    return frames.takeError();
  machine.Options.StackUsageOutput = frames->path();
  code.object = emit(module, machine, CodeGenFileType::ObjectFile);
  ErrorOr<std::unique_ptr<MemoryBuffer>> stated = MemoryBuffer::getFile(frames->path());
  if (!stated)
    return createStringError("error: temporary file: " + stated.getError().message());
  code.stackBytes = stackBound(module, (*stated)->getBuffer());
  return Error::success();
}

Expected<Code> grucc::cpu::generateCode(mlir::ModuleOp source, const rnn::Target &target,
                                        const CodeOptions &options) {
  std::string error;
  std::unique_ptr<TargetMachine> machine = createTargetMachine(target, error, options.system);
  if (!machine)
    return createStringError("error: target: " + error);

  mlir::DialectRegistry registry;
  mlir::registerBuiltinDialectTranslation(registry);
  mlir::registerLLVMDialectTranslation(registry);
  source->getContext()->appendDialectRegistry(registry);
  LLVMContext context;
  auto translate = [&] {
    std::unique_ptr<Module> module = mlir::translateModuleToLLVMIR(source, context, "grucc");
    if (!module)
      return module;
    module->setDataLayout(machine->createDataLayout());
    module->setTargetTriple(machine->getTargetTriple());
    if (machine->isPositionIndependent())
      module->setPICLevel(PICLevel::BigPIC);
    setAttributes(*module, target, options);
    if (target.relaxedFma)
      useRelaxedFma(*module);
    optimize(*module, *machine, options.optimizeSize);
    setUnwinding(*module, *machine, options.unwindTables);
    return module;
  };
  std::unique_ptr<Module> module = translate();
  if (!module)
    return createStringError("error: found a module that does not translate to LLVM IR");

  Code code;
  if (options.text == CodeText::LLVMIR)
    code.text = buffered([&](raw_ostream &out) { module->print(out, nullptr); });
  // Not of a clone, whose uses come in another order: other instructions would follow.
  if (options.text == CodeText::Assembly)
    code.text = emit(*translate(), *machine, CodeGenFileType::AssemblyFile);
  if (Error failed = emitObject(*module, *machine, options.boundsStack, code))
    return std::move(failed);
  if (!code.object || (options.text != CodeText::None && !code.text))
    return createStringError("error: target: found no code generator for " + target.name);
  return code;
}
