//===- KernelPlan.h - A network as the kernels of a GPU see it -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRUCC_COMPILER_TARGET_PTX_KERNELPLAN_H
#define GRUCC_COMPILER_TARGET_PTX_KERNELPLAN_H

#include "compiler/target/NetworkPlan.h"
#include "compiler/target/ptx/Model.h"
#include "dialects/rnn/GpuLayout.h"

namespace grucc::ptx {

struct KernelPlan : NetworkPlan {
  rnn::GpuAttr gpu;
  rnn::GpuScheduleAttr schedule;

  /// float16 or bfloat16: what weights and the operands of products are kept in; null for
  /// float32.
  mlir::Type half;

  ProjectLayout project(int64_t inputSize) const {
    return {schedule, inputSize, hiddenSize, gates(), bool(half)};
  }
  /// Whether the products of 16-bit numbers are less deep than layouts have them.
  bool shallowProducts() const { return gpu.getRow().mmaDepth < mmaK; }
  ScanLayout scan() const { return {schedule, hiddenSize, gates(), bool(half)}; }
  StepLayout step() const { return {schedule, hiddenSize, gates(), bool(half)}; }

  /// Reads a plan, or says what cannot be lowered.
  static mlir::FailureOr<KernelPlan> read(mlir::func::FuncOp func);
};

/// Fills in the model's weights and layers.
mlir::LogicalResult packWeights(const KernelPlan &plan, Model &model);

} // namespace grucc::ptx

#endif // GRUCC_COMPILER_TARGET_PTX_KERNELPLAN_H
