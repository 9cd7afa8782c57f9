//===- EmitCell.h - The equations of a cell -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRUCC_COMPILER_TARGET_CPU_EMITCELL_H
#define GRUCC_COMPILER_TARGET_CPU_EMITCELL_H

#include "compiler/target/cpu/Emitter.h"

namespace grucc::cpu {

/// The new state of C2 from the recurrent sums, the gates' input part, b_hn or null,
/// and the old state, all scalars or all vectors; exactly the steps of rnn.gru_cell.
Value emitCell(Emitter &e, llvm::ArrayRef<Value> gates, llvm::ArrayRef<Value> sums, Value biasN,
               Value h);

} // namespace grucc::cpu

#endif // GRUCC_COMPILER_TARGET_CPU_EMITCELL_H
