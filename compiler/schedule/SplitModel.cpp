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

static constexpr double meetingCycles = 400, startCycles = 75000;

Split grucc::selectSplit(const NetworkSizes &sizes, rnn::MachineAttr machine, int64_t tileRows) {
  // The recurrent half of one layer: what happens between two meetings.
  NetworkSizes scan = sizes;
  scan.inputSize = 0, scan.numLayers = 1, scan.directions = 1;
  double scanCycles = stepCycles(scan, machine), unitCycles = scanCycles / sizes.hiddenSize;
  int64_t units = std::ceil(2 * meetingCycles / unitCycles);
  int64_t from = std::ceil(2 * startCycles / stepCycles(sizes, machine));
  int64_t weightBytes = sizes.gates * sizes.elementBytes * sizes.hiddenSize * sizes.hiddenSize;
  bool fits = weightBytes <= machine.getL2Bytes() / 2;
  int64_t turnRows = std::max<int64_t>(tileRows, std::ceil(2 * meetingCycles / scanCycles));
  int64_t turns = std::max<int64_t>(4, std::ceil(scanCycles / (4 * meetingCycles)));
  return {fits ? "auto" : "units", units, tileRows, turnRows, turns, from};
}
