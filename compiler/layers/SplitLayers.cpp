//===- SplitLayers.cpp - The network into layers -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/layers/Passes.h"
#include "dialects/rnn/Rnn.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"

namespace grucc {
#define GEN_PASS_DEF_SPLITLAYERS
#include "compiler/layers/Passes.h.inc"
} // namespace grucc

using namespace mlir;
using namespace grucc;

/// Says what later passes cannot lower yet: the argument, found and expected.
static LogicalResult checkLowered(rnn::GruOp gru) {
  auto refuse = [&](StringRef argument, StringRef found, StringRef expected) {
    return gru.emitError() << argument << ": found " << found << ", expected " << expected
                           << ": not lowered yet";
  };
  if (gru.getBidirectional())
    return refuse("bidirectional", "true", "false");
  if (gru.getLengths())
    return refuse("lengths", "variable lengths", "none");
  if (gru.getBatchSizes())
    return refuse("batch_sizes", "packed input", "padded input");
  if (gru.isUnbatched())
    return refuse("input", "unbatched input [T, I]", "[T, B, I]");
  if (gru.getTraining() && !gru.getDropout().isZero())
    return refuse("training", "dropout in training", "inference");
  if (!cast<RankedTensorType>(gru.getInput().getType()).getElementType().isF32())
    return refuse("dtype", "float64", "float32");
  return success();
}

/// rnn.gru ==> [transpose], layer, layer, …, [transpose], stack.
static void split(rnn::GruOp gru) {
  ImplicitLocOpBuilder b(gru.getLoc(), gru);
  // With the types that the op says: a caller sees no difference.
  auto transposed = [&](Value value, Type type) -> Value {
    return rnn::TransposeOp::create(b, type, value);
  };
  auto swapAxes = [](Type type) -> Type {
    auto tensor = cast<RankedTensorType>(type);
    ArrayRef<int64_t> shape = tensor.getShape();
    return RankedTensorType::get({shape[1], shape[0], shape[2]}, tensor.getElementType());
  };

  Value sequence = gru.getInput();
  if (gru.getBatchFirst()) // C5
    sequence = transposed(sequence, swapAxes(sequence.getType()));
  SmallVector<Value> states;
  for (int64_t layer = 0; layer < gru.getNumLayers(); ++layer) {
    Value h0; // C8: left out, it stays out
    if (gru.getH_0())
      h0 = rnn::StateOp::create(b, gru.getH_0(), layer); // C7
    auto weights = gru.getCellWeights(layer, /*direction=*/0);
    Value bIh = gru.getBias() ? weights[2] : Value();
    Value bHh = gru.getBias() ? weights[3] : Value(); // C4
    auto op = rnn::LayerOp::create(b, sequence, h0, /*lengths=*/Value(), weights[0], weights[1],
                                   bIh, bHh, /*reverse=*/false);
    sequence = op.getOutput(); // C1
    states.push_back(op.getHN());
  }
  if (gru.getBatchFirst())
    sequence = transposed(sequence, gru.getOutput().getType());
  Value stacked = rnn::StackOp::create(b, gru.getHN().getType(), states);
  gru.replaceAllUsesWith(ValueRange{sequence, stacked});
  gru.erase();
}

namespace {
struct SplitLayers : grucc::impl::SplitLayersBase<SplitLayers> {
  void runOnOperation() override {
    for (rnn::GruOp gru : llvm::to_vector(getOperation().getOps<rnn::GruOp>())) {
      if (failed(checkLowered(gru)))
        return signalPassFailure();
      split(gru);
    }
  }
};
} // namespace
