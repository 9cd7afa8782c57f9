//===- Candidate.h - One schedule of those that are measured --------------===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRUCC_TOOLS_GRUCC_CANDIDATE_H
#define GRUCC_TOOLS_GRUCC_CANDIDATE_H

#include "CommandLine.h"
#include "TimedModel.h"
#include <limits>

namespace grucc {

/// A schedule, compiled and ready to be measured.
struct Candidate {
  rnn::FieldSettings change; ///< from the cost model's
  Report report;
  std::vector<TimedModel> copies;
  double run = std::numeric_limits<double>::infinity(), step = run; ///< microseconds of a call
};

/// What it changes, for people.
std::string wordsOf(const rnn::FieldSettings &change);

/// Compiles the network of a command line with a change of its schedule, and opens a
/// few copies. The first one of all gives `tensors` their sizes.
llvm::Expected<Candidate> compileCandidate(const CommandLine &line,
                                           const rnn::FieldSettings &change, CallTensors &tensors,
                                           std::vector<std::string> &warnings);

} // namespace grucc

#endif // GRUCC_TOOLS_GRUCC_CANDIDATE_H
