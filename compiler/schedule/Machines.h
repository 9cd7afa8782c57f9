//===- Machines.h - The machine table -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRUCC_COMPILER_SCHEDULE_MACHINES_H
#define GRUCC_COMPILER_SCHEDULE_MACHINES_H

#include "dialects/rnn/Rnn.h"
#include "llvm/Support/Error.h"

namespace grucc {

/// The entry `name` of the table; null when there is none.
rnn::MachineAttr lookupMachine(mlir::MLIRContext *context, llvm::StringRef name);

/// The target of the entry `name` of the table; empty where there is none.
llvm::StringRef targetOfMachine(llvm::StringRef name);

/// Whether the name of a machine is that of a file, in place of an entry.
bool isMachineFile(llvm::StringRef name);

/// The entry `name` of the table, or what such a file says.
llvm::Expected<rnn::MachineAttr> readMachine(mlir::MLIRContext *context, llvm::StringRef name);

/// The entry for --target=native: that of the CPU this runs on, else the generic one of
/// the best target that it can execute; empty when it can execute none.
llvm::StringRef nativeMachine();

/// The last row of the table of targets whose every feature this CPU has; empty when it lacks one
/// of the first.
llvm::StringRef nativeTarget();

/// The names that --target accepts: `native`, and the table of targets.
llvm::SmallVector<llvm::StringRef> targetNames();

/// All entries of the table: one for every CPU's target, and the machines.
llvm::SmallVector<llvm::StringRef> machineNames();

} // namespace grucc

#endif // GRUCC_COMPILER_SCHEDULE_MACHINES_H
