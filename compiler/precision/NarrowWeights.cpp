//===- NarrowWeights.cpp - The narrowest storage of every matrix -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/precision/Passes.h"
#include "dialects/rnn/Constants.h"
#include "dialects/rnn/Storage.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/Matchers.h"

namespace grucc {
#define GEN_PASS_DEF_NARROWWEIGHTS
#include "compiler/precision/Passes.h.inc"
} // namespace grucc

using namespace mlir;
using namespace grucc;

template <typename T> static rnn::StorageAttr narrowest(MLIRContext *context, Attribute constant) {
  std::vector<T> storage;
  std::optional<ArrayRef<T>> values = rnn::constantValues<T>(constant, storage);
  return values ? rnn::narrowestStorage<T>(context, *values) : rnn::StorageAttr();
}

/// That of a constant matrix; null for any other, whose values may be anything.
static rnn::StorageAttr narrowest(Value matrix) {
  Attribute constant;
  if (!matchPattern(matrix, m_Constant(&constant)))
    return {};
  bool isFloat32 = getElementTypeOrSelf(matrix).isF32();
  return isFloat32 ? narrowest<float>(matrix.getContext(), constant)
                   : narrowest<double>(matrix.getContext(), constant);
}

namespace {
struct NarrowWeights : grucc::impl::NarrowWeightsBase<NarrowWeights> {
  void runOnOperation() override {
    for (rnn::LayerOp layer : getOperation().getOps<rnn::LayerOp>()) {
      if (rnn::StorageAttr storage = narrowest(layer.getWIh()))
        layer.setWIhStorageAttr(storage);
      if (rnn::StorageAttr storage = narrowest(layer.getWHh()))
        layer.setWHhStorageAttr(storage);
    }
  }
};
} // namespace
