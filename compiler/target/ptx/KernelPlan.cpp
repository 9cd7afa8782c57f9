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
  plan.storage = &GpuStorage::of(func->getAttrOfType<TypeAttr>("rnn.precision"));
  if (failed(verifyLimits([&] { return func.emitError(); }, plan.layouts(), plan, plan.gpu)))
    return failure();
  return plan;
}
