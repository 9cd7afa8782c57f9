//===- SplitModel.h - How a run is split over threads -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRUCC_COMPILER_SCHEDULE_SPLITMODEL_H
#define GRUCC_COMPILER_SCHEDULE_SPLITMODEL_H

#include "dialects/rnn/Rnn.h"

namespace grucc {

/// What there is to share among threads: cycles of one step of one row, as the cost model
/// counts them.
struct SharedWork {
  double step;         ///< all layers and directions
  double scan;         ///< the recurrent half of one layer: what happens between two meetings
  int64_t units;       ///< H
  int64_t weightBytes; ///< of one layer's W_hh
};

/// What threads cost, in cycles:
///
///   a meeting after every step, meeting_cycles: the other core sees a line that was
///   written here, then fetches its part of the new state (135 ns for each
///   pair of lines on a Xeon of 3 GHz). A thread's part of a step is worth twice
///   that.
///   a start, start_cycles: a sleeping thread wakes up (25 us on the same machine).
///   A run on one thread takes twice that before it is shared.
///   Of a step that follows another one the threads are awake: handing it over, meeting in every
///   layer and handing it back cost some meetings, and it takes 40 of them to be shared.
///
/// Layers side by side meet once a turn: a turn is as many rows as fill a tile of
/// the projections, and as are worth two meetings of each thread. Filling and
/// draining the line of layers takes a turn more than there are: two threads lose
/// less by it than by meeting after every step, and fetching each other's states
/// after it for as long again, when there are more turns than scan / (4 * meeting).
///
/// Rows of the batch need no meeting, but every core reads all weights: they
/// must fit half of L2. `tileRows` rows fill a tile.
rnn::Sharing selectSharing(const SharedWork &work, rnn::MachineAttr machine, int64_t tileRows);

} // namespace grucc

#endif // GRUCC_COMPILER_SCHEDULE_SPLITMODEL_H
