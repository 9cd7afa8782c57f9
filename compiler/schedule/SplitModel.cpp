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

rnn::Sharing grucc::selectSharing(const NetworkSizes &sizes, rnn::MachineAttr machine,
                                  int64_t tileRows) {
  double meetingCycles = machine.getMeetingCycles(), startCycles = machine.getStartCycles();
  // The recurrent half of one layer: what happens between two meetings.
  NetworkSizes scan = sizes;
  scan.inputSize = 0, scan.numLayers = 1, scan.bidirectional = false;
  double scanCycles = stepCycles(scan, machine), unitCycles = scanCycles / sizes.hiddenSize;
  rnn::Sharing sharing;
  sharing.splitRows = tileRows;
  sharing.splitUnits = std::ceil(2 * meetingCycles / unitCycles);
  sharing.splitFrom = std::ceil(2 * startCycles / stepCycles(sizes, machine));
  int64_t weightBytes = sizes.gates * sizes.elementBytes() * sizes.hiddenSize * sizes.hiddenSize;
  bool fits = weightBytes <= machine.getL2Bytes() / 2;
  sharing.split = fits ? rnn::Split::Auto : rnn::Split::Units;
  sharing.turnRows = std::max<int64_t>(tileRows, std::ceil(2 * meetingCycles / scanCycles));
  sharing.splitTurns = std::max<int64_t>(4, std::ceil(scanCycles / (4 * meetingCycles)));
  return sharing;
}
