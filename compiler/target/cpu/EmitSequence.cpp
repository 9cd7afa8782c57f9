//===- EmitSequence.cpp - One layer over a whole sequence -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/target/cpu/Kernels.h"

using namespace mlir;
using namespace grucc;
using namespace grucc::cpu;

func::FuncOp cpu::emitCopy(Emitter &e, ModuleOp module, const KernelPlan &plan) {
  Type memory = e.memoryType(), index = e.getIndexType();
  int64_t lanes = plan.schedule.getLanes();
  return e.function(
      module, plan.name + ".copy", {memory, index, memory, index, index}, [&](ValueRange args) {
        Value x = args[0], xAt = args[1], y = args[2], yAt = args[3], count = args[4];
        Value whole = e.mul(e.div(count, lanes), lanes);
        e.loop(e.index(0), whole, e.index(lanes),
               [&](Value i) { e.store(e.load(x, e.add(xAt, i), lanes), y, e.add(yAt, i)); });
        e.loop(whole, count, e.index(1),
               [&](Value i) { e.store(e.load(x, e.add(xAt, i), 1), y, e.add(yAt, i)); });
      });
}

/// Projects steps [first, first + steps) of every row into gates [steps, B, G].
static void emitChunk(Emitter &e, const KernelPlan &plan, int64_t depth, func::FuncOp project,
                      const LayerOperands &layer, Value first, Value steps) {
  int64_t gate = plan.gateElements();
  auto call = [&](Value xAt, Value xStride, Value gatesAt, Value gatesStride, Value rows) {
    e.call(project, {layer.weights, layer.weightsAt, layer.x, xAt, xStride, layer.gates, gatesAt,
                     gatesStride, rows});
  };
  Value start = e.add(layer.xAt, e.mul(first, layer.xStep));
  // Time-major rows are one behind the other: steps * B rows in one go.
  if (!plan.batchFirst)
    return call(start, e.index(depth), e.index(0), e.index(gate), e.mul(steps, layer.batch));
  // Batch-major: the longer of the two dimensions fills the tiles of rows.
  e.ifThen(
      e.less(layer.batch, steps),
      [&] {
        e.loop(e.index(0), layer.batch, e.index(1), [&](Value b) {
          call(e.add(start, e.mul(b, layer.xRow)), layer.xStep, e.mul(b, gate),
               e.mul(layer.batch, gate), steps);
        });
      },
      [&] {
        e.loop(e.index(0), steps, e.index(1), [&](Value t) {
          call(e.add(start, e.mul(t, layer.xStep)), layer.xRow, e.mul(e.mul(t, layer.batch), gate),
               e.index(gate), layer.batch);
        });
      });
}

func::FuncOp cpu::emitSequence(Emitter &e, ModuleOp module, const KernelPlan &plan, int64_t depth,
                               const StepKernels &kernels) {
  std::string name = plan.name + ".layer_" + std::to_string(depth);
  func::FuncOp project = depth == plan.inputSize ? kernels.projectFirst : kernels.projectUpper;
  LayerLayout layout = plan.layout(depth);

  return e.function(module, name, LayerOperands::types(e), [&](ValueRange args) {
    LayerOperands layer = LayerOperands::from(args);
    Value zero = e.index(0), one = e.index(1), seqLen = layer.seqLen, batch = layer.batch;
    Value recurrentAt = e.add(layer.weightsAt, layout.recurrentWeights);
    Value backward = arith::CmpIOp::create(e, arith::CmpIPredicate::ne, layer.reverse, zero);

    // As many steps as keep their projections in cache, at least one; turn i is
    // step i, or step T - 1 - i in reverse (C7).
    Value chunk = e.max(e.div(e.index(plan.schedule.getChunkRows()), e.max(batch, one)), one);
    Values last =
        e.loop(zero, seqLen, chunk, {layer.h0, layer.h0At, layer.h0Row},
               [&](Value turn, ValueRange outer) {
                 Value steps = e.min(chunk, e.sub(seqLen, turn));
                 Value first = e.select(backward, e.sub(e.sub(seqLen, turn), steps), turn);
                 emitChunk(e, plan, depth, project, layer, first, steps);
                 return e.loop(zero, steps, one, outer, [&](Value i, ValueRange h) {
                   Value inside = e.select(backward, e.sub(e.sub(steps, one), i), i);
                   Value step = e.add(first, inside);
                   Value yAt = e.add(layer.yAt, e.mul(step, layer.yStep));
                   Value gatesAt = e.mul(e.mul(inside, batch), plan.gateElements());
                   Value descending = arith::AndIOp::create(e, step, one);
                   SmallVector<Value> operands{layer.weights, recurrentAt, layer.gates, gatesAt,
                                               h[0],          h[1],        h[2],        layer.y,
                                               yAt,           layer.yRow,  batch,       descending};
                   e.ifThen(
                       e.equal(batch, 1), [&] { e.call(kernels.scanRow, operands); },
                       [&] { e.call(kernels.scanRows, operands); });
                   return Values{layer.y, yAt, layer.yRow};
                 });
               });
    // h_n: what the last turn left, or h_0 itself when there was none (C13).
    e.loop(zero, batch, one, [&](Value b) {
      Value from = e.add(last[1], e.mul(b, last[2]));
      Value to = e.add(layer.hnAt, e.mul(b, plan.hiddenSize));
      e.call(kernels.copy, {last[0], from, layer.hn, to, e.index(plan.hiddenSize)});
    });
  });
}
