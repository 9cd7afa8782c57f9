//===- EmitCell.cpp - The equations of a cell as IR -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/target/cpu/EmitCell.h"

using namespace mlir;
using namespace grucc;
using namespace grucc::cpu;

Value cpu::emitCell(Emitter &e, const rnn::CellEquations &cell, ArrayRef<Value> gates,
                    ArrayRef<Value> sums, ArrayRef<Value> biases, Value h) {
  using rnn::ValueSteps;
  rnn::StepsPlace place(e, h.getType(), e.fma);
  CellUnit<ValueSteps> unit;
  for (int64_t q = 0; q < cell.shape.gates; ++q) {
    unit.inputs[q] = {&place, gates[q]};
    unit.sums[q] = {&place, sums[q]};
    if (cell.shape.gate[q].keepsBias && !biases.empty())
      unit.biases[q] = ValueSteps{&place, biases[cell.shape.keptIndex(q)]};
  }
  unit.states[0] = {&place, h};
  activateRound(cell.shape, /*round=*/0, unit);
  cell.in<ValueSteps>().update(unit);
  return unit.states[0].value;
}
