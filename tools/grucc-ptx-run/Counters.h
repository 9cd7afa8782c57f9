//===- Counters.h - What a launch did, counted ----------------------------===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRUCC_TOOLS_GRUCC_PTX_RUN_COUNTERS_H
#define GRUCC_TOOLS_GRUCC_PTX_RUN_COUNTERS_H

#include "llvm/ADT/StringRef.h"
#include <array>
#include <cstdint>
#include <utility>
#include <vector>

namespace grucc::ptxrun {

/// What an instruction is counted as.
enum class Work : uint8_t {
  Float,    ///< arithmetic on floating-point numbers
  Special,  ///< div, rcp, sqrt, ex2, tanh, ...
  Matrix,   ///< mma, ldmatrix
  Integer,  ///< integers, bits, comparison, selection
  Move,     ///< mov, cvta, parameters
  Convert,  ///< cvt
  Global,   ///< loads, stores and atomics of global and constant memory
  Shared,   ///< those of shared memory
  Exchange, ///< shfl, vote, redux
  Branch,   ///< bra, ret
  Sync      ///< bar, fence, cp.async waits
};
constexpr unsigned numWorks = unsigned(Work::Sync) + 1;
llvm::StringRef workName(Work work);

/// Over the whole grid.
struct Counters {
  uint64_t blocks = 0, warps = 0;
  uint64_t instructions = 0;                            ///< of warps, one for all lanes
  std::array<uint64_t, numWorks> byWork{};              ///< they add up to `instructions`
  uint64_t flops = 0;                                   ///< of lanes; fma counts 2
  uint64_t matrixFlops = 0;                             ///< of mma: 2*m*n*k each
  uint64_t globalBytesRead = 0, globalBytesWritten = 0; ///< as lanes ask for them
  /// 32-byte pieces of global memory that each warp instruction touches.
  uint64_t globalSectorsRead = 0, globalSectorsWritten = 0;
  uint64_t sharedBytesRead = 0, sharedBytesWritten = 0;
  uint64_t bankConflicts = 0; ///< turns of shared memory beyond those that the bytes need
  uint64_t atomics = 0;       ///< of warps
  uint64_t barriers = 0;      ///< that a block completed
  uint64_t fences = 0;        ///< of warps
  uint64_t registers = 0;     ///< of the kernel, estimated
  uint64_t sharedBytes = 0;   ///< of a block, static and dynamic

  /// Names, as printed and in JSON, and values.
  std::vector<std::pair<llvm::StringRef, uint64_t>> entries() const;
};

} // namespace grucc::ptxrun

#endif // GRUCC_TOOLS_GRUCC_PTX_RUN_COUNTERS_H
