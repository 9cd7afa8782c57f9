//===- EmitStep.cpp - NAME.step -===//
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

void Interface::emitStep(const StepKernels &kernels) {
  int64_t hidden = plan.hiddenSize, layers = plan.numLayers;
  SmallVector<Type> types(5, pointer());
  types.push_back(e.getI64Type());
  e.function(module, plan.name + ".step", types, [&](ValueRange args) {
    Value xPointer = args[0], yPointer = args[1], state = args[2], workspace = args[3],
          weightsPointer = args[4], batchCount = args[5];
    Value batch = toIndex(batchCount), zero = e.index(0), h = e.index(hidden);
    Value weights = view(plan.externalWeights ? weightsPointer : global("weights"), e.bytesType());
    Value gates = rnn::WorkspacePartOp::create(e, e.memoryType(), "gates",
                                               view(workspace, e.bytesType()), i64(1), batchCount);
    Value y = view(yPointer);
    // The step reads the buffer that its parity names and writes the other.
    StreamState stream = this->stream();
    Value parity = stream.parity(state);
    Value flipped = arith::XOrIOp::create(e, parity, i64(1));
    Value old = view(stream.half(state, parity, batchCount));
    Value next = view(stream.half(state, flipped, batchCount));
    Value panels = e.index(plan.panels().panels()); // all of them: one thread
    Value layerFloats = e.mul(batch, hidden), descending = toIndex(parity);

    const RowKernels &rows = kernels.rows;
    auto layer = [&](Value weightsAt, int64_t depth, Value x, Value xAt, Value hAt) {
      PackedAt packed{weights, weightsAt};
      PackedAt recurrent{weights, e.add(weightsAt, plan.layout(depth).recurrentWeights)};
      Share all{{}, {}, zero, panels};
      StepRows step{gates, zero, {old, hAt, h}, {next, hAt, h}};
      auto project = [&] {
        rows.project(depth, packed, {x, xAt, e.index(depth)},
                     {gates, zero, e.index(plan.gateElements())}, batch, all);
      };
      auto manyRows = [&] {
        project();
        rows.scanManyRows(recurrent, step, batch, descending, all);
      };
      if (rows.scansRowByRow())
        return manyRows();
      e.ifThen(
          e.equal(batch, 1),
          [&] {
            if (rows.fusesStep())
              return rows.stepRow(depth, packed, {x, xAt, {}}, {old, hAt, {}}, {next, hAt, {}},
                                  descending, all);
            project();
            rows.scanOneRow(recurrent, step, descending, all);
          },
          manyRows);
    };
    layer(zero, plan.inputSize, view(xPointer), zero, zero);
    if (layers > 1)
      e.loop(e.index(1), e.index(layers), e.index(1), [&](Value index) {
        Value below = e.sub(index, e.index(1));
        layer(startAbove(e, plan, below), hidden, next, e.mul(below, layerFloats),
              e.mul(index, layerFloats));
      });
    e.call(kernels.copy, {next, e.mul(layerFloats, layers - 1), y, zero, layerFloats});
    stream.setParity(state, flipped);
  });
}
