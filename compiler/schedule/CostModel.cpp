//===- CostModel.cpp - How long a step takes, and which schedule is best -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/schedule/CostModel.h"

#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace grucc;

double grucc::stepCycles(const NetworkSizes &sizes, rnn::MachineAttr machine) {
  double cycles = 0;
  for (int64_t layer = 0; layer < sizes.numLayers; ++layer) {
    double inputSize = sizes.layerInputSize(layer);
    double products = 3.0 * sizes.hiddenSize * (inputSize + sizes.hiddenSize);
    double lanes = machine.getVectorBits() / (8.0 * sizes.elementBytes);
    double arithmetic = products / (lanes * machine.getFmaPerCycle());
    double bytes = sizes.elementBytes * products, l2 = 0.9 * machine.getL2Bytes();
    double traffic = bytes <= machine.getL1Bytes()
                         ? bytes / machine.getL1Bandwidth()
                         : std::min(bytes, l2) / machine.getL2Bandwidth() +
                               std::max(bytes - l2, 0.0) / machine.getL3Bandwidth();
    cycles += sizes.directions *
              (std::max(arithmetic, traffic) + 34.0 * sizes.hiddenSize / std::min(lanes, 16.0));
  }
  return cycles;
}

double grucc::scheduledStepCycles(const NetworkSizes &sizes, rnn::MachineAttr machine,
                                  rnn::ScheduleAttr schedule) {
  int64_t padded = llvm::alignTo(sizes.hiddenSize, schedule.getLanes());
  int64_t panels = llvm::divideCeil(padded, schedule.getLanes() * schedule.getPanel());
  // Padded units are computed, but their state is never read.
  double used = stepCycles(sizes, machine) * padded / sizes.hiddenSize;
  return used + 2.0 * 12.0 * panels * sizes.numLayers * sizes.directions;
}

rnn::ScheduleAttr grucc::selectSchedule(const NetworkSizes &sizes, rnn::MachineAttr machine) {
  int64_t hidden = sizes.hiddenSize;
  // A vector no wider than the network: H = 8 fills one of 8 lanes.
  int64_t lanes =
      std::min<int64_t>(machine.getVectorBits() / 8 / sizes.elementBytes,
                        std::max<uint64_t>(16 / sizes.elementBytes, llvm::PowerOf2Ceil(hidden)));
  int64_t vectors = llvm::divideCeil(hidden, lanes);

  // Batch 1 is weight traffic. Weights in L1 come fast enough for six sums at a
  // time, two vectors a gate; from L2 on three are enough, and kernels of many
  // rows like their weights in one stream.
  int64_t weightBytes = 3 * sizes.elementBytes * hidden * hidden;
  bool inL1 = weightBytes <= machine.getL1Bytes();
  int64_t panel = std::min<int64_t>(inL1 ? 2 : 1, vectors);
  // Several rows share each weight: as many accumulators as registers hold
  // beside three weights and one broadcast state.
  SmallVector<int64_t> tiles;
  if (machine.getRegisters() >= 32)
    tiles = {8, 1, 4, 1, 2, 1, 1, panel};
  else
    tiles = {4, 1, 2, 1, 1, panel};

  // The weights of a chunk of k fill half of L1 while 32 rows go through them.
  int64_t bytesPerK = 3 * sizes.elementBytes * lanes * panel;
  int64_t kChunk = std::max<int64_t>(machine.getL1Bytes() / 2 / bytesPerK / 64 * 64, 64);
  // Tiles of rows can fetch ahead what comes from beyond L2.
  int64_t inputBytes =
      3 * sizes.elementBytes * hidden * std::max(sizes.inputSize, sizes.directions * hidden);
  bool prefetch = inputBytes > machine.getL2Bytes() / 2;

  // Projections of a chunk of rows stay in a quarter of L2.
  int64_t rowBytes = 3 * sizes.elementBytes * lanes * vectors;
  int64_t chunk = std::clamp<int64_t>(machine.getL2Bytes() / 4 / rowBytes, 8, 512);
  chunk -= chunk % 8;

  // Zig-zag pays where the recurrent weights leave L1: what the last step
  // touched last is met again in L1 or L2.
  bool zigzag = !inL1;
  // Two blocks side by side: worth it only where weights come as fast as they are used.
  return rnn::ScheduleAttr::get(machine.getContext(), lanes, panel, tiles, /*k_block=*/64,
                                /*pair_blocks=*/inL1, kChunk, /*group_rows=*/32, prefetch, chunk,
                                zigzag, /*fuse_step=*/true, /*unroll=*/2);
}
