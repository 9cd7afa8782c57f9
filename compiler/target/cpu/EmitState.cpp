//===- EmitState.cpp - The workspace and the streaming state -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/target/cpu/Interface.h"

using namespace mlir;
using namespace grucc;
using namespace grucc::cpu;

void Interface::emitWorkspaceBytes() {
  Type count = e.getI64Type();
  e.function(module, plan.name + ".workspace_bytes", {count, count}, count,
             [&](ValueRange args) -> Values {
               return {rnn::WorkspaceBytesOp::create(e, args[0], args[1])};
             });
}

void Interface::emitStateFunctions(func::FuncOp copy) {
  Type count = e.getI64Type();
  auto floats = [&](Value batch) {
    return e.mul(toIndex(batch), plan.numLayers * plan.hiddenSize);
  };
  SmallVector<Type> types = {pointer(), pointer(), count};
  e.function(module, plan.name + ".init_state", types, [&](ValueRange args) {
    Value state = args[0], h0 = args[1], batch = args[2], first = i64(0);
    stream().setParity(state, first);
    Value half = view(stream().half(state, first, batch));
    e.ifThen(
        isNull(h0),
        [&] { // C8
          e.loop(e.index(0), floats(batch), e.index(1),
                 [&](Value i) { e.store(e.zeros(1), half, i); });
        },
        [&] { e.call(copy, {view(h0), e.index(0), half, e.index(0), floats(batch)}); });
  });
  e.function(module, plan.name + ".read_state", types, [&](ValueRange args) {
    Value state = args[0], hn = args[1], batch = args[2];
    Value half = view(stream().current(state, batch));
    e.call(copy, {half, e.index(0), view(hn), e.index(0), floats(batch)});
  });
  emitResetState();
}

void Interface::emitResetState() {
  Type count = e.getI64Type();
  SmallVector<Type> types = {pointer(), pointer(), count, count};
  e.function(module, plan.name + ".reset_state", types, [&](ValueRange args) {
    Value state = args[0], rows = args[1], count = args[2], batch = args[3];
    Value half = view(stream().current(state, batch)), hidden = e.index(plan.hiddenSize);
    e.loop(e.index(0), toIndex(count), e.index(1), [&](Value i) {
      Value row = e.loadCount(view(rows, e.countsType()), i);
      e.loop(e.index(0), e.index(plan.numLayers), e.index(1), [&](Value layer) {
        Value start = e.mul(e.add(e.mul(layer, toIndex(batch)), row), hidden);
        e.loop(start, e.add(start, hidden), e.index(1),
               [&](Value at) { e.store(e.zeros(1), half, at); });
      });
    });
  });
}
