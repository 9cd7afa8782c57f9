//===- PartModel.h - How long each part of a network takes, and why -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRUCC_COMPILER_SCHEDULE_PARTMODEL_H
#define GRUCC_COMPILER_SCHEDULE_PARTMODEL_H

#include "compiler/schedule/CostModel.h"
#include "compiler/schedule/MachineModel.h"

namespace grucc {

/// What a layer and direction is made of: W_ih x, W_hh h, and all that is done to units.
enum class PartKind { Projection, Scan, Gates };
llvm::StringRef nameOf(PartKind kind);

/// What a part would have less of, were it faster.
enum class Bound {
  Arithmetic, ///< multiply-adds, or what widens weights
  SumLatency, ///< too few sums are under way: multiply-adds wait for the one before
  L1,         ///< weights come from there, as from the following
  L2,
  L3,
  Memory,
  Loops, ///< panels begin and end
  Gates
};
llvm::StringRef nameOf(Bound bound);

struct PartTime {
  double cycles = 0;
  Bound bound = Bound::Gates;
  CacheShares bytes = {}; ///< where the weights are found
};

struct Part {
  int64_t layer;
  int64_t direction; ///< 0, or 1 for the second of two
  PartKind kind;
  int64_t bytes = 0;      ///< of packed weights, without biases; of gates none
  int64_t panels = 0;     ///< that they are in
  int64_t panelUnits = 0; ///< of a full one
  int64_t streams = 0;    ///< panels that one row walks side by side
  int64_t tileRows = 0;   ///< the most rows that share a weight in registers
  PartTime step = {};     ///< of one row
  PartTime run = {};      ///< of one row and `seqLen` steps
};

/// Parts in the order in which a run meets them: layer by layer, each with its directions, and of
/// each the kinds. A prediction for one thread from #rnn.machine, in cycles:
///
///   products = the longest of
///     arithmetic   productCycles of the padded vectors that the schedule packs
///     sum latency  that, times fma_in_flight over the sums that are under way:
///                  gates x vectors x blocks side by side x streams
///     traffic      bytes over the rates of the levels that they come from
///   part     = products + 12 cycles for every panel's loops
///   gates    = gate_cycles for each vector of units, of at most 16
///
/// A step alone meets every weight of the network once, so that all take turns in the caches, and
/// each part has the same mix of levels: that of all bytes together (cacheShares). In a run each
/// part has the caches to itself, as a layer goes through many steps before the next one begins:
/// W_hh comes once a step, W_ih once for each chunk of rows, of which a tile shares every weight.
std::vector<Part> predictParts(const NetworkSizes &sizes, rnn::MachineAttr machine,
                               const rnn::Schedule &schedule, int64_t seqLen);

} // namespace grucc

#endif // GRUCC_COMPILER_SCHEDULE_PARTMODEL_H
