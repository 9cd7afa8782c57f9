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
#include "dialects/rnn/CellInterface.h"

namespace grucc::cpu {

/// The new state of a cell of one round and one state, from the recurrent sums, the gates'
/// input part, the biases of the gates that keep theirs (or none), and the old state, all
/// scalars or all vectors; exactly the steps of Cells.h.
Value emitCell(Emitter &e, const rnn::CellEquations &cell, llvm::ArrayRef<Value> gates,
               llvm::ArrayRef<Value> sums, llvm::ArrayRef<Value> biases, Value h);

} // namespace grucc::cpu

#endif // GRUCC_COMPILER_TARGET_CPU_EMITCELL_H
