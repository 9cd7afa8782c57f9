//===- LayerOperands.cpp - What the function of a layer takes -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/target/cpu/Kernels.h"

using namespace mlir;
using namespace grucc::cpu;

SmallVector<Type> LayerOperands::types(Emitter &e) {
  Type memory = e.memoryType(), index = e.getIndexType();
  SmallVector<Type> types{e.bytesType(), index,  index,  e.getI1Type(), index, memory, index, index,
                          index,         memory, index,  index,         index, memory, index, index,
                          memory,        index,  memory, index,         index, index,  index};
  types.append(Team::types(e));
  return types;
}

Values LayerOperands::values() const {
  Values everything{weights, weightsAt, recurrentAt, upper, depth,  x,     xAt,    xStep,
                    xRow,    y,         yAt,         yStep, yRow,   h0,    h0At,   h0Row,
                    hn,      hnAt,      gates,       limit, seqLen, batch, reverse};
  everything.append(team.values());
  return everything;
}

LayerOperands LayerOperands::from(ValueRange v) {
  return {v[0],  v[1],  v[2],  v[3],  v[4],  v[5],  v[6],  v[7],
          v[8],  v[9],  v[10], v[11], v[12], v[13], v[14], v[15],
          v[16], v[17], v[18], v[19], v[20], v[21], v[22], Team::from(v.drop_front(23))};
}

SmallVector<Type> RaggedOperands::types(Emitter &e) {
  SmallVector<Type> types = LayerOperands::types(e);
  Type index = e.getIndexType();
  types.append({e.memoryType(), e.memoryType(), e.countsType(), e.countsType(), e.countsType(),
                index, e.getI64Type(), e.bytesType(), e.getI1Type(), index, index, index});
  return types;
}

Values RaggedOperands::all() const {
  Values everything = values();
  everything.append({staged, states, sizes, places, order, below, seed, mask, masked, rowPart,
                     rowParts, wholeBatch});
  return everything;
}

RaggedOperands RaggedOperands::from(ValueRange v) {
  ValueRange own = v.drop_front(LayerOperands::count);
  return {LayerOperands::from(v),
          own[0],
          own[1],
          own[2],
          own[3],
          own[4],
          own[5],
          own[6],
          own[7],
          own[8],
          own[9],
          own[10],
          own[11]};
}
