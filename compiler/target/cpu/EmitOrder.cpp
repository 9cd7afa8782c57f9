//===- EmitOrder.cpp - The order of rows of several lengths -===//
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

// A counting sort, longest first, rows of one length in the caller's order:
// T + B counts of memory and as many turns.
func::FuncOp cpu::emitOrderLengths(Emitter &e, ModuleOp module, const KernelPlan &plan) {
  Type counts = e.countsType(), index = e.getIndexType();
  return e.function(module, plan.name + ".order_lengths",
                    {counts, index, index, counts, counts, counts}, [&](ValueRange args) {
                      Value lengths = args[0], seqLen = args[1], batch = args[2];
                      Value sizes = args[3], places = args[4], order = args[5];
                      Value zero = e.index(0), one = e.index(1);
                      // sizes[n - 1] = rows of length n ...
                      e.loop(zero, seqLen, one, [&](Value t) { e.storeCount(zero, sizes, t); });
                      e.loop(zero, batch, one, [&](Value b) {
                        Value length = e.loadCount(lengths, b);
                        e.ifThen(e.less(zero, length), [&] {
                          Value at = e.sub(length, one);
                          e.storeCount(e.add(e.loadCount(sizes, at), one), sizes, at);
                        });
                      });
                      // ... then rows longer than t; places[n - 1] = first place of a row of length
                      // n.
                      Values longest =
                          e.loop(zero, seqLen, one, {zero}, [&](Value i, ValueRange longer) {
                            Value t = e.sub(e.sub(seqLen, one), i);
                            Value size = e.add(longer[0], e.loadCount(sizes, t));
                            e.storeCount(longer[0], places, t);
                            e.storeCount(size, sizes, t);
                            return Values{size};
                          });
                      // Rows of length 0 come last.
                      e.loop(zero, batch, one, {longest[0]}, [&](Value b, ValueRange empty) {
                        Value length = e.loadCount(lengths, b);
                        Value some = e.less(zero, length);
                        e.ifThen(
                            some,
                            [&] {
                              Value at = e.sub(length, one), place = e.loadCount(places, at);
                              e.storeCount(b, order, place);
                              e.storeCount(e.add(place, one), places, at);
                            },
                            [&] { e.storeCount(b, order, empty[0]); });
                        return Values{e.select(some, empty[0], e.add(empty[0], one))};
                      });
                      e.loop(zero, seqLen, one, [&](Value t) { e.storeCount(t, places, t); });
                    });
}

func::FuncOp cpu::emitOrderRows(Emitter &e, ModuleOp module, const KernelPlan &plan) {
  Type counts = e.countsType(), index = e.getIndexType();
  return e.function(
      module, plan.name + ".order_rows",
      {counts, e.getI1Type(), index, index, counts, counts, counts}, [&](ValueRange args) {
        Value batchSizes = args[0], packed = args[1], seqLen = args[2], batch = args[3];
        Value sizes = args[4], places = args[5], order = args[6];
        Value zero = e.index(0), one = e.index(1);
        e.ifThen(
            packed,
            [&] { // step t begins after the rows of all steps before it
              e.loop(zero, seqLen, one, {zero}, [&](Value t, ValueRange rows) {
                Value size = e.loadCount(batchSizes, t);
                e.storeCount(size, sizes, t);
                e.storeCount(rows[0], places, t);
                return Values{e.add(rows[0], size)};
              });
            },
            [&] {
              e.loop(zero, seqLen, one, [&](Value t) {
                e.storeCount(batch, sizes, t);
                e.storeCount(t, places, t);
              });
            });
        e.loop(zero, batch, one, [&](Value b) { e.storeCount(b, order, b); });
      });
}

func::FuncOp cpu::emitClearPadding(Emitter &e, ModuleOp module, const KernelPlan &plan) {
  Type memory = e.memoryType(), index = e.getIndexType();
  int64_t lanes = plan.schedule.tiling.lanes, size = plan.outputSize();
  return e.function(module, plan.name + ".clear_padding",
                    {memory, index, index, e.countsType(), index, index}, [&](ValueRange args) {
                      Value y = args[0], yStep = args[1], yRow = args[2], lengths = args[3];
                      Value seqLen = args[4], batch = args[5], one = e.index(1);
                      e.loop(e.index(0), batch, one, [&](Value b) {
                        e.loop(e.loadCount(lengths, b), seqLen, one, [&](Value t) {
                          Value at = e.add(e.mul(t, yStep), e.mul(b, yRow));
                          int64_t whole = size / lanes * lanes;
                          e.loop(e.index(0), e.index(whole), e.index(lanes),
                                 [&](Value i) { e.store(e.zeros(lanes), y, e.add(at, i)); });
                          e.loop(e.index(whole), e.index(size), one,
                                 [&](Value i) { e.store(e.zeros(1), y, e.add(at, i)); });
                        });
                      });
                    });
}
