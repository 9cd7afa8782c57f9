//===- Counters.cpp - What a launch did, counted --------------------------===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Counters.h"

using namespace llvm;

namespace grucc::ptxrun {

StringRef workName(Work work) {
  static constexpr StringRef names[numWorks] = {"float",    "special", "matrix", "integer",
                                                "move",     "convert", "global", "shared",
                                                "exchange", "branch",  "sync"};
  return names[unsigned(work)];
}

std::vector<std::pair<StringRef, uint64_t>> Counters::entries() const {
  std::vector<std::pair<StringRef, uint64_t>> entries = {
      {"blocks", blocks}, {"warps", warps}, {"warp_instructions", instructions}};
  for (unsigned i = 0; i < numWorks; ++i)
    entries.push_back({workName(Work(i)), byWork[i]});
  entries.insert(entries.end(), {{"flops", flops},
                                 {"matrix_flops", matrixFlops},
                                 {"global_bytes_read", globalBytesRead},
                                 {"global_bytes_written", globalBytesWritten},
                                 {"global_sectors_read", globalSectorsRead},
                                 {"global_sectors_written", globalSectorsWritten},
                                 {"shared_bytes_read", sharedBytesRead},
                                 {"shared_bytes_written", sharedBytesWritten},
                                 {"bank_conflicts", bankConflicts},
                                 {"atomics", atomics},
                                 {"barriers", barriers},
                                 {"fences", fences},
                                 {"registers", registers},
                                 {"shared_bytes", sharedBytes}});
  return entries;
}

} // namespace grucc::ptxrun
