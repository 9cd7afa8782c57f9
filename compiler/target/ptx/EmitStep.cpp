//===- EmitStep.cpp - One step: recurrent sums and gates in one kernel -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/target/ptx/StepWriter.h"

using namespace mlir;
using namespace grucc;
using namespace grucc::ptx;

StepWriter::StepWriter(Emitter &e, gpu::GPUModuleOp module, const KernelPlan &plan,
                       const Recurrence &parameters, int64_t round)
    : e(e), plan(plan), round(round), layout(plan.step(round)), p(parameters),
      states(sharedAt(e, module, 0)), partials(sharedAt(e, module, layout.stateFloats())),
      thread(e.thread()), tile(e.block(gpu::Dimension::y)),
      firstB(e.mul(e.block(gpu::Dimension::x), layout.rows())), firstRow(p.firstRow(p.t)) {
  if (int64_t at = plan.stepWeightsAt(round))
    p.weights = e.at(p.weights, at);
}

void StepWriter::emit() {
  for (int64_t i = 0; i < layout.threadCells(); ++i)
    cells.push_back(loadCell(i));
  // Rows that have ended, or not begun, cost nothing but their zeros.
  int64_t gates = layout.gates;
  Values sums = e.valuesIf(anyActive(), gates * cells.size(), [&] { return emitTurns(); });
  for (auto [i, cell] : llvm::enumerate(cells))
    e.ifThen(cell.exists, [&, i = i, cell = cell] {
      ArrayRef<Value> own = ArrayRef(sums).slice(gates * i, gates);
      isLastRound() ? finish(cell, own) : keepGates(cell, own);
    });
}

OldState StepWriter::findOld(Value b, Value exists) {
  OldState old;
  old.length = p.length(b, exists);
  old.active = e.less(p.t, old.length);
  Value after = e.add(p.t, 1), one = e.index(1);
  Value isFirst = e.select(p.reverse, e.equal(e.sub(old.length, after), 0), e.equal(p.t, 0));
  Value isLater = e.both(old.active, e.negate(isFirst));
  old.isThere = e.both(old.active, e.either(isLater, p.hasH0));
  Value before = e.select(p.reverse, after, e.sub(p.t, one));
  old.pointer =
      e.chooseValues(
           isLater,
           [&]() -> Values { return {p.outputAt(p.row(p.firstRow(before), b), e.index(0))}; },
           [&]() -> Values { return {p.stateAt(p.h0, b, e.index(0))}; })
          .front();
  return old;
}

StepCell StepWriter::loadCell(int64_t i) {
  StepCell cell;
  Value at = e.add(thread, i * layout.threads());
  cell.row = e.div(at, layout.units());
  cell.b = e.add(firstB, cell.row);
  cell.unit = e.add(e.mul(tile, layout.units()), e.rem(at, layout.units()));
  cell.exists = e.all({e.less(cell.row, e.index(layout.rows())), e.less(cell.b, p.batch),
                       e.less(cell.unit, e.index(layout.hiddenSize))});
  cell.old = findOld(cell.b, cell.exists);
  cell.h = e.valuesIf(cell.old.isThere, 1, [&]() -> Values {
              return {e.load(e.at(cell.old.pointer, cell.unit), /*constant=*/true)};
            }).front();
  cell.gates = e.valuesIf(cell.old.active, gatesEnd(), [&] {
    return p.loadGates(p.row(firstRow, cell.b), cell.unit, gatesEnd(), isLastRound());
  });
  cell.biases = p.loadBiases(plan, round, cell.unit, cell.exists);
  return cell;
}

Value StepWriter::anyActive() {
  Value lane = e.rem(thread, warpThreads), b = e.add(firstB, lane);
  Value exists = e.both(e.less(lane, e.index(layout.rows())), e.less(b, p.batch));
  return e.anyInWarp(e.less(p.t, p.length(b, exists)));
}

Value StepWriter::operandOf(const OldState &old, Value b, Value unit) {
  Value h = e.load(e.at(old.pointer, unit), /*constant=*/true);
  int64_t by = plan.cell.round[round].scaledBy;
  if (by == noGate)
    return h;
  Value gate = e.load(p.gateAt(p.row(firstRow, b), by, unit), /*constant=*/true);
  return arith::MulFOp::create(e, gate, h);
}

Values StepWriter::emitTurns() {
  // -0 changes no sum that it is added to.
  Values none(layout.gates * cells.size(), e.number(-0.0));
  Value ownRow = e.div(thread, rowThreads());
  Value b = e.add(firstB, ownRow), exists = e.less(b, p.batch);
  OldState old = findOld(b, exists);
  auto turn = [&](Value number, ValueRange sums) {
    stage(number, ownRow, b, old);
    e.barrier();
    emitSums(number);
    e.barrier();
    return collect(sums);
  };
  if (layout.rounds() == 1)
    return turn(e.index(0), none);
  return e.loop(e.index(0), e.index(layout.rounds()), e.index(1), none, turn);
}

void StepWriter::stage(Value turn, Value row, Value b, const OldState &old) {
  SumBlocks sums = layout.sums();
  Value to = e.at(states, e.mul(row, layout.rowFloats()));
  Value lane = e.rem(thread, rowThreads());
  int64_t floats = layout.blocks() * sums.stride();
  for (int64_t i = 0; i * rowThreads() < floats; ++i) {
    Value at = e.add(lane, i * rowThreads());
    Value block = e.div(at, sums.stride()), k = e.rem(at, sums.stride());
    Value unit = e.add(e.mul(e.add(e.mul(turn, layout.blocks()), block), sums.size()), k);
    Value there = e.all(
        {old.isThere, e.less(k, e.index(sums.size())), e.less(unit, e.index(layout.hiddenSize))});
    Values h = e.valuesIf(there, 1, [&]() -> Values { return {operandOf(old, b, unit)}; });
    Value start = e.at(to, e.mul(block, layout.blockFloats()));
    auto store = [&] { storeOld(h.front(), start, k); };
    if ((i + 1) * rowThreads() <= floats)
      store();
    else
      e.ifThen(e.less(at, e.index(floats)), store);
  }
}

Values StepWriter::collect(ValueRange sums) {
  Values result;
  for (auto [i, cell] : llvm::enumerate(cells)) {
    ValueRange before = sums.slice(layout.gates * i, layout.gates);
    Value unit = e.rem(thread, layout.units()); // of threads * i more, too
    llvm::append_range(
        result,
        e.chooseValues(
            cell.exists,
            [&, cell = cell] {
              Value from = e.at(partials, e.add(e.mul(cell.row, layout.partialRowFloats()), unit));
              Values after(before);
              for (int64_t block = 0; block < layout.blocks(); ++block)
                for (int64_t gate = 0; gate < layout.gates; ++gate)
                  after[gate] =
                      e.plus(after[gate],
                             e.load(e.at(from, partialOffset(gate, 0) + block * layout.units()),
                                    /*constant=*/false));
              return after;
            },
            [&] { return Values(before); }));
  }
  return result;
}

void StepWriter::keepGates(const StepCell &cell, ArrayRef<Value> sums) {
  e.ifThen(cell.old.active, [&] {
    SmallVector<Type> types(layout.gates, cell.h.getType());
    auto made = rnn::CellRoundOp::create(e, types, cell.h.getType(), round, cell.gates, sums,
                                         cell.biases, cell.h, plan.cellKind);
    for (int64_t q = 0; q < layout.gates; ++q)
      e.store(made.getActivated()[q],
              p.gateAt(p.row(firstRow, cell.b), plan.cell.round[round].first + q, cell.unit));
  });
}

void StepWriter::finish(const StepCell &cell, ArrayRef<Value> sums) {
  Value one = e.index(1), last = e.sub(p.seqLen, one);
  Value out = p.outputAt(p.row(firstRow, cell.b), cell.unit);
  Value end = p.stateAt(p.hN, cell.b, cell.unit);
  e.ifThen(
      cell.old.active,
      [&] {
        Value h = e.updateCell(plan.cellKind, cell.gates, sums, cell.biases, cell.h);
        e.store(h, out);
        Value isLast =
            e.select(p.reverse, e.equal(p.t, 0), e.equal(e.sub(cell.old.length, e.add(p.t, 1)), 0));
        e.ifThen(isLast, [&] { e.store(h, end); });
      },
      [&] {
        // Packed rows end with their sequence; the first launch writes h_n of those
        // that never begin.
        e.ifThen(e.negate(p.hasOffsets), [&] { e.store(e.zero(), out); });
        Value isFirst = e.select(p.reverse, e.equal(e.sub(last, p.t), 0), e.equal(p.t, 0));
        e.ifThen(e.both(isFirst, e.equal(cell.old.length, 0)), [&] {
          e.store(e.valuesIf(p.hasH0, 1,
                             [&]() -> Values {
                               return {e.load(p.stateAt(p.h0, cell.b, cell.unit),
                                              /*constant=*/true)};
                             }),
                  end);
        });
      });
}

Kernel ptx::emitStep(Emitter &e, gpu::GPUModuleOp module, const KernelPlan &plan) {
  StepLayout layout = plan.step();
  Kernel kernel{plan.name + "_step", int32_t(layout.threads()), int32_t(layout.sharedBytes()),
                int32_t(layout.rows()), int32_t(layout.tiles())};
  emitKernel(
      e, module, kernel, stepParameters,
      [&](ValueRange parameters) {
        auto *writer = plan.storage->isShared() ? stepByProducts : stepBySums;
        Recurrence given(e, plan, parameters);
        auto write = [&](int64_t round) { writer(e, module, plan, given, round)->emit(); };
        if (plan.cell.rounds == 1)
          return write(0);
        e.ifThen(e.equal(given.round, 0), [&] { write(0); }, [&] { write(1); });
      },
      askedRegisters(plan.gpu, layout.threads()));
  return kernel;
}
