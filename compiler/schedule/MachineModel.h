//===- MachineModel.h - How fast a machine multiplies, and reads -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRUCC_COMPILER_SCHEDULE_MACHINEMODEL_H
#define GRUCC_COMPILER_SCHEDULE_MACHINEMODEL_H

#include "dialects/rnn/Rnn.h"
#include <array>

namespace grucc {

/// Where what is read over and over is found when its turn comes again.
enum class CacheLevel { L1, L2, L3, Memory };
inline constexpr std::array<llvm::StringLiteral, 4> cacheLevelNames = {"L1", "L2", "L3", "memory"};
inline llvm::StringRef nameOf(CacheLevel level) { return cacheLevelNames[size_t(level)]; }

/// How many of some bytes are found in each level, by index of CacheLevel.
using CacheShares = std::array<double, 4>;

/// All in L1 where that holds them; else nothing in L1, since what was read last is not what comes
/// next, the first 9/10 of L2 in L2 (states and inputs have the rest), as many more as l3_bytes in
/// L3, and what is left in memory.
CacheShares cacheShares(double bytes, rnn::MachineAttr machine);

/// The cycles that each level's share takes to come. Memory is taken to be as fast as L3: no fact
/// of a machine says how much slower it is.
CacheShares trafficCyclesByLevel(const CacheShares &bytes, rnn::MachineAttr machine);
/// All together, of bytes that nothing else takes turns with.
double trafficCycles(double bytes, rnn::MachineAttr machine);

/// Multiply-adds with that many vectors of weights as wide as the machine's, each of which takes
/// `widening` more operations. Sums enough are under way.
double productCycles(double vectors, double widening, rnn::MachineAttr machine);

} // namespace grucc

#endif // GRUCC_COMPILER_SCHEDULE_MACHINEMODEL_H
