//===- RoundWeights.cpp - Products of narrower numbers, by the owner's word -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/precision/Passes.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinOps.h"

namespace grucc {
#define GEN_PASS_DEF_ROUNDWEIGHTS
#include "compiler/precision/Passes.h.inc"
} // namespace grucc

using namespace mlir;

namespace {
struct RoundWeights : grucc::impl::RoundWeightsBase<RoundWeights> {
  using Base::Base;

  void runOnOperation() override {
    ModuleOp module = getOperation();
    Builder b(&getContext());
    if (precision == "exact")
      return;
    if (precision != "float16" && precision != "bfloat16") {
      module.emitError("precision: found '")
          << precision << "', expected exact, float16 or bfloat16";
      return signalPassFailure();
    }
    Type type = precision == "float16" ? Type(b.getF16Type()) : Type(b.getBF16Type());
    module->setAttr("rnn.precision", TypeAttr::get(type));
  }
};
} // namespace
