//===- ScheduleFile.h - A schedule kept in a file -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What --tune writes and --schedule-file reads, one JSON object:
//
//   { "machine": "zen5", "input_size": 10, "hidden_size": 20, "num_layers": 1,
//     "bidirectional": false, "dtype": "float32",
//     "schedule": { "panel": 2, "tiles": [8, 1, 1, 2], "zigzag": true, "split": "auto" } }
//
// All keys but the schedule's own are required: a schedule is good for the
// machine and the sizes that it was measured with, and refused for others.
//
//===----------------------------------------------------------------------===//

#ifndef GRUCC_COMPILER_SCHEDULEFILE_H
#define GRUCC_COMPILER_SCHEDULEFILE_H

#include "dialects/rnn/Fields.h"
#include "dialects/rnn/Network.h"
#include "llvm/Support/Error.h"

namespace grucc {

/// What a schedule is for.
struct ScheduleSubject {
  std::string machine; ///< entry of the machine table
  rnn::Network network;
};

/// Reads the fields from a file that must be for `subject`. Whether they make a
/// schedule is for rnn-select-schedule and rnn-verify-schedule to say.
llvm::Expected<rnn::FieldSettings> readScheduleFile(llvm::StringRef path,
                                                    const ScheduleSubject &subject);

/// The text of such a file.
std::string writeScheduleFile(const ScheduleSubject &subject, const rnn::FieldSettings &settings);

} // namespace grucc

#endif // GRUCC_COMPILER_SCHEDULEFILE_H
