//===- EmitRowKernels.cpp - The functions that are one kernel each -===//
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

static SmallVector<Type> projectTypes(Emitter &e) {
  Type memory = e.memoryType(), index = e.getIndexType();
  return {e.bytesType(), index, memory, index, index, memory, index, index, index, index, index};
}

/// A function whose kernel goes by the schedule of `plan`.
static func::FuncOp emitKernel(Emitter &e, ModuleOp module, const KernelPlan &plan,
                               const Twine &suffix, TypeRange types,
                               function_ref<void(ValueRange)> body) {
  func::FuncOp kernel = e.function(module, (plan.name + suffix).str(), types, body);
  kernel->setAttr(rnn::ScheduleAttr::name, rnn::ScheduleAttr::get(e.getContext(), plan.schedule));
  return kernel;
}

/// Where there are biases, `at` of them.
static IntegerAttr biasAt(Emitter &e, bool exists, int64_t at) {
  return exists ? e.getI64IntegerAttr(at) : IntegerAttr();
}
static bool keepsBiases(const KernelPlan &plan) {
  return plan.bias && plan.cell->shape.keptBiases() > 0;
}

func::FuncOp cpu::emitProject(Emitter &e, ModuleOp module, const KernelPlan &plan, int64_t depth) {
  return emitKernel(
      e, module, plan, ".project_" + Twine(depth), projectTypes(e), [&](ValueRange args) {
        rnn::ProjectRowsOp::create(e, args[0], args[1], args[2], args[3], args[4], args[5], args[6],
                                   args[7], args[8], args[9], args[10],
                                   plan.inputMatrix(depth).attr(e.getContext()),
                                   biasAt(e, plan.bias, plan.layout(depth).inputBias));
      });
}

func::FuncOp cpu::emitProjectEither(Emitter &e, ModuleOp module, const KernelPlan &plan,
                                    func::FuncOp first, func::FuncOp upper) {
  SmallVector<Type> arguments = projectTypes(e);
  arguments.insert(arguments.begin(), e.getI1Type());
  return e.function(module, plan.name + ".project", arguments, [&](ValueRange args) {
    if (first == upper)
      return e.call(first, args.drop_front());
    e.ifThen(
        args[0], [&] { e.call(upper, args.drop_front()); },
        [&] { e.call(first, args.drop_front()); });
  });
}

func::FuncOp cpu::emitScanStep(Emitter &e, ModuleOp module, const KernelPlan &plan, bool oneRow) {
  Type memory = e.memoryType(), index = e.getIndexType();
  SmallVector<Type> arguments{e.bytesType(), index, memory, index, memory, index, index,
                              memory,        index, index,  index, index,  index, index};
  StringRef suffix = oneRow ? ".scan_row" : ".scan_rows";
  return emitKernel(e, module, plan, suffix, arguments, [&](ValueRange args) {
    // weights_at is that of W_hh: the same for every input size of a layer.
    LayerLayout layout = plan.layout(plan.hiddenSize);
    rnn::ScanRowsOp::create(
        e, args[0], args[1], args[2], args[3], args[4], args[5], args[6], args[7], args[8], args[9],
        args[10], args[11], args[12], args[13], plan.recurrentMatrix().attr(e.getContext()),
        biasAt(e, keepsBiases(plan), layout.recurrentBias - layout.recurrentWeights),
        e.getStringAttr(plan.cellName), oneRow ? e.getUnitAttr() : UnitAttr());
  });
}

func::FuncOp cpu::emitScanSteps(Emitter &e, ModuleOp module, const KernelPlan &plan) {
  Type memory = e.memoryType(), index = e.getIndexType();
  SmallVector<Type> arguments{e.bytesType(), index,  memory, index, index, memory,
                              index,         memory, index,  index, index};
  return emitKernel(e, module, plan, ".scan_steps", arguments, [&](ValueRange args) {
    LayerLayout layout = plan.layout(plan.hiddenSize);
    rnn::ScanStepsOp::create(
        e, args[0], args[1], args[2], args[3], args[4], args[5], args[6], args[7], args[8], args[9],
        args[10], plan.recurrentMatrix().attr(e.getContext()),
        biasAt(e, keepsBiases(plan), layout.recurrentBias - layout.recurrentWeights),
        e.getStringAttr(plan.cellName));
  });
}

func::FuncOp cpu::emitFusedStep(Emitter &e, ModuleOp module, const KernelPlan &plan,
                                int64_t depth) {
  Type memory = e.memoryType(), index = e.getIndexType();
  SmallVector<Type> arguments{e.bytesType(), index, memory, index, memory, index,
                              memory,        index, index,  index, index};
  func::FuncOp step =
      emitKernel(e, module, plan, ".step_" + Twine(depth), arguments, [&](ValueRange args) {
        LayerLayout layout = plan.layout(depth);
        rnn::StepRowOp::create(
            e, args[0], args[1], args[2], args[3], args[4], args[5], args[6], args[7], args[8],
            args[9], args[10], plan.inputMatrix(depth).attr(e.getContext()),
            plan.recurrentMatrix().attr(e.getContext()), biasAt(e, plan.bias, layout.inputBias),
            e.getI64IntegerAttr(layout.recurrentWeights),
            biasAt(e, keepsBiases(plan), layout.recurrentBias), e.getStringAttr(plan.cellName));
      });
  if (plan.stepRows() == 1) // `run` has it too
    e.neverInline(step);
  return step;
}
