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
static bool keepsBiases(const KernelPlan &plan) {
  return plan.bias && plan.cell->shape.keptBiases() > 0;
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

void RowKernels::scanRows(const KernelPlan &plan, PackedAt weights, const StepRows &step,
                          Value rows, Value descending, const Share &panels, bool oneRow) const {
  // weights.at is that of W_hh: the same for every input size of a layer.
  LayerLayout layout = plan.layout(plan.hiddenSize);
  rnn::ScanRowsOp::create(
      e, weights.bytes, weights.at, step.gates, step.gatesAt, step.h.memory, step.h.offset,
      step.h.stride, step.y.memory, step.y.offset, step.y.stride, rows, descending, panels.first,
      panels.end, plan.recurrentMatrix().attr(e.getContext()),
      biasAt(e, keepsBiases(plan), layout.recurrentBias - layout.recurrentWeights),
      e.getStringAttr(plan.cellName), oneRow ? e.getUnitAttr() : UnitAttr(),
      nameOf(oneRow ? ".scan_row" : ".scan_rows"));
}

void RowKernels::scan(PackedAt weights, const StepRows &step, Value rows, Value descending,
                      const Share &panels) const {
  e.ifThen(
      e.equal(rows, 1),
      [&] { scanRows(rowPlan, weights, step, rows, descending, panels, /*oneRow=*/true); },
      [&] { scanManyRows(weights, step, rows, descending, panels); });
}

void RowKernels::scanSteps(PackedAt weights, const Rows &gates, const Rows &h, const Rows &y,
                           Value steps) const {
  LayerLayout layout = plan.layout(plan.hiddenSize);
  rnn::ScanStepsOp::create(
      e, weights.bytes, weights.at, gates.memory, gates.offset, gates.stride, h.memory, h.offset,
      y.memory, y.offset, y.stride, steps, plan.recurrentMatrix().attr(e.getContext()),
      biasAt(e, keepsBiases(plan), layout.recurrentBias - layout.recurrentWeights),
      e.getStringAttr(plan.cellName), nameOf(".scan_steps"));
}

void RowKernels::stepRow(int64_t depth, PackedAt weights, const Rows &x, const Rows &h,
                         const Rows &y, Value descending, const Share &panels) const {
  LayerLayout layout = rowPlan.layout(depth);
  rnn::StepRowOp::create(
      e, weights.bytes, weights.at, x.memory, x.offset, h.memory, h.offset, y.memory, y.offset,
      descending, panels.first, panels.end, rowPlan.inputMatrix(depth).attr(e.getContext()),
      rowPlan.recurrentMatrix().attr(e.getContext()), biasAt(e, plan.bias, layout.inputBias),
      e.getI64IntegerAttr(layout.recurrentWeights),
      biasAt(e, keepsBiases(plan), layout.recurrentBias), e.getStringAttr(plan.cellName),
      nameOf(".step_" + Twine(depth)));
}
