//===- Codegen.cpp - From the NVVM dialect to the text of kernels -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/target/ptx/Codegen.h"

#include "compiler/target/Optimize.h"
#include "dialects/rnn/GpuStorage.h"
#include "dialects/rnn/Rnn.h"
#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Target/LLVMIR/Dialect/Builtin/BuiltinToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Dialect/GPU/GPUToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Dialect/LLVMIR/LLVMToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Dialect/NVVM/NVVMToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Export.h"
#include "llvm/IR/LegacyPassManager.h"
#include "llvm/IR/Module.h"

using namespace llvm;
using namespace grucc;
using namespace grucc::ptx;

static Expected<std::string> generateText(mlir::gpu::GPUModuleOp source,
                                          const rnn::Target &target) {
  std::string error;
  std::unique_ptr<TargetMachine> machine = createTargetMachine(target, error);
  if (!machine)
    return createStringError("error: target: " + error);
  mlir::DialectRegistry registry;
  mlir::registerBuiltinDialectTranslation(registry);
  mlir::registerGPUDialectTranslation(registry);
  mlir::registerLLVMDialectTranslation(registry);
  mlir::registerNVVMDialectTranslation(registry);
  source->getContext()->appendDialectRegistry(registry);
  LLVMContext context;
  std::unique_ptr<Module> module = mlir::translateModuleToLLVMIR(source, context, "grucc");
  if (!module)
    return createStringError("error: found kernels that do not translate to LLVM IR");
  module->setDataLayout(machine->createDataLayout());
  module->setTargetTriple(machine->getTargetTriple());
  optimize(*module, *machine);
  SmallString<0> text;
  raw_svector_ostream out(text);
  legacy::PassManager passes;
  if (machine->addPassesToEmitFile(passes, out, nullptr, CodeGenFileType::AssemblyFile))
    return createStringError("error: target: found no code generator for " + target.name);
  passes.run(*module);
  return text.str().str();
}

/// What rnn-emit-gpu-kernels has written to rnn.cuda.
static void readPlan(rnn::CudaAttr plan, Model &model) {
  auto read = [](rnn::KernelAttr kernel) {
    return kernel ? Kernel{kernel.getName().str(), kernel.getThreads(), kernel.getSharedBytes(),
                           kernel.getRows(), kernel.getColumns()}
                  : Kernel();
  };
  model.projectInput = read(plan.getProjectInput());
  model.projectAbove = read(plan.getProjectAbove());
  model.scan = read(plan.getScan());
  model.step = read(plan.getStep());
  for (mlir::Attribute layer : plan.getLayers()) {
    ArrayRef<int64_t> at = cast<mlir::DenseI64ArrayAttr>(layer).asArrayRef();
    model.layers.push_back({at[0], at[1], at[2], at[3], at[4]});
  }
}

Expected<Model> grucc::ptx::generateModel(mlir::ModuleOp module, StringRef name) {
  auto kernels = module.lookupSymbol<mlir::gpu::GPUModuleOp>((name + "_kernels").str());
  auto weights = module.lookupSymbol<mlir::LLVM::GlobalOp>((name + ".weights").str());
  auto gpu = kernels ? kernels->getAttrOfType<rnn::GpuAttr>(rnn::GpuAttr::name) : rnn::GpuAttr();
  auto plan =
      kernels ? kernels->getAttrOfType<rnn::CudaAttr>(rnn::CudaAttr::name) : rnn::CudaAttr();
  if (!gpu || !plan || !weights)
    return createStringError("error: found no kernels, expected rnn-emit-gpu-kernels to have run");
  Model model;
  Expected<std::string> text = generateText(kernels, gpu.getRow());
  if (!text)
    return text.takeError();
  model.kernels = std::move(*text);
  auto bytes = cast<mlir::DenseResourceElementsAttr>(weights.getValueOrNull());
  llvm::append_range(model.weights, bytes.getData());
  auto precision = kernels->getAttrOfType<mlir::TypeAttr>("rnn.precision");
  model.precision = grucc::GpuStorage::of(precision).code;
  model.target = &gpu.getRow();
  readPlan(plan, model);
  return model;
}
