//===- EmitProjectSums.cpp - Multiply-adds of a projection, by threads -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/target/ptx/ProjectWriter.h"

using namespace mlir;
using namespace grucc;
using namespace grucc::ptx;

Values ProjectWriter::emitSums() {
  SumBlocks blocks = layout.sums();
  int64_t chunk = layout.chunk(), inBlock = blocks.size() / chunk;
  int64_t whole = layout.depth / blocks.size(), rest = layout.depth % blocks.size();
  Values staged = loadChunk(e.index(0));
  Values sums(sumCount(), e.number(-0.0)); // changes no sum that it is added to

  // All whole blocks, then what is left of the last one.
  Values carried(sums);
  llvm::append_range(carried, staged);
  auto blockTurn = [&](Value block, ValueRange now) {
    Values state(sumCount(), e.zero());
    llvm::append_range(state, now.drop_front(sumCount()));
    Value first = e.mul(block, inBlock);
    auto chunkTurn = [&](Value i, ValueRange state) {
      return emitChunk(e.add(first, i), chunk, state);
    };
    if (inBlock == 1)
      state = chunkTurn(e.index(0), state);
    else
      state = e.loop(e.index(0), e.index(inBlock), e.index(1), state, chunkTurn);
    return addBlock(now, state);
  };
  if (whole == 1)
    carried = blockTurn(e.index(0), carried);
  else if (whole > 1)
    carried = e.loop(e.index(0), e.index(whole), e.index(1), carried, blockTurn);
  if (rest) {
    Values state(sumCount(), e.zero());
    llvm::append_range(state, ArrayRef(carried).drop_front(sumCount()));
    for (int64_t at = 0; at < rest; at += chunk)
      state = emitChunk(e.index(whole * inBlock + at / chunk), std::min(chunk, rest - at), state);
    carried = addBlock(carried, state);
  }
  carried.resize(sumCount());
  return carried;
}

Values ProjectWriter::addBlock(ValueRange sums, ValueRange state) {
  Values result(state);
  for (int64_t i = 0; i < sumCount(); ++i)
    result[i] = e.plus(sums[i], state[i]);
  return result;
}

Values ProjectWriter::multiply(Value stage, int64_t count, ValueRange before) {
  Values sums(before);
  Value inputs = e.at(stage, ownRow);
  Value weights = e.at(e.at(stage, e.mul(laneColumn, kGroup)), layout.inputFloats());
  for (int64_t k = 0; k < count; ++k) {
    Values in = e.load(e.at(inputs, k * layout.inputStride()), threadRows(), false), weight;
    for (int64_t c = 0; c < threadColumns(); c += kGroup)
      llvm::append_range(weight, e.load(e.at(weights, k * layout.columns() + columnOffset(c)),
                                        kGroup, /*constant=*/false));
    for (int64_t i = 0; i < sumCount(); ++i)
      sums[i] = e.multiplyAdd(weight[i % threadColumns()], in[i / threadColumns()], sums[i]);
  }
  return sums;
}

void ProjectWriter::finish(ValueRange sums) {
  int64_t gateCount = layout.gateColumns();
  // Fours of columns begin at whole fours of a row, or end within it.
  int64_t width = gateCount % kGroup == 0 ? kGroup : 1;
  Value firstColumn = e.add(e.mul(tile, layout.columns()), e.mul(laneColumn, kGroup));
  for (int64_t c = 0; c < threadColumns(); c += width) {
    Value column = e.add(firstColumn, columnOffset(c));
    e.ifThen(e.less(column, e.index(gateCount)), [&] {
      Values biases;
      if (plan.bias)
        biases = e.load(e.at(bias, column), width, /*constant=*/true);
      for (int64_t r = 0; r < threadRows(); ++r) {
        Value row = e.add(firstRow, e.add(ownRow, r));
        e.ifThen(e.less(row, rows), [&] {
          Values values;
          for (int64_t i = 0; i < width; ++i) {
            Value sum = sums[r * threadColumns() + c + i];
            values.push_back(plan.bias ? e.plus(sum, biases[i]) : sum);
          }
          e.store(values, e.at(gates, e.add(e.mul(row, gateCount), column)));
        });
      }
    });
  }
}
