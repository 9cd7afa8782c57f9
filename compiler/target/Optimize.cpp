//===- Optimize.cpp - What LLVM may do to code of ours -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/target/Optimize.h"

#include "llvm/Analysis/TargetLibraryInfo.h"
#include "llvm/IR/Module.h"
#include "llvm/MC/TargetRegistry.h"
#include "llvm/Passes/PassBuilder.h"
#include "llvm/Support/TargetSelect.h"
#include "llvm/Transforms/IPO/IROutliner.h"

using namespace llvm;

static std::unique_ptr<TargetMachine> createMachine(StringRef tripleName, StringRef cpu,
                                                    StringRef features, std::string &error) {
  // All that LLVM has: the table says which of them is meant.
  InitializeAllTargetInfos();
  InitializeAllTargets();
  InitializeAllTargetMCs();
  InitializeAllAsmPrinters();
  InitializeAllAsmParsers(); // of the inline assembly of NAME_supported
  Triple triple(tripleName);
  const llvm::Target *generator = TargetRegistry::lookupTarget(triple, error);
  if (!generator)
    return nullptr;
  TargetOptions options;
  options.AllowFPOpFusion = FPOpFusion::Strict;
  options.UniqueSectionNames = true;
  // Numbers in the registers that the CPU has for them, as every compiler's objects there.
  if (triple.isRISCV32())
    options.MCOptions.ABIName = features.contains("+f") ? "ilp32f" : "ilp32";
  // Without a system nothing moves an object once it is linked.
  Reloc::Model relocation = triple.getOS() == Triple::UnknownOS ? Reloc::Static : Reloc::PIC_;
  return std::unique_ptr<TargetMachine>(generator->createTargetMachine(
      triple, cpu, features, options, relocation, CodeModel::Small, CodeGenOptLevel::Aggressive));
}

std::unique_ptr<TargetMachine> grucc::createTargetMachine(const rnn::Target &target,
                                                          std::string &error,
                                                          rnn::OperatingSystem system) {
  return createMachine(target.platform->tripleOn(system), target.cpu, target.features, error);
}

std::unique_ptr<TargetMachine> grucc::createTargetMachine(const rnn::Platform &platform,
                                                          std::string &error) {
  return createMachine(platform.triple().str(), platform.leastCpu, /*features=*/"", error);
}

void grucc::optimize(Module &module, TargetMachine &machine, bool forSize) {
  PipelineTuningOptions tuning;
  tuning.LoopUnrolling = false;
  tuning.LoopVectorization = false;
  tuning.LoopInterleaving = false;
  tuning.SLPVectorization = false;
  PassBuilder builder(&machine, tuning);
  LoopAnalysisManager loops;
  FunctionAnalysisManager functions;
  CGSCCAnalysisManager sccs;
  ModuleAnalysisManager modules;
  TargetLibraryInfoImpl library(module.getTargetTriple());
  library.disableAllFunctions();
  functions.registerPass([&] { return TargetLibraryAnalysis(library); });
  builder.registerModuleAnalyses(modules);
  builder.registerCGSCCAnalyses(sccs);
  builder.registerFunctionAnalyses(functions);
  builder.registerLoopAnalyses(loops);
  builder.crossRegisterProxies(loops, functions, sccs, modules);
  OptimizationLevel level = forSize ? OptimizationLevel::Oz : OptimizationLevel::O2;
  auto simplify = [&] { builder.buildPerModuleDefaultPipeline(level).run(module, modules); };
  simplify();
  if (!forSize || !module.getTargetTriple().isWasm())
    return;
  // What is alike but for its constants, such as the products of layers with inputs of several
  // sizes, becomes one function, which code generators do of other CPUs' instructions. Once more
  // before, since little is alike while something is left to simplify (GRU(10 -> 20) of two
  // layers, a step of wasm32: 0.79 of the bytes).
  simplify();
  ModulePassManager outline;
  outline.addPass(IROutlinerPass());
  outline.run(module, modules);
  simplify();
}
