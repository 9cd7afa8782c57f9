//===- Passes.h - The passes of schedule -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRUCC_COMPILER_SCHEDULE_PASSES_H
#define GRUCC_COMPILER_SCHEDULE_PASSES_H

#include "dialects/rnn/Fields.h"
#include "mlir/Pass/Pass.h"

namespace grucc {
#define GEN_PASS_DECL
#include "compiler/schedule/Passes.h.inc"
#define GEN_PASS_REGISTRATION
#include "compiler/schedule/Passes.h.inc"

/// With fields set by hand, as they were read; grucc-opt gives them as the option `fields`.
std::unique_ptr<mlir::Pass> createSelectSchedule(const SelectScheduleOptions &options,
                                                 const rnn::FieldSettings &byHand);
std::unique_ptr<mlir::Pass> createSelectGpuSchedule(const SelectGpuScheduleOptions &options,
                                                    const rnn::FieldSettings &byHand);
} // namespace grucc

#endif // GRUCC_COMPILER_SCHEDULE_PASSES_H
