//===- SplitModel.cpp - How a run is split over threads -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/schedule/SplitModel.h"

#include <cmath>

using namespace mlir;
using namespace grucc;

/// A step of which a half is worth that many meetings is worth a second thread.
static constexpr double awakeMeetings = 40;

rnn::Sharing grucc::selectSharing(const SharedWork &work, rnn::MachineAttr machine,
                                  int64_t tileRows) {
  double meetingCycles = machine.getMeetingCycles(), startCycles = machine.getStartCycles();
  double unitCycles = work.scan / work.units;
  rnn::Sharing sharing;
  sharing.splitRows = tileRows;
  sharing.splitUnits = std::ceil(2 * meetingCycles / unitCycles);
  sharing.splitFrom = std::ceil(2 * startCycles / work.step);
  sharing.stepFrom = std::ceil(awakeMeetings * meetingCycles / work.step);
  bool fits = work.weightBytes <= machine.getL2Bytes() / 2;
  sharing.split = fits ? rnn::Split::Auto : rnn::Split::Units;
  sharing.turnRows = std::max<int64_t>(tileRows, std::ceil(2 * meetingCycles / work.scan));
  sharing.splitTurns = std::max<int64_t>(4, std::ceil(work.scan / (4 * meetingCycles)));
  return sharing;
}
