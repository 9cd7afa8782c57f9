//===- RoundWeights.cpp - Products of narrower numbers, by the owner's word -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/precision/Passes.h"
#include "dialects/rnn/Fields.h"
#include "dialects/rnn/GpuStorage.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"

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
    const grucc::GpuStorage *storage = grucc::GpuStorage::find(precision);
    if (!storage) {
      func.emitError("precision: found '")
          << precision << "', expected " << grucc::rnn::listWords(grucc::GpuStorage::precisions());
      return signalPassFailure();
    }
    if (storage->kind != grucc::rnn::StorageKind::Exact)
      func->setAttr("rnn.precision", TypeAttr::get(storage->type(&getContext())));
  }
};
} // namespace
