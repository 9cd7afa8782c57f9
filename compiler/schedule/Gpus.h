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

/// The facts about a card of that target (sm_80); null where there is none.
rnn::GpuAttr lookupGpu(mlir::MLIRContext *context, llvm::StringRef target);

} // namespace grucc

#endif // GRUCC_COMPILER_SCHEDULE_GPUS_H
