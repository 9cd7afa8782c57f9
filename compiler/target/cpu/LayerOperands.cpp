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
  return {e.bytesType(), index, memory, index,  index, index,  memory, index, index, index,
          memory,        index, index,  memory, index, memory, index,  index, index};
}

Values LayerOperands::values() const {
  return {weights, weightsAt, x,     xAt, xStep, xRow,  y,      yAt,   yStep,  yRow,
          h0,      h0At,      h0Row, hn,  hnAt,  gates, seqLen, batch, reverse};
}

LayerOperands LayerOperands::from(ValueRange v) {
  return {v[0],  v[1],  v[2],  v[3],  v[4],  v[5],  v[6],  v[7],  v[8], v[9],
          v[10], v[11], v[12], v[13], v[14], v[15], v[16], v[17], v[18]};
}

SmallVector<Type> RaggedOperands::types(Emitter &e) {
  SmallVector<Type> types = LayerOperands::types(e);
  types.append({e.memoryType(), e.memoryType(), e.countsType(), e.countsType(), e.countsType(),
                e.getIndexType(), e.getI64Type(), e.bytesType(), e.getI1Type()});
  return types;
}

Values RaggedOperands::all() const {
  Values everything = values();
  everything.append({staged, states, sizes, places, order, below, seed, mask, masked});
  return everything;
}

RaggedOperands RaggedOperands::from(ValueRange v) {
  return {LayerOperands::from(v), v[19], v[20], v[21], v[22], v[23], v[24], v[25], v[26], v[27]};
}
