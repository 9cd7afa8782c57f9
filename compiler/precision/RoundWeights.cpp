//===- RoundWeights.cpp - Products of narrower numbers, by the owner's word -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/precision/Passes.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/Builders.h"

namespace grucc {
#define GEN_PASS_DEF_ROUNDWEIGHTS
#include "compiler/precision/Passes.h.inc"
} // namespace grucc

using namespace mlir;

namespace {
struct RoundWeights : grucc::impl::RoundWeightsBase<RoundWeights> {
  using Base::Base;

  void runOnOperation() override {
    func::FuncOp func = getOperation();
    Builder b(&getContext());
    if (precision == "exact")
      return;
    if (precision != "float16" && precision != "bfloat16") {
      func.emitError("precision: found '") << precision << "', expected exact, float16 or bfloat16";
      return signalPassFailure();
    }
    Type type = precision == "float16" ? Type(b.getF16Type()) : Type(b.getBF16Type());
    func->setAttr("rnn.precision", TypeAttr::get(type));
  }
};
} // namespace
