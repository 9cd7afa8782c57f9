//===- GpuArithmetic.h - What products cost, by who makes them -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The part of the cost model that differs between multiply-adds of threads and products
// of warps, and the model's constants.
//
//===----------------------------------------------------------------------===//

#ifndef GRUCC_COMPILER_SCHEDULE_GPUARITHMETIC_H
#define GRUCC_COMPILER_SCHEDULE_GPUARITHMETIC_H

#include "compiler/schedule/GpuEstimate.h"
#include "dialects/rnn/GpuLayout.h"

namespace grucc {

namespace gpumodel {
#define GPU_CONSTANT(NAME, VALUE, UNIT, MEANING) inline constexpr GpuSymbol NAME{#NAME, VALUE};
#include "compiler/schedule/GpuConstants.def"
#undef GPU_CONSTANT
inline constexpr double schedulers = 4; // of a multiprocessor
} // namespace gpumodel

class GpuArithmetic {
public:
  virtual ~GpuArithmetic() = default;

  /// A turn of `scan`.
  struct Turn {
    GpuEstimate sums;  ///< cycles
    double stateBytes; ///< read from shared memory
    double cells;      ///< one after the other in a thread
  };
  virtual Turn scanTurn(const ScanLayout &layout, rnn::GpuAttr gpu, int64_t batch) const = 0;
  /// Cycles of one step whose multiprocessors have so many blocks each, and of a projection
  /// where they have so many warps.
  virtual GpuEstimate stepSums(const StepLayout &layout, rnn::GpuAttr gpu, int64_t batch,
                               double blocks) const = 0;
  virtual GpuEstimate projectSums(const ProjectLayout &layout, rnn::GpuAttr gpu,
                                  double warps) const = 0;

  /// Registers that a thread wants, and those that `scan` cannot do without.
  virtual int64_t projectRegisters(const ProjectLayout &layout) const = 0;
  virtual int64_t scanNeeds(const ScanLayout &layout, rnn::GpuAttr gpu) const = 0;
  virtual int64_t scanRegisters(const ScanLayout &layout, rnn::GpuAttr gpu) const = 0;
  virtual int64_t stepRegisters(const StepLayout &layout, rnn::GpuAttr gpu) const = 0;
};

/// In blocks of a sum that threads have alone.
const GpuArithmetic &multiplyAdds();
/// Of tensor cores.
const GpuArithmetic &warpProducts();

inline const GpuArithmetic &arithmeticOf(const GpuStorage &storage) {
  return storage.isShared() ? warpProducts() : multiplyAdds();
}

} // namespace grucc

#endif // GRUCC_COMPILER_SCHEDULE_GPUARITHMETIC_H
