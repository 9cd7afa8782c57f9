//===- Kernels.h - The kernels of a network, and what they share -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What every kernel's parameters mean stands in runtime/include/grucc/cuda.h.
//
//===----------------------------------------------------------------------===//

#ifndef GRUCC_COMPILER_TARGET_PTX_KERNELS_H
#define GRUCC_COMPILER_TARGET_PTX_KERNELS_H

#include "compiler/target/ptx/Emitter.h"
#include "compiler/target/ptx/KernelPlan.h"

namespace grucc::ptx {

/// Writes `kernel.name` with so many 64-bit parameters; a thread may have so many registers,
/// or as many as the assembler likes (0).
void emitKernel(Emitter &e, mlir::gpu::GPUModuleOp module, const Kernel &kernel, int64_t parameters,
                llvm::function_ref<void(ValueRange)> body, int64_t registers = 0);

/// The parameters of `scan` and `step`, and where rows stand. A row is given by its
/// sequence b and step t; pointers are into global memory.
struct Recurrence {
  Recurrence(Emitter &e, const KernelPlan &plan, ValueRange parameters);

  Emitter &e;
  const CellShape &cell;
  int64_t hiddenSize;
  Value gates, weights, biases, h0, output, outputStride, hN, lengths, offsets;
  Value seqLen, batch, stepRows, batchRows;
  Value hasH0, hasLengths, hasOffsets, reverse;
  Value t;     ///< of `step` alone
  Value round; ///< of `step`, where the cell has several: t holds both, t * rounds + round

  /// Row of sequence 0 at step t.
  Value firstRow(Value t) const;
  /// Row of sequence b where that of sequence 0 is known.
  Value row(Value firstRow, Value b) const { return e.add(firstRow, e.mul(b, batchRows)); }
  /// Steps that sequence b takes part in; 0 where it does not exist.
  Value length(Value b, Value exists) const;
  Value gateAt(Value row, int64_t gate, Value unit) const {
    return e.at(gates, e.add(e.mul(row, cell.rows(hiddenSize)), e.add(unit, gate * hiddenSize)));
  }
  /// Of one unit the input part of gates, up to `end`: of those of rounds before, what these have
  /// made of them. Constant, unless the kernel writes there.
  Values loadGates(Value row, Value unit, int64_t end, bool constant) const;
  /// b_hn of one unit, or what the gates of a round keep, where `condition` holds; none without
  /// biases.
  Values loadBiases(const KernelPlan &plan, int64_t round, Value unit, Value condition) const;
  Value outputAt(Value row, Value unit) const {
    return e.at(output, e.add(e.mul(row, outputStride), unit));
  }
  /// Of h_0 and h_n alike.
  Value stateAt(Value states, Value b, Value unit) const {
    return e.at(states, e.add(e.mul(b, hiddenSize), unit));
  }
};
inline constexpr int64_t projectParameters = 8, scanParameters = 14, stepParameters = 15;

/// A place in the block's shared memory, `floats` from its start.
Value sharedAt(Emitter &e, mlir::gpu::GPUModuleOp module, int64_t floats);

Kernel emitProject(Emitter &e, mlir::gpu::GPUModuleOp module, const KernelPlan &plan,
                   int64_t inputSize, llvm::StringRef name);
Kernel emitScan(Emitter &e, mlir::gpu::GPUModuleOp module, const KernelPlan &plan);
Kernel emitStep(Emitter &e, mlir::gpu::GPUModuleOp module, const KernelPlan &plan);

} // namespace grucc::ptx

#endif // GRUCC_COMPILER_TARGET_PTX_KERNELS_H
