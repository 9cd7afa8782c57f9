//===- Neighbours.h - Schedules beside the one that was chosen -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRUCC_COMPILER_NEIGHBOURS_H
#define GRUCC_COMPILER_NEIGHBOURS_H

#include "compiler/ScheduleFile.h"

namespace grucc {

/// What the cost model knows least about, one change of `chosen` (every field of a
/// schedule) at a time, at most sixteen: the fields that differ, for --schedule.
/// Only changes that can tell for this network and runs of so many steps and rows.
/// Not every one fits every machine: rnn-verify-schedule says which.
std::vector<rnn::FieldSettings> neighbours(const rnn::FieldSettings &chosen,
                                           const ScheduleSubject &subject, int64_t seqLen,
                                           int64_t batch);

} // namespace grucc

#endif // GRUCC_COMPILER_NEIGHBOURS_H
