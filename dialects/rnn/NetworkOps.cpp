//===- NetworkOps.cpp - Verification of the whole network (C1 to C14) -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialects/rnn/Cells.h"
#include "dialects/rnn/Rnn.h"
#include "dialects/rnn/Shapes.h"
#include "mlir/IR/TypeUtilities.h"
#include "llvm/Support/CheckedArithmetic.h"
#include <limits>

using namespace mlir;
using namespace grucc::rnn;

LogicalResult GruOp::inferReturnTypes(MLIRContext *, std::optional<Location> location,
                                      Adaptor adaptor, SmallVectorImpl<Type> &types) {
  auto input = dyn_cast<RankedTensorType>(adaptor.getInput().getType());
  int64_t directions = adaptor.getBidirectional() ? 2 : 1;
  std::optional<int64_t> outputs = scaled(directions, adaptor.getHiddenSize());
  std::optional<int64_t> states = scaled(directions, adaptor.getNumLayers());
  if (!input || !outputs || !states)
    return emitOptionalError(location, "'hidden_size' or 'num_layers' is too large");

  auto tensor = [&](ArrayRef<int64_t> shape) {
    types.push_back(RankedTensorType::get(shape, input.getElementType()));
  };
  int64_t hidden = adaptor.getHiddenSize();
  if (input.getRank() == 3) { // C5: h_n is never batch first
    int64_t batchAxis = adaptor.getBatchFirst() ? 0 : 1;
    int64_t batch = firstStatic({input.getDimSize(batchAxis), sizeOf(adaptor.getH_0(), 1),
                                 sizeOf(adaptor.getLengths(), 0)});
    int64_t steps = input.getDimSize(1 - batchAxis);
    tensor(adaptor.getBatchFirst() ? ArrayRef<int64_t>{batch, steps, *outputs}
                                   : ArrayRef<int64_t>{steps, batch, *outputs});
    tensor({*states, batch, hidden});
  } else if (adaptor.getBatchSizes()) { // C10: packed
    int64_t batch = firstStatic({sizeOf(adaptor.getH_0(), 1), sizeOf(adaptor.getSortedIndices(), 0),
                                 sizeOf(adaptor.getUnsortedIndices(), 0)});
    tensor({input.getDimSize(0), *outputs});
    tensor({*states, batch, hidden});
  } else { // C9: unbatched
    tensor({input.getDimSize(0), *outputs});
    tensor({*states, hidden});
  }
  return success();
}

Network GruOp::getNetwork() {
  Network network;
  network.inputSize = getInputSize();
  network.hiddenSize = getHiddenSize();
  network.numLayers = getNumLayers();
  network.bias = getBias();
  network.batchFirst = getBatchFirst();
  network.bidirectional = getBidirectional();
  network.dropout = getDropout().convertToDouble() + 0.0; // no -0
  network.training = getTraining();
  network.reverse = getReverse();
  network.variant = VariantAttr::in(getVariantAttr());
  network.dtype = getElementTypeOrSelf(getInput()).isF64() ? DType::Float64 : DType::Float32;
  network.externalWeights = !getWeights().empty() && isa<BlockArgument>(getWeights().front());
  return network;
}

/// The sizes that everything else is derived from (C1), and dropout (C6).
static LogicalResult verifySizes(GruOp op) {
  for (auto [name, size] :
       {std::pair("input_size", op.getInputSize()), // C1
        std::pair("hidden_size", op.getHiddenSize()), std::pair("num_layers", op.getNumLayers())})
    if (size < 1)
      return op.emitOpError() << name << ": found " << size << ", expected at least 1";
  double dropout = op.getDropout().convertToDouble();
  if (!(dropout >= 0 && dropout <= 1)) // C6; NaN fails too
    return op.emitOpError() << "dropout: found " << dropout << ", expected a number in [0, 1]";

  // G and D*H must be numbers, and so must every weight's size in bytes.
  constexpr int64_t largest = std::numeric_limits<int64_t>::max();
  constexpr int64_t largestHidden = largest / grucc::Gru::shape.gates;
  if (op.getHiddenSize() > largestHidden)
    return op.emitOpError() << "hidden_size: found " << op.getHiddenSize() << ", expected at most "
                            << largestHidden;
  Network network = op.getNetwork();
  int64_t perLayer = network.numDirections() * network.weightsPerCell();
  if (op.getNumLayers() > largest / perLayer)
    return op.emitOpError() << "num_layers: found " << op.getNumLayers() << ", expected at most "
                            << largest / perLayer;
  return success();
}

/// Each tensor of the network by its name in torch: weight_ih_l1_reverse (C3, C4).
static LogicalResult verifyWeights(GruOp op, Type dtype) {
  Network network = op.getNetwork();
  int64_t directions = network.numDirections(), perCell = network.weightsPerCell();
  int64_t expected = network.weightsCount();
  if (static_cast<int64_t>(op.getWeights().size()) != expected)
    return op.emitOpError() << "weights: found " << op.getWeights().size() << " tensors, expected "
                            << expected << ": " << perCell << " per layer and direction";

  int64_t hidden = network.hiddenSize, gates = network.gateRows();
  for (int64_t layer = 0; layer < op.getNumLayers(); ++layer)
    for (int64_t direction = 0; direction < directions; ++direction) {
      std::string suffix = "_l" + std::to_string(layer) + (direction ? "_reverse" : "");
      OperandRange weights = op.getCellWeights(layer, direction);
      auto expect = [&](unsigned index, StringRef kind, ArrayRef<int64_t> shape) -> LogicalResult {
        if (failed(expectTensor(op, kind + suffix, weights[index], shape, dtype)))
          return failure();
        std::optional<int64_t> bytes = sizeof(double);
        for (int64_t size : shape)
          bytes = bytes ? llvm::checkedMul(*bytes, size) : bytes;
        if (!bytes)
          return op.emitOpError() << kind << suffix << ": found shape " << shapeText(shape)
                                  << ", expected fewer than 2^63 bytes";
        return success();
      };
      if (failed(expect(0, "weight_ih", {gates, network.layerInputSize(layer)})) || // C1, C3
          failed(expect(1, "weight_hh", {gates, hidden})))                          // C3
        return failure();
      if (op.getBias() && (failed(expect(2, "bias_ih", {gates})) || // C4
                           failed(expect(3, "bias_hh", {gates}))))
        return failure();
    }
  return success();
}

/// Which optional arguments go together.
static LogicalResult verifyCombination(GruOp op) {
  auto inputRank = cast<RankedTensorType>(op.getInput().getType()).getRank();
  auto refuse = [&](StringRef argument, const Twine &reason) {
    return op.emitOpError() << argument << ": found it, expected " << reason;
  };
  if (op.getLengths() && op.getBatchSizes()) // C10
    return refuse("lengths", "none beside 'batch_sizes'");
  if (op.getLengths() && inputRank != 3) // C10
    return refuse("lengths", "none for an unbatched 'input'");
  if (op.getSortedIndices() && !op.getBatchSizes()) // C10
    return refuse("sorted_indices", "only with 'batch_sizes'");
  if (op.getUnsortedIndices() && !op.getBatchSizes()) // C10
    return refuse("unsorted_indices", "only with 'batch_sizes'");
  if (op.getDropoutSeed() && !op.getTraining()) // C6
    return refuse("dropout_seed", "only with 'training'");
  if (op.getDropoutMask() && !op.getTraining()) // C6
    return refuse("dropout_mask", "only with 'training'");
  if (op.getDropoutMask() && op.getDropoutSeed()) // C6
    return refuse("dropout_mask", "none beside 'dropout_seed'");
  if (op.getReverse() && op.getBidirectional()) // C15
    return refuse("reverse", "none beside 'bidirectional'");
  return success();
}

LogicalResult GruOp::verify() {
  if (failed(verifySizes(*this)) || failed(verifyCombination(*this)))
    return failure();

  Type dtype = getElementTypeOrSelf(getInput()), counts = IntegerType::get(getContext(), 64);
  Network network = getNetwork();
  int64_t states = network.numCells(), outputs = network.outputSize();
  int64_t steps = anySize, batch = anySize;
  if (getBatchSizes()) { // C10: packed, whatever batch_first says
    if (failed(expectTensor(*this, "input", getInput(), {anySize, getInputSize()}, dtype)))
      return failure();
    steps = sizeOf(getBatchSizes(), 0);
    batch = firstStatic(
        {sizeOf(getSortedIndices(), 0), sizeOf(getUnsortedIndices(), 0), sizeOf(getH_0(), 1)});
  } else if (isUnbatched()) { // C9
    if (failed(expectTensor(*this, "input", getInput(), {anySize, getInputSize()}, dtype)))
      return failure();
    steps = sizeOf(getInput(), 0);
    batch = 1;
  } else { // C5
    if (failed(expectTensor(*this, "input", getInput(), {anySize, anySize, getInputSize()}, dtype)))
      return failure();
    steps = sizeOf(getInput(), getBatchFirst() ? 1 : 0);
    batch = firstStatic({sizeOf(getInput(), getBatchFirst() ? 0 : 1), sizeOf(getH_0(), 1),
                         sizeOf(getLengths(), 0)});
  }

  SmallVector<int64_t> stateShape = {states, batch, getHiddenSize()};
  if (isUnbatched())
    stateShape = {states, getHiddenSize()};
  if (failed(expectTensor(*this, "h_0", getH_0(), stateShape, dtype)) ||       // C5, C7, C9
      failed(expectTensor(*this, "lengths", getLengths(), {batch}, counts)) || // C10
      failed(expectTensor(*this, "sorted_indices", getSortedIndices(), {batch}, counts)) ||
      failed(expectTensor(*this, "unsorted_indices", getUnsortedIndices(), {batch}, counts)) ||
      failed(expectTensor(*this, "dropout_mask", getDropoutMask(),
                          {getNumLayers() - 1, steps, batch, outputs}, dtype))) // C6, N5
    return failure();
  return verifyWeights(*this, dtype);
}
