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

Split grucc::selectSplit(const SplitWork &work, rnn::MachineAttr machine, int64_t tileRows) {
  double unitCycles = work.scan / work.units;
  int64_t units = std::ceil(2 * meetingCycles / unitCycles);
  int64_t from = std::ceil(2 * startCycles / work.step);
  bool fits = work.weightBytes <= machine.getL2Bytes() / 2;
  int64_t turnRows = std::max<int64_t>(tileRows, std::ceil(2 * meetingCycles / work.scan));
  int64_t turns = std::max<int64_t>(4, std::ceil(work.scan / (4 * meetingCycles)));
  return {fits ? "auto" : "units", units, tileRows, turnRows, turns, from};
}
