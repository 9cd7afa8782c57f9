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

/// Projects steps [first, first + steps) of every row into `gates` [steps, B, G].
static void emitChunk(Emitter &e, const KernelPlan &plan, int64_t depth, func::FuncOp project,
                      Value weights, Value weightsAt, const Rows &x, Value xStep, Value gates,
                      Value first, Value steps, Value batch) {
  Value gate = e.index(plan.gateFloats());
  auto call = [&](Value xAt, Value xStride, Value gatesAt, Value gatesStride, Value rows) {
    e.call(project,
           {weights, weightsAt, x.memory, xAt, xStride, gates, gatesAt, gatesStride, rows});
  };
  Value start = e.add(x.offset, e.mul(first, xStep));
  // Time-major rows are one behind the other: steps * B rows in one go.
  if (!plan.batchFirst)
    return call(start, e.index(depth), e.index(0), gate, e.mul(steps, batch));
  // Batch-major: the longer of the two dimensions fills the tiles of rows.
  Value wide = arith::CmpIOp::create(e, arith::CmpIPredicate::sge, batch, steps);
  e.ifThen(
      wide,
      [&] {
        e.loop(e.index(0), steps, e.index(1), [&](Value t) {
          call(e.add(start, e.mul(t, xStep)), x.stride, e.mul(e.mul(t, batch), plan.gateFloats()),
               gate, batch);
        });
      },
      [&] {
        e.loop(e.index(0), batch, e.index(1), [&](Value b) {
          call(e.add(start, e.mul(b, x.stride)), xStep, e.mul(b, plan.gateFloats()),
               e.mul(batch, plan.gateFloats()), steps);
        });
      });
}

func::FuncOp cpu::emitSequence(Emitter &e, ModuleOp module, const KernelPlan &plan, int64_t depth,
                               const StepKernels &kernels) {
  Type memory = e.memoryType(), index = e.getIndexType();
  SmallVector<Type> arguments{memory, index,  memory, index, index,  index, memory, index, index,
                              index,  memory, index,  index, memory, index, memory, index, index};
  std::string name = plan.name + ".layer_" + std::to_string(depth);
  func::FuncOp project =
      depth == plan.layers[0].inputSize ? kernels.projectFirst : kernels.projectRest;
  LayerLayout layout = plan.layout(depth);

  return e.function(module, name, arguments, [&](ValueRange args) {
    Value weights = args[0], weightsAt = args[1];
    Rows x{args[2], args[3], args[5]}, y{args[6], args[7], args[9]};
    Value xStep = args[4], yStep = args[8];
    Rows h0{args[10], args[11], args[12]};
    Value hn = args[13], hnAt = args[14], gates = args[15], seqLen = args[16], batch = args[17];
    Value zero = e.index(0), one = e.index(1);
    Value recurrentAt = e.add(weightsAt, layout.recurrentWeights);

    // As many steps as keep their projections in cache, at least one.
    Value chunk = e.max(e.div(e.index(plan.schedule.getChunkRows()), e.max(batch, one)), one);
    Values last = e.loop(
        zero, seqLen, chunk, {h0.memory, h0.offset, h0.stride}, [&](Value first, ValueRange outer) {
          Value steps = e.min(chunk, e.sub(seqLen, first));
          emitChunk(e, plan, depth, project, weights, weightsAt, x, xStep, gates, first, steps,
                    batch);
          return e.loop(zero, steps, one, outer, [&](Value t, ValueRange h) {
            Value step = e.add(first, t);
            Value yAt = e.add(y.offset, e.mul(step, yStep));
            Value gatesAt = e.mul(e.mul(t, batch), plan.gateFloats());
            Value descending = arith::AndIOp::create(e, step, one);
            SmallVector<Value> operands{weights, recurrentAt, gates, gatesAt,  h[0],  h[1],
                                        h[2],    y.memory,    yAt,   y.stride, batch, descending};
            e.ifThen(
                e.equal(batch, 1), [&] { e.call(kernels.scanRow, operands); },
                [&] { e.call(kernels.scanRows, operands); });
            return Values{y.memory, yAt, y.stride};
          });
        });
    // h_n: what the last step left, or h_0 itself when there was none (C13).
    e.loop(zero, batch, one, [&](Value b) {
      Value from = e.add(last[1], e.mul(b, last[2]));
      Value to = e.add(hnAt, e.mul(b, plan.hiddenSize));
      e.call(kernels.copy, {last[0], from, hn, to, e.index(plan.hiddenSize)});
    });
  });
}
