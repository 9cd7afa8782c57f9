//===- PackFunctions.h - Weights that come at run time into panels -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRUCC_COMPILER_TARGET_CPU_PACKFUNCTIONS_H
#define GRUCC_COMPILER_TARGET_CPU_PACKFUNCTIONS_H

#include "compiler/target/cpu/Emitter.h"
#include "compiler/target/cpu/KernelPlan.h"

namespace grucc::cpu {

/// Writes the private functions that pack what NAME_pack is given:
/// @NAME.pack(tensors, packed), over an array of pointers in torch's order, calls
/// @NAME.pack_matrix(matrix, packed, packed_at, K), [G, K] into panels (of a round with panels of
/// its own @NAME.pack_round_N), and
/// @NAME.pack_biases(b_ih, b_hh, packed, b_x_at, kept_at), rnn.fold_biases in their order.
void emitPackFunctions(Emitter &e, mlir::ModuleOp module, const KernelPlan &plan);

/// Pointer `at` (i64) of an array of them.
Value loadTensor(Emitter &e, Value tensors, Value at);

} // namespace grucc::cpu

#endif // GRUCC_COMPILER_TARGET_CPU_PACKFUNCTIONS_H
