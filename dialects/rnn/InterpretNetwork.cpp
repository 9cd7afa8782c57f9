//===- InterpretNetwork.cpp - Runs a whole rnn.gru by Reference -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialects/rnn/Interpretation.h"
#include "llvm/Support/CheckedArithmetic.h"
#include <limits>

using namespace mlir;
using namespace grucc::rnn;
using llvm::Error;

namespace grucc::reference {

/// Batch sizes and indices of a packed call (C10); `sorted` holds the indices.
template <typename T>
Error Interpreter<T>::describePacked(GruOp op, Call<T> &call, std::vector<int64_t> &sorted) {
  call.steps = size(op.getBatchSizes(), 0);
  call.batchSizes = counts(op.getBatchSizes());
  int64_t previous = std::numeric_limits<int64_t>::max(), rows = 0;
  for (int64_t t = 0; t < call.steps; ++t) {
    int64_t found = call.batchSizes[t];
    if (found < 0 || found > previous)
      return error("batch_sizes: found {0} at step {1}, expected 0 to {2}", found, t, previous);
    std::optional<int64_t> sum = llvm::checkedAdd(rows, found);
    if (!sum)
      return error("batch_sizes: found a sum beyond 2^63");
    previous = found, rows = *sum;
  }
  if (Error e = expect("input", op.getInput(), {rows, op.getInputSize()}))
    return e;

  // Rows of length 0 are in no batch: only h_0 and the indices know of them.
  int64_t largest = call.steps ? call.batchSizes[0] : 0;
  Value first = op.getSortedIndices() ? op.getSortedIndices() : op.getUnsortedIndices();
  call.batch = first ? size(first, 0) : op.getH_0() ? size(op.getH_0(), 1) : largest;
  if (call.batch < largest)
    return error("batch_sizes: found {0}, expected at most the {1} rows of the batch", largest,
                 call.batch);

  // Either list of indices is the inverse of the other.
  for (auto [name, value] : {std::pair("sorted_indices", op.getSortedIndices()),
                             std::pair("unsorted_indices", op.getUnsortedIndices())}) {
    if (!value)
      continue;
    if (Error e = expect(name, value, {call.batch}))
      return e;
    std::vector<int64_t> own(call.batch, -1);
    for (int64_t i = 0; i < call.batch; ++i) {
      int64_t index = counts(value)[i];
      if (index < 0 || index >= call.batch || own[index] != -1)
        return error("{0}: found {1} at {2}, expected each of 0 to {3} once", name, index, i,
                     call.batch - 1);
      own[index] = i;
    }
    bool given = value == op.getSortedIndices();
    std::vector<int64_t> asSorted =
        given ? std::vector<int64_t>(counts(value), counts(value) + call.batch) : own;
    if (!sorted.empty() && sorted != asSorted)
      return error("unsorted_indices: found another order than that of sorted_indices");
    sorted = asSorted;
  }
  call.sortedIndices = sorted.empty() ? nullptr : sorted.data();
  return Error::success();
}

template <typename T> Error Interpreter<T>::run(GruOp op) {
  Network network = op.getNetwork();
  int64_t H = network.hiddenSize, D = network.numDirections(), states = D * network.numLayers;
  bool packed = static_cast<bool>(op.getBatchSizes()), unbatched = op.isUnbatched();

  Call<T> call;
  std::vector<int64_t> sorted;
  if (packed) {
    if (Error e = describePacked(op, call, sorted))
      return e;
  } else if (unbatched) { // C9; batch_first has nothing to say
    network.batchFirst = false;
    call.steps = size(op.getInput(), 0), call.batch = 1;
  } else {
    call.steps = size(op.getInput(), network.batchFirst ? 1 : 0);
    call.batch = size(op.getInput(), network.batchFirst ? 0 : 1);
    if (Error e = expectLengths(op.getLengths(), call.batch, call.steps))
      return e;
  }
  std::vector<int64_t> inputShape = shape(op.getInput());
  inputShape.back() = network.inputSize;
  std::vector<int64_t> stateShape = {states, call.batch, H};
  if (unbatched)
    stateShape = {states, H};
  if (Error e = expect("input", op.getInput(), inputShape))
    return e;
  if (Error e = expect("h_0", op.getH_0(), stateShape))
    return e;
  if (Error e = expect("dropout_mask", op.getDropoutMask(),
                       {network.numLayers - 1, call.steps, call.batch, D * H}))
    return e;

  std::vector<const T *> weights;
  for (int64_t l = 0; l < network.numLayers; ++l)
    for (int64_t d = 0; d < D; ++d)
      for (auto [index, weight] : llvm::enumerate(op.getCellWeights(l, d))) {
        std::vector<int64_t> expected = {Gru::shape.rows(H)};
        if (index < 2)
          expected.push_back(index == 0 ? network.layerInputSize(l) : H);
        if (Error e = expect("weights", weight, expected))
          return e;
        weights.push_back(reals(weight));
      }

  call.input = reals(op.getInput());
  call.h0 = reals(op.getH_0());
  call.lengths = counts(op.getLengths());
  call.dropoutMask = reals(op.getDropoutMask());
  if (op.getDropoutSeed())
    call.dropoutSeed = static_cast<uint64_t>(*counts(op.getDropoutSeed()));
  if (network.training && network.dropout > 0 && network.numLayers > 1 && !op.getDropoutSeed() &&
      !op.getDropoutMask())
    return error("dropout_seed: found neither a seed nor a mask, expected one in training");

  Result<T> result = gru<T>(network, weights, call);
  std::vector<int64_t> outputShape = inputShape;
  outputShape.back() = D * H;
  define(op.getOutput(), outputShape, std::move(result.output));
  define(op.getHN(), stateShape, std::move(result.hN));
  return Error::success();
}

template Error Interpreter<float>::run(GruOp);
template Error Interpreter<double>::run(GruOp);

} // namespace grucc::reference
