//===- Gpus.cpp - The table of GPUs -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/schedule/Gpus.h"

using namespace mlir;
using namespace grucc;

namespace {
struct Gpu {
  StringRef target; ///< row of the table of targets
  StringRef card;
  int64_t sms, sharedBytes, fmaPerCycle, mhz;
  int64_t l2Bytes, l2Bandwidth, dramBandwidth; // GB/s
};
} // namespace

static constexpr int64_t KiB = 1024, MiB = 1024 * KiB;

// One line a target, with one card that has it. Counts, sizes, boost clocks and DRAM
// are the makers' figures; bandwidths of L2 are rounded from published measurements,
// those of sm_87, sm_100, sm_103, sm_120 and sm_121 scaled from their predecessors' by
// multiprocessors and clock; nothing here was measured by grucc.
static constexpr Gpu gpus[] = {
    // target, card, SMs, shared, fma/cycle, MHz, L2, GB/s of L2, DRAM
    {"sm_75", "T4", 40, 64 * KiB, 64, 1590, 4 * MiB, 1270, 320},
    {"sm_80", "A100", 108, 163 * KiB, 64, 1410, 40 * MiB, 4000, 1555},
    {"sm_86", "RTX 3090", 82, 99 * KiB, 128, 1695, 6 * MiB, 2000, 936},
    {"sm_87", "Jetson AGX Orin", 16, 163 * KiB, 128, 1300, 4 * MiB, 600, 205},
    {"sm_89", "RTX 4090", 128, 99 * KiB, 128, 2520, 72 * MiB, 5000, 1008},
    {"sm_90", "H100 SXM", 132, 227 * KiB, 128, 1830, 50 * MiB, 5500, 3350},
    {"sm_100", "B200", 148, 227 * KiB, 128, 1830, 126 * MiB, 6200, 8000},
    {"sm_103", "B300", 148, 227 * KiB, 128, 1830, 126 * MiB, 6200, 8000},
    {"sm_120", "RTX 5090", 170, 99 * KiB, 128, 2407, 96 * MiB, 6300, 1792},
    {"sm_121", "GB10", 48, 99 * KiB, 128, 2418, 24 * MiB, 1800, 273},
};

rnn::GpuAttr grucc::lookupGpu(MLIRContext *context, StringRef target) {
  const Gpu *g = llvm::find_if(gpus, [&](const Gpu &gpu) { return gpu.target == target; });
  if (g == std::end(gpus))
    return {};
  return rnn::GpuAttr::get(context, g->target, g->card, g->sms, g->sharedBytes, g->fmaPerCycle,
                           g->mhz, g->l2Bytes, g->l2Bandwidth, g->dramBandwidth);
}
