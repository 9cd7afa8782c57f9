//===- EmitRun.cpp - NAME_run and NAME_step -===//
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

void Interface::emitRun(func::FuncOp first, func::FuncOp rest) {
  int64_t inputSize = plan.inputSize, hidden = plan.hiddenSize, layers = plan.numLayers();
  publicFunction("run", {pointer()}, e.getI32Type(), [&](ValueRange function) {
    Value args = function[0];
    auto count = [&](ArgsField field) { return loadAt(e.getI64Type(), args, 8 * int64_t(field)); };
    auto buffer = [&](ArgsField field) { return loadAt(pointer(), args, 8 * int64_t(field)); };
    auto given = [&](ArgsField field) {
      return compare(CmpIPredicate::ne, address(buffer(field)), 0);
    };
    auto missing = [&](ArgsField field) { return isNull(buffer(field)); };

    auto noArgs = [&] { return isNull(args); };
    auto wrongSize = [&] {
      return compare(CmpIPredicate::ne, count(ArgsField::Size), 8 * int64_t(ArgsField::Count));
    };
    auto shape = [&] { return countsTooLarge(count(ArgsField::SeqLen), count(ArgsField::Batch)); };
    auto unsupported = [&] {
      Value any = either(given(ArgsField::Lengths), given(ArgsField::BatchSizes));
      any = either(any, given(ArgsField::DropoutMask));
      return plan.externalWeights ? any : either(any, given(ArgsField::Weights));
    };
    auto null = [&] {
      Value batch = count(ArgsField::Batch);
      Value rows = arith::MulIOp::create(e, count(ArgsField::SeqLen), batch);
      Value tensors = either(missing(ArgsField::Input), missing(ArgsField::Output));
      Value any = both(compare(CmpIPredicate::ne, rows, 0), tensors);
      any = either(any, both(compare(CmpIPredicate::ne, batch, 0), missing(ArgsField::HN)));
      any = either(any, missing(ArgsField::Workspace));
      return plan.externalWeights ? either(any, missing(ArgsField::Weights)) : any;
    };
    auto aligned = [&] {
      return either(misaligned(buffer(ArgsField::Workspace)),
                    misaligned(buffer(ArgsField::Weights)));
    };
    Check checks[] = {{noArgs, ErrorArgsSize}, {wrongSize, ErrorArgsSize},
                      {shape, ErrorShape},     {unsupported, ErrorUnsupported},
                      {null, ErrorNull},       {aligned, ErrorAlignment}};

    return guarded(checks, [&] {
      Value seqLen = toIndex(count(ArgsField::SeqLen)), batch = toIndex(count(ArgsField::Batch));
      Value input = view(buffer(ArgsField::Input)), output = view(buffer(ArgsField::Output));
      Value hn = view(buffer(ArgsField::HN)), gates = view(buffer(ArgsField::Workspace));
      Value weights = view(plan.externalWeights ? buffer(ArgsField::Weights) : global("weights"));
      // Without h_0 every row reads the same zeros (C8).
      Value noState = isNull(buffer(ArgsField::H0));
      Value h0 = view(e.select(noState, global("zeros"), buffer(ArgsField::H0)));
      Value zero = e.index(0);
      Value h0Row = e.select(noState, zero, e.index(hidden));
      Value h0Layer = e.select(noState, zero, e.mul(batch, hidden));

      // Distance of steps and of rows in a tensor of `size` floats a row (C5).
      auto strides = [&](int64_t size) -> std::pair<Value, Value> {
        if (plan.batchFirst)
          return {e.index(size), e.mul(seqLen, size)};
        return {e.mul(batch, size), e.index(size)};
      };
      auto [inputStep, inputRow] = strides(inputSize);
      std::pair<Value, Value> out = strides(hidden);
      e.call(first, {weights, zero, input, zero, inputStep, inputRow, output, zero, out.first,
                     out.second, h0, zero, h0Row, hn, zero, gates, seqLen, batch});
      if (layers == 1)
        return;
      // Layers above read what the layer below left in `output`, chunk by chunk,
      // and overwrite it.
      e.loop(e.index(1), e.index(layers), e.index(1), [&](Value layer) {
        Value below = e.sub(layer, e.index(1));
        Value weightsAt = e.add(e.mul(below, plan.layout(hidden).floats), plan.layerStart(1));
        e.call(rest, {weights, weightsAt, output, zero, out.first, out.second, output, zero,
                      out.first, out.second, h0, e.mul(layer, h0Layer), h0Row, hn,
                      e.mul(layer, e.mul(batch, hidden)), gates, seqLen, batch});
      });
    });
  });
}

void Interface::emitStep(const StepKernels &kernels) {
  int64_t hidden = plan.hiddenSize, layers = plan.numLayers();
  SmallVector<Type> types(5, pointer());
  types.push_back(e.getI64Type());
  publicFunction("step", types, e.getI32Type(), [&](ValueRange args) {
    Value xPointer = args[0], yPointer = args[1], state = args[2], workspace = args[3],
          weightsPointer = args[4], batchCount = args[5];
    auto shape = [&] { return countsTooLarge(i64(1), batchCount); };
    auto unsupported = [&] { return compare(CmpIPredicate::ne, address(weightsPointer), 0); };
    auto null = [&] {
      Value tensors = both(either(isNull(xPointer), isNull(yPointer)),
                           compare(CmpIPredicate::ne, batchCount, 0));
      Value any = either(tensors, either(isNull(state), isNull(workspace)));
      return plan.externalWeights ? either(any, isNull(weightsPointer)) : any;
    };
    auto aligned = [&] {
      return either(misaligned(state), either(misaligned(workspace), misaligned(weightsPointer)));
    };
    SmallVector<Check> checks{{shape, ErrorShape}, {null, ErrorNull}, {aligned, ErrorAlignment}};
    if (!plan.externalWeights)
      checks.insert(checks.begin() + 1, {unsupported, ErrorUnsupported});

    return guarded(checks, [&] {
      Value batch = toIndex(batchCount), zero = e.index(0), h = e.index(hidden);
      Value weights = view(plan.externalWeights ? weightsPointer : global("weights"));
      Value gates = view(workspace), y = view(yPointer);
      // The step reads the buffer that its parity names and writes the other.
      Value parity = arith::AndIOp::create(e, loadAt(e.getI64Type(), state, 0), i64(1));
      Value flipped = arith::XOrIOp::create(e, parity, i64(1));
      Value bytes = stateBufferBytes(batchCount), start = advance(state, i64(stateHeaderBytes));
      Value old = view(advance(start, arith::MulIOp::create(e, parity, bytes)));
      Value next = view(advance(start, arith::MulIOp::create(e, flipped, bytes)));
      Value layerFloats = e.mul(batch, hidden), descending = toIndex(parity);

      auto layer = [&](func::FuncOp project, Value weightsAt, int64_t depth, Value x, Value xAt,
                       Value hAt) {
        e.call(project, {weights, weightsAt, x, xAt, e.index(depth), gates, zero,
                         e.index(plan.gateFloats()), batch});
        Value recurrentAt = e.add(weightsAt, plan.layout(depth).recurrentWeights);
        SmallVector<Value> operands{weights, recurrentAt, gates, zero, old,   hAt,
                                    h,       next,        hAt,   h,    batch, descending};
        e.ifThen(
            e.equal(batch, 1), [&] { e.call(kernels.scanRow, operands); },
            [&] { e.call(kernels.scanRows, operands); });
      };
      layer(kernels.projectFirst, zero, plan.inputSize, view(xPointer), zero, zero);
      if (layers > 1)
        e.loop(e.index(1), e.index(layers), e.index(1), [&](Value index) {
          Value below = e.sub(index, e.index(1));
          Value weightsAt = e.add(e.mul(below, plan.layout(hidden).floats), plan.layerStart(1));
          layer(kernels.projectRest, weightsAt, hidden, next, e.mul(below, layerFloats),
                e.mul(index, layerFloats));
        });
      e.call(kernels.copy, {next, e.mul(layerFloats, layers - 1), y, zero, layerFloats});
      LLVM::StoreOp::create(e, flipped, state);
    });
  });
}
