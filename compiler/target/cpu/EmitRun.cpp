//===- EmitRun.cpp - NAME_run -===//
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
using arith::CmpIPredicate;

namespace {
/// One run: the checks, the order of rows when they differ in length, the layers.
class RunEmitter {
public:
  RunEmitter(Interface &interface, const LayerFunctions &functions, Value args)
      : i(interface), e(interface.e), plan(interface.plan), functions(functions), args(args) {}

  Value emit();

private:
  Interface &i;
  Emitter &e;
  const KernelPlan &plan;
  const LayerFunctions &functions;
  Value args;
  WorkspaceLayout layout;
  Value workspace, seqLen, batch;

  Value count(ArgsField field) { return i.loadAt(e.getI64Type(), args, 8 * int64_t(field)); }
  Value buffer(ArgsField field) { return i.loadAt(i.pointer(), args, 8 * int64_t(field)); }
  Value missing(ArgsField field) { return i.isNull(buffer(field)); }
  Value given(ArgsField field) { return i.compare(CmpIPredicate::ne, i.address(buffer(field)), 0); }
  Value counts(ArgsField field) { return i.view(buffer(field), e.countsType()); }
  Value part(Value start, MemRefType type = nullptr) {
    return i.view(i.advance(workspace, start), type);
  }

  Value unsupported();
  Value nullTensor();
  Value badCounts();
  void run();
  void runLayers(Value packed, func::FuncOp first, func::FuncOp upper, bool ragged);
};
} // namespace

Value RunEmitter::unsupported() {
  Value any = e.both(given(ArgsField::Lengths), given(ArgsField::BatchSizes));
  if (!plan.training)
    any = e.either(any, given(ArgsField::DropoutMask));
  return plan.externalWeights ? any : e.either(any, given(ArgsField::Weights));
}

Value RunEmitter::nullTensor() {
  Value rows = arith::MulIOp::create(e, count(ArgsField::SeqLen), count(ArgsField::Batch));
  Value tensors = e.either(missing(ArgsField::Input), missing(ArgsField::Output));
  Value any = e.both(i.compare(CmpIPredicate::ne, rows, 0), tensors);
  Value someRows = i.compare(CmpIPredicate::ne, count(ArgsField::Batch), 0);
  any = e.either(any, e.both(someRows, missing(ArgsField::HN)));
  any = e.either(any, missing(ArgsField::Workspace));
  return plan.externalWeights ? e.either(any, missing(ArgsField::Weights)) : any;
}

/// Lengths in 0..T; batch sizes in 0..B and never growing (C10).
Value RunEmitter::badCounts() {
  Value zero = e.index(0), never = arith::ConstantOp::create(e, e.getBoolAttr(false));
  Value steps = i.toIndex(count(ArgsField::SeqLen)), rows = i.toIndex(count(ArgsField::Batch));
  Value hasLengths = given(ArgsField::Lengths), hasSizes = given(ArgsField::BatchSizes);
  Value lengths = counts(ArgsField::Lengths), sizes = counts(ArgsField::BatchSizes);
  auto outside = [&](Value n, Value largest) {
    return e.either(e.less(n, zero), e.less(largest, n));
  };
  Value badLength = e.loop(zero, e.select(hasLengths, rows, zero), e.index(1), {never},
                           [&](Value b, ValueRange bad) {
                             Value length = e.loadCount(lengths, b);
                             return Values{e.either(bad[0], outside(length, steps))};
                           })[0];
  Value badSize = e.loop(zero, e.select(hasSizes, steps, zero), e.index(1), {never, rows},
                         [&](Value t, ValueRange v) {
                           Value size = e.loadCount(sizes, t);
                           return Values{e.either(v[0], outside(size, v[1])), size};
                         })[0];
  return e.either(badLength, badSize);
}

Value RunEmitter::emit() {
  auto noArgs = [&] { return i.isNull(args); };
  auto wrongSize = [&] {
    return i.compare(CmpIPredicate::ne, count(ArgsField::Size), 8 * int64_t(ArgsField::Count));
  };
  auto shape = [&] { return i.countsTooLarge(count(ArgsField::SeqLen), count(ArgsField::Batch)); };
  auto form = [&] { return unsupported(); };
  auto null = [&] { return nullTensor(); };
  auto aligned = [&] {
    return e.either(i.misaligned(buffer(ArgsField::Workspace)),
                    i.misaligned(buffer(ArgsField::Weights)));
  };
  auto lengths = [&] { return badCounts(); };
  Interface::Check checks[] = {{noArgs, ErrorArgsSize}, {wrongSize, ErrorArgsSize},
                               {shape, ErrorShape},     {form, ErrorUnsupported},
                               {null, ErrorNull},       {aligned, ErrorAlignment},
                               {lengths, ErrorShape}};
  return i.guarded(checks, [&] { run(); });
}

void RunEmitter::run() {
  batch = i.toIndex(count(ArgsField::Batch));
  // Without rows there are no steps either, however many are asked for (C13).
  seqLen = e.select(e.equal(batch, 0), e.index(0), i.toIndex(count(ArgsField::SeqLen)));
  layout = i.layoutWorkspace(count(ArgsField::SeqLen), count(ArgsField::Batch));
  workspace = buffer(ArgsField::Workspace);
  Value never = arith::ConstantOp::create(e, e.getBoolAttr(false));
  Value packed = given(ArgsField::BatchSizes), lengths = given(ArgsField::Lengths);
  auto order = [&] {
    Value sizes = part(layout.sizes, e.countsType()), places = part(layout.places, e.countsType()),
          order = part(layout.order, e.countsType());
    e.ifThen(
        lengths,
        [&] {
          e.call(functions.orderLengths,
                 {counts(ArgsField::Lengths), seqLen, batch, sizes, places, order});
        },
        [&] {
          e.call(functions.orderRows,
                 {counts(ArgsField::BatchSizes), packed, seqLen, batch, sizes, places, order});
        });
    runLayers(packed, functions.raggedFirst, functions.raggedUpper, /*ragged=*/true);
    e.ifThen(lengths, [&] {
      Value size = e.index(plan.outputSize());
      Value step = plan.batchFirst ? size : e.mul(batch, size);
      Value row = plan.batchFirst ? e.mul(seqLen, size) : size;
      e.call(functions.clearPadding, {i.view(buffer(ArgsField::Output)), step, row,
                                      counts(ArgsField::Lengths), seqLen, batch});
    });
  };
  if (plan.dropout > 0)
    return order();
  Value ordered = e.either(packed, lengths);
  if (plan.drops()) // p = 0: only a mask drops anything
    ordered = e.either(ordered, given(ArgsField::DropoutMask));
  e.ifThen(ordered, order,
           [&] { runLayers(never, functions.first, functions.upper, /*ragged=*/false); });
}

void RunEmitter::runLayers(Value packed, func::FuncOp first, func::FuncOp upper, bool ragged) {
  Value zero = e.index(0), hidden = e.index(plan.hiddenSize);
  Value rows = e.mul(batch, hidden); // of one state
  RaggedOperands call;
  call.weights = i.view(plan.externalWeights ? buffer(ArgsField::Weights) : i.global("weights"),
                        e.bytesType());
  call.gates = part(layout.gates);
  call.seqLen = seqLen, call.batch = batch;
  call.hn = i.view(buffer(ArgsField::HN));
  // Without h_0 every row reads the same zeros (C8).
  Value noState = i.isNull(buffer(ArgsField::H0));
  call.h0 = i.view(e.select(noState, i.global("zeros"), buffer(ArgsField::H0)));
  call.h0Row = e.select(noState, zero, hidden);
  if (ragged) {
    call.staged = part(layout.staged), call.states = part(layout.states);
    call.sizes = part(layout.sizes, e.countsType());
    call.places = part(layout.places, e.countsType());
    call.order = part(layout.order, e.countsType());
    call.seed = count(ArgsField::DropoutSeed);
    call.mask = i.view(buffer(ArgsField::DropoutMask), e.bytesType());
    call.masked = given(ArgsField::DropoutMask);
  }

  // Distance of steps and of rows in a tensor of `size` elements a row (C5, C10).
  auto strides = [&](int64_t size) -> std::pair<Value, Value> {
    Value step = plan.batchFirst ? e.index(size) : e.mul(batch, size);
    Value row = plan.batchFirst ? e.mul(seqLen, size) : e.index(size);
    return {e.select(packed, e.index(size), step), e.select(packed, e.index(size), row)};
  };
  std::pair<Value, Value> in = strides(plan.inputSize), out = strides(plan.outputSize());
  call.yStep = out.first, call.yRow = out.second;

  // Both directions of one layer from x to y (C7).
  auto layer = [&](func::FuncOp function, Value index, Value weightsAt, int64_t depth, Value x,
                   std::pair<Value, Value> xStrides, Value y) {
    call.x = x, call.xAt = zero, call.xStep = xStrides.first, call.xRow = xStrides.second;
    call.y = y;
    call.below = e.sub(index, e.index(1));
    for (int64_t direction = 0; direction < plan.directions; ++direction) {
      Value state = e.add(e.mul(index, plan.directions), direction);
      call.weightsAt = e.add(weightsAt, direction * plan.layout(depth).bytes);
      call.yAt = e.index(direction * plan.hiddenSize);
      call.h0At = e.select(noState, zero, e.mul(state, rows));
      call.hnAt = e.mul(state, rows);
      call.reverse = e.index(direction);
      e.call(function, ragged ? call.all() : call.values());
    }
  };

  // One direction: layers above read the output in place, chunk by chunk. Two:
  // each needs the whole sequence below, so layers take turns between the output
  // and a second buffer, and the last one writes the output.
  Value output = i.view(buffer(ArgsField::Output));
  bool takeTurns = plan.directions == 2 && plan.numLayers > 1;
  Value other = takeTurns ? part(layout.other) : output;
  bool swapFirst = takeTurns && plan.numLayers % 2 == 0;
  Value y = swapFirst ? other : output, spare = swapFirst ? output : other;
  layer(first, zero, zero, plan.inputSize, i.view(buffer(ArgsField::Input)), in, y);
  if (plan.numLayers == 1)
    return;
  int64_t perLayer = plan.directions * plan.layout(plan.outputSize()).bytes;
  e.loop(e.index(1), e.index(plan.numLayers), e.index(1), {y, spare},
         [&](Value index, ValueRange v) {
           Value weightsAt = e.add(e.mul(e.sub(index, e.index(1)), perLayer), plan.layerStart(1));
           layer(upper, index, weightsAt, plan.outputSize(), v[0], out, v[1]);
           return Values{v[1], v[0]};
         });
}

void Interface::emitRun(const LayerFunctions &functions) {
  publicFunction("run", {pointer()}, e.getI32Type(), [&](ValueRange function) {
    return RunEmitter(*this, functions, function[0]).emit();
  });
}
