//===- KernelPlan.cpp - A network as the kernels of a GPU see it -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/target/ptx/KernelPlan.h"

using namespace mlir;
using namespace grucc;
using namespace grucc::ptx;

/// What products of 16-bit numbers need of the GPU and of the schedule, whoever chose it.
static LogicalResult verifyHalf(func::FuncOp func, const KernelPlan &plan) {
  StringRef precision = plan.half.isBF16() ? "bfloat16" : "float16";
  if (plan.half.isBF16() && !plan.gpu.getRow().bfloat16)
    return func.emitError("precision: found '")
           << precision << "' for " << plan.gpu.getTarget() << ", expected exact or float16";
  auto expect = [&](bool holds, StringRef field, int64_t value,
                    const Twine &expected) -> LogicalResult {
    if (holds)
      return success();
    return func.emitError("schedule: ")
           << field << ": found " << value << ", expected " << expected << " for " << precision;
  };
  int64_t registerK = plan.schedule.getScanRegisterK(), stepRows = plan.schedule.getStepRows();
  int64_t threadRows = plan.schedule.getProjectThreadRows();
  if (failed(expect(registerK % mmaK == 0, "scan_register_k", registerK,
                    "a multiple of " + Twine(mmaK))) ||
      failed(expect(stepRows % mmaRows == 0, "step_rows", stepRows, "at least " + Twine(mmaRows))))
    return failure();
  return expect(threadRows >= 2, "project_thread_rows", threadRows, "at least 2");
}

FailureOr<KernelPlan> KernelPlan::read(func::FuncOp func) {
  FailureOr<NetworkPlan> network = NetworkPlan::read(func);
  if (failed(network))
    return failure();
  KernelPlan plan;
  static_cast<NetworkPlan &>(plan) = *network;
  plan.gpu = func->getAttrOfType<rnn::GpuAttr>(rnn::GpuAttr::name);
  plan.schedule = func->getAttrOfType<rnn::GpuScheduleAttr>(rnn::GpuScheduleAttr::name);
  if (!plan.gpu || !plan.schedule)
    return func.emitError("found no schedule, expected rnn-select-gpu-schedule to have run");
  if (!plan.element.isF32())
    return func.emitError("dtype: found float64, expected float32 for a GPU");
  if (plan.training)
    return func.emitError("training: found it, expected inference for a GPU");
  if (auto precision = func->getAttrOfType<TypeAttr>("rnn.precision"))
    plan.half = precision.getValue();
  if (plan.half && failed(verifyHalf(func, plan)))
    return failure();
  return plan;
}
