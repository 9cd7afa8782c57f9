//===- NetworkWeights.cpp - Where the weights of a network come from -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/target/NetworkGraph.h"

#include "dialects/rnn/Constants.h"
#include "mlir/IR/Matchers.h"

using namespace mlir;
using namespace grucc;

namespace {
/// A weight, and the op that reads it.
struct Weight {
  StringRef name;
  Value value;
  Operation *op;
};
} // namespace

/// Those of a layer in torch's order. External biases are folded once they are known, by
/// NAME_pack: they must be the operands of one rnn.fold_biases.
static FailureOr<SmallVector<Weight>> weightsOf(LayerPlan layer, bool external) {
  SmallVector<Weight> weights = {{"weight", layer.project.getWeight(), layer.project},
                                 {"w_hh", layer.cell.getWHh(), layer.cell}};
  Value ofInput = layer.project.getBias(), ofState = layer.cell.getBias();
  if (!ofInput)
    return weights;
  if (!external) {
    weights.push_back({"bias", ofInput, layer.project});
    if (ofState)
      weights.push_back({"bias", ofState, layer.cell});
    return weights;
  }
  auto fold = ofInput.getDefiningOp<rnn::FoldBiasesOp>();
  if (!fold || ofInput != fold.getBX())
    return refuse(layer.project, "bias", originOf(ofInput), "the first result of rnn.fold_biases",
                  layer.cell, "its cell is here");
  if (ofState && ofState != fold.getBHn())
    return refuse(layer.cell, "bias", originOf(ofState),
                  "the second result of its projection's rnn.fold_biases", fold, "which is here");
  weights.push_back({"b_ih", fold.getBIh(), fold});
  weights.push_back({"b_hh", fold.getBHh(), fold});
  return weights;
}

LogicalResult NetworkGraph::readWeights() {
  Value first = layers.front().project.getWeight();
  externalWeights = isArgument(first);
  SmallVector<Weight> weights;
  for (const LayerPlan &layer : layers) {
    FailureOr<SmallVector<Weight>> own = weightsOf(layer, externalWeights);
    if (failed(own))
      return failure();
    llvm::append_range(weights, *own);
  }
  for (auto [index, weight] : llvm::enumerate(weights)) {
    if (!externalWeights && matchPattern(weight.value, m_Constant()))
      continue;
    Operation *before = index ? weights[index - 1].op : nullptr;
    if (!externalWeights && isArgument(weight.value))
      return refuse(weight.op, weight.name, originOf(weight.value), "a constant, as in layer 0",
                    layers.front().project, "layer 0 is here");
    if (!externalWeights)
      return refuse(weight.op, "weights", "values that are not known at compile time",
                    "constants, or all of them arguments of the function", before,
                    "the weight before is here");
    // NAME_pack takes them in torch's order.
    int64_t number = cast<BlockArgument>(first).getArgNumber() + index;
    if (!isArgument(weight.value) || cast<BlockArgument>(weight.value).getArgNumber() != number)
      return refuse(weight.op, weight.name, originOf(weight.value),
                    "argument " + Twine(number) + ": torch's order", before,
                    "the weight before is here");
  }
  return success();
}

template <typename T>
FailureOr<ArrayRef<T>> grucc::weightValues(Value weight, std::vector<T> &storage) {
  Attribute constant;
  if (matchPattern(weight, m_Constant(&constant)))
    if (auto values = rnn::constantValues<T>(constant, storage))
      return *values;
  return emitError(weight.getLoc(), "weights: found values that are not known at compile "
                                    "time, expected constants");
}

template FailureOr<ArrayRef<float>> grucc::weightValues(Value, std::vector<float> &);
template FailureOr<ArrayRef<double>> grucc::weightValues(Value, std::vector<double> &);
