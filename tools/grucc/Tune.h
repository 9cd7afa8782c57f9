//===- Tune.h - Schedules, measured on this machine -----------------------===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRUCC_TOOLS_GRUCC_TUNE_H
#define GRUCC_TOOLS_GRUCC_TUNE_H

#include "CommandLine.h"

namespace grucc {

/// Times the cost model's schedule and its neighbours, prints a table and writes
/// the fastest to the file of --tune, or nothing at all. Fields that --schedule
/// sets stay as they are.
llvm::Error tune(const CommandLine &line);

} // namespace grucc

#endif // GRUCC_TOOLS_GRUCC_TUNE_H
