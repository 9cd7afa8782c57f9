//===- MachineModel.cpp - How fast a machine multiplies, and reads -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/schedule/MachineModel.h"

using namespace grucc;

CacheShares grucc::cacheShares(double bytes, rnn::MachineAttr machine) {
  if (bytes <= machine.getL1Bytes())
    return {bytes, 0, 0, 0};
  double l2 = std::min(bytes, 0.9 * machine.getL2Bytes()), beyond = bytes - l2;
  double l3 = std::min(beyond, double(machine.getL3Bytes()));
  return {0, l2, l3, beyond - l3};
}

CacheShares grucc::trafficCyclesByLevel(const CacheShares &bytes, rnn::MachineAttr machine) {
  double l3 = machine.getL3Bandwidth();
  const CacheShares rates = {machine.getL1Bandwidth(), double(machine.getL2Bandwidth()), l3, l3};
  CacheShares cycles;
  for (size_t level = 0; level < rates.size(); ++level)
    cycles[level] = bytes[level] / rates[level];
  return cycles;
}

double grucc::trafficCycles(double bytes, rnn::MachineAttr machine) {
  double cycles = 0;
  for (double level : trafficCyclesByLevel(cacheShares(bytes, machine), machine))
    cycles += level;
  return cycles;
}

double grucc::productCycles(double vectors, double widening, rnn::MachineAttr machine) {
  double multiplyAdd = machine.getFma() ? 1 : 2;
  double operations = vectors * (multiplyAdd + widening);
  return machine.getVectorCycles() *
         std::max(vectors / machine.getFmaPerCycle(), operations / machine.getOpsPerCycle());
}
