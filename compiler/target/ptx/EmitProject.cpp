//===- EmitProject.cpp - The input part of the gates, for all rows at once -===//
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

ProjectWriter::ProjectWriter(Emitter &e, gpu::GPUModuleOp module, const KernelPlan &plan,
                             ProjectLayout layout, ValueRange parameters)
    : e(e), plan(plan), layout(layout), x(e.global(parameters[0])), w(e.global(parameters[1])),
      bias(e.global(parameters[2])), gates(e.global(parameters[3])), rows(toIndex(parameters[4])),
      lengths(e.global(parameters[5])), hasLengths(e.notZero(toIndex(parameters[5]))),
      inner(toIndex(parameters[6])), innerIsStep(e.notZero(toIndex(parameters[7]))),
      shared(sharedAt(e, module, 0)), thread(e.thread()), tile(e.block(gpu::Dimension::y)),
      firstRow(e.mul(e.block(gpu::Dimension::x), layout.rows())) {
  lane = e.rem(thread, warpThreads);
  warp = e.div(thread, warpThreads);
  // In the product, and while inputs are loaded: eight k of four rows.
  laneColumn = e.rem(lane, ProjectLayout::laneColumns);
  laneRow = e.div(lane, ProjectLayout::laneColumns);
  warpRow = e.mul(warp, layout.warpRows());
  ownRow = e.add(warpRow, e.mul(laneRow, plan.schedule.getProjectThreadRows()));
  isUsed = e.less(e.add(firstRow, warpRow), rows);
}

void ProjectWriter::emit() {
  e.ifThen(anyTakesPart(), [&] {
    Values sums = emitSums();
    e.ifThen(isUsed, [&] { finish(sums); });
  });
}

Value ProjectWriter::anyTakesPart() {
  return e.choose(
      hasLengths,
      [&] {
        Value any = e.truth(false);
        for (int64_t i = 0; i < layout.rows(); i += warpThreads) {
          Value in = e.add(e.rem(thread, warpThreads), i), row = e.add(firstRow, in);
          Value exists = e.both(e.less(in, e.index(layout.rows())), e.less(row, rows));
          Value outer = e.div(row, inner), rest = e.sub(row, e.mul(outer, inner));
          Value sequence = e.select(innerIsStep, outer, rest);
          Value step = e.select(innerIsStep, rest, outer);
          any = e.either(any, e.choose(
                                  exists,
                                  [&] {
                                    Value length = e.loadCount(e.countAt(lengths, sequence));
                                    return e.less(step, length);
                                  },
                                  [&] { return e.truth(false); }));
        }
        return e.anyInWarp(any);
      },
      [&] { return e.truth(true); });
}

Values ProjectWriter::emitChunk(Value number, int64_t count, ValueRange state) {
  Value turn = layout.chunks() == 1 ? e.index(0) : e.rem(number, 2);
  Value stage = e.at(shared, e.mul(turn, layout.stageFloats()));
  storeChunk(state.drop_front(sumCount()), stage);
  // Everyone has read the stage that the next chunk goes to: that was before the
  // barrier of this one.
  e.barrier();
  Values next = loadChunk(e.mul(e.add(number, 1), layout.chunk()));
  ValueRange sums = state.take_front(sumCount());
  Values result = e.chooseValues(
      isUsed, [&] { return multiply(number, stage, count, sums); }, [&] { return Values(sums); });
  llvm::append_range(result, next);
  return result;
}

Values ProjectWriter::loadChunk(Value k) {
  Values values;
  for (int64_t r = 0; r < threadRows(); ++r) {
    // Rows beyond the last are read as the last one, and not used.
    Value row = e.min(e.add(firstRow, inputRow(r)), e.sub(rows, e.index(1)));
    for (int64_t i = 0; i < inputTurns(); ++i) {
      Value at = e.add(k, inputK(i));
      llvm::append_range(values, e.valuesIf(e.less(at, e.index(layout.depth)), 1, [&]() -> Values {
        return {e.load(e.at(x, e.add(e.mul(row, layout.depth), at)), /*constant=*/true)};
      }));
    }
  }
  llvm::append_range(values, loadWeights(k));
  return values;
}

void ProjectWriter::storeChunk(ValueRange values, Value stage) {
  for (int64_t r = 0; r < threadRows(); ++r)
    for (int64_t i = 0; i < inputTurns(); ++i, values = values.drop_front())
      storeInput(values.front(), r, i, stage);
  storeWeights(values, stage);
}

Kernel ptx::emitProject(Emitter &e, gpu::GPUModuleOp module, const KernelPlan &plan,
                        int64_t inputSize, StringRef name) {
  ProjectLayout layout = plan.project(inputSize);
  Kernel kernel{plan.name + "_" + name.str(), int32_t(layout.threads()),
                int32_t(layout.sharedBytes()), int32_t(layout.rows()), int32_t(layout.tiles())};
  emitKernel(
      e, module, kernel, projectParameters,
      [&](ValueRange parameters) {
        auto *writer = plan.storage->isShared() ? projectByProducts : projectBySums;
        writer(e, module, plan, layout, parameters)->emit();
      },
      askedRegisters(plan.gpu, layout.threads()));
  return kernel;
}
