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
#include "dialects/rnn/GpuLimits.h"

namespace grucc::ptx {

/// Bytes of a multiple of which every part of the packed weights begins.
inline constexpr int64_t partAlignment = 256;

struct KernelPlan : NetworkPlan {
  rnn::GpuAttr gpu;
  rnn::GpuScheduleAttr schedule;
  /// What weights and the operands of products are kept in.
  const GpuStorage *storage;

  GpuLayouts layouts() const { return {schedule, hiddenSize, gates(), storage}; }
  ProjectLayout project(int64_t inputSize) const { return layouts().project(inputSize); }
  ScanLayout scan() const { return layouts().scan(); }
  /// Of the gates of a round. All rounds have the same blocks and threads.
  StepLayout step(int64_t round = 0) const {
    StepLayout layout = layouts().step();
    layout.gates = cell.gatesOf(round);
    return layout;
  }
  /// Where the weights of a round stand behind those of the first, in words.
  int64_t stepWeightsAt(int64_t round) const {
    constexpr int64_t words = partAlignment / sizeof(float);
    return round == 0
               ? 0
               : llvm::alignTo(stepWeightsAt(round - 1) + step(round - 1).weightFloats(), words);
  }
  /// k of the products that the GPU has, where they are less deep than layouts have them.
  int64_t productK() const { return std::min(gpu.getRow().mmaDepth, storage->k); }

  /// Reads a plan, or says what cannot be lowered.
  static mlir::FailureOr<KernelPlan> read(mlir::func::FuncOp func);
};

/// Fills in the model's weights and layers.
mlir::LogicalResult packWeights(const KernelPlan &plan, Model &model);

} // namespace grucc::ptx

#endif // GRUCC_COMPILER_TARGET_PTX_KERNELPLAN_H
