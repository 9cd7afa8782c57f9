//===- EmitRows.cpp - Parameters, and where rows stand -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/target/ptx/Kernels.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"

using namespace mlir;
using namespace grucc;
using namespace grucc::ptx;

void ptx::emitKernel(Emitter &e, gpu::GPUModuleOp module, const Kernel &kernel, int64_t parameters,
                     function_ref<void(ValueRange)> body, int64_t registers) {
  OpBuilder::InsertionGuard guard(e);
  e.setInsertionPointToEnd(module.getBody());
  SmallVector<Type> types(parameters, e.getI64Type());
  auto func = gpu::GPUFuncOp::create(e, kernel.name, e.getFunctionType(types, {}));
  func->setAttr(gpu::GPUDialect::getKernelFuncAttrName(), e.getUnitAttr());
  // The assembler must know how many registers a thread can have.
  func.setKnownBlockSizeAttr(e.getDenseI32ArrayAttr({kernel.threads, 1, 1}));
  if (registers)
    func->setAttr(NVVM::NVVMDialect::getMaxnregAttrName(), e.getI32IntegerAttr(registers));
  e.setInsertionPointToStart(&func.getBody().front());
  body(func.getArguments());
  gpu::ReturnOp::create(e);
}

Value ptx::sharedAt(Emitter &e, gpu::GPUModuleOp module, int64_t floats) {
  return e.at(e.shared(module), floats);
}

Recurrence::Recurrence(Emitter &e, const KernelPlan &plan, ValueRange parameters)
    : e(e), cell(plan.cell), hiddenSize(plan.hiddenSize) {
  auto next = [&, i = 0]() mutable { return parameters[i++]; };
  auto toIndex = [&](Value bits) {
    return Value(arith::IndexCastOp::create(e, e.getIndexType(), bits));
  };
  auto pointer = [&](Value &to, Value *given) {
    Value bits = next();
    to = e.global(bits);
    if (given)
      *given = e.notZero(toIndex(bits));
  };
  pointer(gates, nullptr);
  pointer(weights, nullptr);
  pointer(biases, nullptr);
  pointer(h0, &hasH0);
  pointer(output, nullptr);
  outputStride = toIndex(next());
  pointer(hN, nullptr);
  pointer(lengths, &hasLengths);
  pointer(offsets, &hasOffsets);
  for (Value *count : {&seqLen, &batch, &stepRows, &batchRows})
    *count = toIndex(next());
  reverse = e.notZero(toIndex(next()));
  if (int64_t(parameters.size()) != stepParameters)
    return;
  t = toIndex(next());
  if (cell.rounds > 1) {
    round = e.rem(t, cell.rounds);
    t = e.div(t, cell.rounds);
  }
}

Value Recurrence::firstRow(Value t) const {
  return e.choose(
      hasOffsets, [&] { return e.loadCount(e.countAt(offsets, t)); },
      [&] { return e.mul(t, stepRows); });
}

Value Recurrence::length(Value b, Value exists) const {
  Value all = e.select(exists, seqLen, e.index(0));
  return e.choose(
      e.both(exists, hasLengths), [&] { return e.loadCount(e.countAt(lengths, b)); },
      [&] { return all; });
}

Values Recurrence::loadGates(Value row, Value unit, int64_t end, bool constant) const {
  Value start = gateAt(row, 0, unit);
  Values values;
  for (int64_t gate = 0; gate < end; ++gate)
    values.push_back(e.load(e.at(start, gate * hiddenSize), constant));
  return values;
}

Values Recurrence::loadBiases(const KernelPlan &plan, int64_t round, Value unit,
                              Value condition) const {
  int64_t count = plan.bias ? cell.keptBiases(round) : 0;
  int64_t first = cell.keptIndex(cell.round[round].first);
  if (!count)
    return {};
  return e.valuesIf(condition, count, [&] {
    Values values;
    for (int64_t kept = first; kept < first + count; ++kept)
      values.push_back(e.load(e.at(e.at(biases, unit), kept * hiddenSize), /*constant=*/true));
    return values;
  });
}
