//===- Probe.h - The facts of this machine, measured ----------------------===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRUCC_TOOLS_GRUCC_PROBE_H
#define GRUCC_TOOLS_GRUCC_PROBE_H

#include "CommandLine.h"

namespace grucc {

/// Measures this machine with the vectors of --target, prints what it found beside the entry of
/// the machine table that --target takes here, and writes a file for --machine, or nothing.
llvm::Error probe(const CommandLine &line);

} // namespace grucc

#endif // GRUCC_TOOLS_GRUCC_PROBE_H
