//===- Gpus.h - The table of GPUs -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRUCC_COMPILER_SCHEDULE_GPUS_H
#define GRUCC_COMPILER_SCHEDULE_GPUS_H

#include "dialects/rnn/Rnn.h"

namespace grucc {

/// The facts about a target (sm_80), or null for an unknown one.
rnn::GpuAttr lookupGpu(mlir::MLIRContext *context, llvm::StringRef name);

/// Whether a target is a GPU at all.
bool isGpu(llvm::StringRef target);

/// sm_75, sm_80, ...
llvm::SmallVector<llvm::StringRef> gpuNames();

} // namespace grucc

#endif // GRUCC_COMPILER_SCHEDULE_GPUS_H
