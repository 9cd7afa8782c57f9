//===- LowerToLLVM.cpp - Kernels into the LLVM dialect -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// By MLIR's own patterns, all at once: an index has one width, whatever op it comes from, and
// that is what the module's data layout says.
//
//===----------------------------------------------------------------------===//

#include "compiler/target/cpu/LowerToLLVM.h"

#include "compiler/target/cpu/Passes.h"
#include "mlir/Analysis/DataLayoutAnalysis.h"
#include "mlir/Conversion/ArithToLLVM/ArithToLLVM.h"
#include "mlir/Conversion/ControlFlowToLLVM/ControlFlowToLLVM.h"
#include "mlir/Conversion/FuncToLLVM/ConvertFuncToLLVM.h"
#include "mlir/Conversion/LLVMCommon/ConversionTarget.h"
#include "mlir/Conversion/LLVMCommon/TypeConverter.h"
#include "mlir/Conversion/MathToLLVM/MathToLLVM.h"
#include "mlir/Conversion/MemRefToLLVM/MemRefToLLVM.h"
#include "mlir/Conversion/Passes.h"
#include "mlir/Conversion/VectorToLLVM/ConvertVectorToLLVM.h"
#include "mlir/Dialect/Vector/Transforms/LoweringPatterns.h"
#include "mlir/Dialect/Vector/Transforms/VectorRewritePatterns.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"
#include "mlir/Transforms/Passes.h"

namespace grucc {
#define GEN_PASS_DEF_LOWERTOLLVM
#include "compiler/target/cpu/Passes.h.inc"
} // namespace grucc

using namespace mlir;

/// Vectors of several dimensions into those of one, which LLVM has.
static LogicalResult flattenVectors(ModuleOp module) {
  RewritePatternSet patterns(module.getContext());
  vector::populateVectorBroadcastLoweringPatterns(patterns);
  vector::populateVectorShapeCastLoweringPatterns(patterns);
  vector::populateVectorBitCastLoweringPatterns(patterns);
  vector::populateVectorInsertExtractStridedSliceTransforms(patterns);
  return applyPatternsGreedily(module, std::move(patterns));
}

namespace {
struct LowerToLLVM : grucc::impl::LowerToLLVMBase<LowerToLLVM> {
  void runOnOperation() override {
    ModuleOp module = getOperation();
    if (failed(flattenVectors(module)))
      return signalPassFailure();
    const auto &layouts = getAnalysis<DataLayoutAnalysis>();
    LLVMTypeConverter types(
        &getContext(), LowerToLLVMOptions(&getContext(), layouts.getAtOrAbove(module)), &layouts);
    RewritePatternSet patterns(&getContext());
    SymbolTableCollection symbols;
    populateVectorToLLVMConversionPatterns(types, patterns);
    populateMathToLLVMConversionPatterns(types, patterns);
    populateFinalizeMemRefToLLVMConversionPatterns(types, patterns, &symbols);
    arith::populateArithToLLVMConversionPatterns(types, patterns);
    cf::populateControlFlowToLLVMConversionPatterns(types, patterns);
    populateFuncToLLVMConversionPatterns(types, patterns, &symbols);
    LLVMConversionTarget target(getContext());
    target.addLegalOp<ModuleOp>();
    if (failed(applyFullConversion(module, target, std::move(patterns))))
      signalPassFailure();
  }
};
} // namespace

void grucc::cpu::buildLowerToLLVM(OpPassManager &passes) {
  // Index arithmetic that only differs by constants meets in one place.
  passes.addPass(createCanonicalizerPass());
  passes.addPass(createCSEPass());
  // Structured loops first: everything below works on blocks.
  passes.addPass(createSCFToControlFlowPass());
  passes.addPass(createLowerToLLVM());
  passes.addPass(createReconcileUnrealizedCastsPass());
  passes.addPass(createCSEPass());
}
