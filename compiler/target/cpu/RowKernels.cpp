//===- RowKernels.cpp - The kernels of a network's rows -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/target/cpu/RowKernels.h"

using namespace mlir;
using namespace grucc;
using namespace grucc::cpu;

/// Where there are biases, `at` of them.
static IntegerAttr biasAt(Emitter &e, bool exists, int64_t at) {
  return exists ? e.getI64IntegerAttr(at) : IntegerAttr();
}
static bool keepsBiases(const KernelPlan &plan, int64_t round = 0) {
  return plan.bias && plan.cell.keptBiases(round) > 0;
}

StringAttr RowKernels::nameOf(const Twine &suffix) const {
  return e.getStringAttr(plan.name + suffix);
}

void RowKernels::project(int64_t depth, PackedAt weights, const Rows &x, const Rows &gates,
                         Value rows, const Share &panels) const {
  rnn::ProjectRowsOp::create(
      e, weights.bytes, weights.at, x.memory, x.offset, x.stride, gates.memory, gates.offset,
      gates.stride, rows, panels.first, panels.end, plan.inputMatrix(depth).attr(e.getContext()),
      biasAt(e, plan.bias, plan.layout(depth).inputBias), nameOf(".project_" + Twine(depth)));
}

/// From W_hh of the round on: the same for every input size of a layer.
IntegerAttr RowKernels::keptBiasAt(const KernelPlan &plan, int64_t round) const {
  LayerLayout layout = plan.layout(plan.hiddenSize);
  return biasAt(e, keepsBiases(plan, round),
                layout.recurrentBias - layout.recurrentWeights - plan.roundStart(round));
}

void RowKernels::scanRows(const KernelPlan &plan, int64_t round, PackedAt weights,
                          const StepRows &step, Value rows, Value descending, const Share &panels,
                          bool oneRow) const {
  Value weightsAt = e.add(weights.at, plan.roundStart(round));
  rnn::MatrixAttr matrix = plan.recurrentMatrix(round).attr(e.getContext());
  IntegerAttr bias = keptBiasAt(plan, round);
  rnn::CellAttr cell = plan.cellKind;
  UnitAttr isOneRow = oneRow ? e.getUnitAttr() : UnitAttr();
  if (round + 1 < plan.rounds()) {
    rnn::ScanRoundOp::create(e, e.getI64IntegerAttr(round), weights.bytes, weightsAt, step.gates,
                             step.gatesAt, step.h.memory, step.h.offset, step.h.stride, rows,
                             descending, panels.first, panels.end, matrix, bias, cell, isOneRow,
                             nameOf(oneRow ? ".round_row" : ".round_rows"));
    return;
  }
  rnn::ScanRowsOp::create(e, weights.bytes, weightsAt, step.gates, step.gatesAt, step.h.memory,
                          step.h.offset, step.h.stride, step.y.memory, step.y.offset, step.y.stride,
                          rows, descending, panels.first, panels.end, matrix, bias, cell, isOneRow,
                          nameOf(oneRow ? ".scan_row" : ".scan_rows"));
}

void RowKernels::scan(int64_t round, PackedAt weights, const StepRows &step, Value rows,
                      Value descending, const Share &panels) const {
  auto scan = [&](const KernelPlan &plan, bool oneRow) {
    scanRows(plan, round, weights, step, rows, descending, panels, oneRow);
  };
  if (scansRowByRow())
    return scan(plan, /*oneRow=*/false);
  e.ifThen(
      e.equal(rows, 1), [&] { scan(rowPlan, /*oneRow=*/true); },
      [&] { scan(plan, /*oneRow=*/false); });
}

void RowKernels::scanSteps(PackedAt weights, const Rows &gates, const Rows &h, const Rows &y,
                           Value steps) const {
  rnn::ScanStepsOp::create(e, weights.bytes, weights.at, gates.memory, gates.offset, gates.stride,
                           h.memory, h.offset, y.memory, y.offset, y.stride, steps,
                           plan.recurrentMatrix().attr(e.getContext()),
                           keptBiasAt(plan, /*round=*/0), plan.cellKind, nameOf(".scan_steps"));
}

void RowKernels::stepRow(int64_t depth, PackedAt weights, const Rows &x, const Rows &h,
                         const Rows &y, Value descending, const Share &panels) const {
  LayerLayout layout = rowPlan.layout(depth);
  rnn::StepRowOp::create(
      e, weights.bytes, weights.at, x.memory, x.offset, h.memory, h.offset, y.memory, y.offset,
      descending, panels.first, panels.end, rowPlan.inputMatrix(depth).attr(e.getContext()),
      rowPlan.recurrentMatrix().attr(e.getContext()), biasAt(e, plan.bias, layout.inputBias),
      e.getI64IntegerAttr(layout.recurrentWeights),
      biasAt(e, keepsBiases(plan), layout.recurrentBias), plan.cellKind,
      nameOf(".step_" + Twine(depth)));
}
