//===- GpuCostModel.cpp - How long a step takes on a GPU, and which schedule is best -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/schedule/GpuCostModel.h"

#include "compiler/schedule/GpuArithmetic.h"
#include <cmath>

using namespace mlir;
using namespace grucc;
using namespace grucc::gpumodel;

static GpuSymbol mhz(rnn::GpuAttr gpu) { return {"mhz", double(gpu.getMhz())}; }
static GpuSymbol l2Bandwidth(rnn::GpuAttr gpu) { return {"l2_gbps", double(gpu.getL2Bandwidth())}; }
static GpuSymbol dramBandwidth(rnn::GpuAttr gpu) {
  return {"dram_gbps", double(gpu.getDramBandwidth())};
}

SmallVector<GpuSymbol> grucc::gpuSymbols(rnn::GpuAttr gpu) {
  return {
#define GPU_CONSTANT(NAME, VALUE, UNIT, MEANING) NAME,
#include "compiler/schedule/GpuConstants.def"
#undef GPU_CONSTANT
      mhz(gpu), l2Bandwidth(gpu), dramBandwidth(gpu)};
}

static GpuEstimate microseconds(const GpuEstimate &cycles, rnn::GpuAttr gpu) {
  return cycles / mhz(gpu);
}

/// What all multiprocessors together need to read so many bytes, in microseconds.
static GpuEstimate trafficTime(double bytes, double distinctBytes, rnn::GpuAttr gpu) {
  GpuEstimate l2 = bytes / (1e3 * l2Bandwidth(gpu));
  return distinctBytes <= gpu.getL2Bytes() ? l2
                                           : max(l2, distinctBytes / (1e3 * dramBandwidth(gpu)));
}

StringRef GpuStepTime::limit() const {
  std::pair<double, StringRef> parts[] = {{launch.value(), "launches"},
                                          {sums.value(), "multiply-adds"},
                                          {weights.value(), "weight traffic"},
                                          {gates.value(), "latency of the gates"},
                                          {barriers.value(), "barriers"}};
  return llvm::max_element(parts)->second;
}

GpuStepTime grucc::scanStepTime(const ScanLayout &layout, rnn::GpuAttr gpu, int64_t batch) {
  GpuStepTime time;
  double blocks = llvm::divideCeil(batch, layout.rows());
  double turns = std::ceil(blocks / gpu.getSms());
  auto [sums, states, cells] = arithmeticOf(*layout.storage).scanTurn(layout, gpu, batch);
  double kept = 4.0 * layout.sharedWeightFloats();
  GpuEstimate shared = (kept + states) / shared_bytes_per_cycle;
  time.sums = microseconds(turns * sums, gpu);
  time.weights = microseconds(turns * max(shared - sums, 0), gpu);
  GpuEstimate late = layout.gatesAhead() ? 0 : max(far_latency - sums, 0);
  time.gates = microseconds(turns * (cells * cell_latency + late), gpu);
  time.barriers = microseconds(turns * (layout.stateTurns() == 1 ? 2 : 1) * barrier_latency, gpu);
  return time;
}

GpuEstimate grucc::scanStartTime(const ScanLayout &layout, rnn::GpuAttr gpu) {
  // A multiprocessor reads some 64 bytes a cycle from L2.
  return launch_us + microseconds(far_latency + layout.weightFloats() * 4 / 64.0, gpu);
}

GpuStepTime grucc::stepTime(const StepLayout &layout, rnn::GpuAttr gpu, int64_t batch) {
  GpuStepTime time;
  double rowBlocks = llvm::divideCeil(batch, layout.rows());
  double blocks = rowBlocks * layout.tiles();
  double bytes = 4.0 * layout.weightFloats();
  time.launch = launch_us;
  time.sums = microseconds(
      arithmeticOf(*layout.storage).stepSums(layout, gpu, batch, std::ceil(blocks / gpu.getSms())),
      gpu);
  time.weights = max(trafficTime(bytes * rowBlocks, bytes, gpu) - time.sums, 0);
  time.gates = microseconds(layout.threadCells() * cell_latency + 2 * far_latency, gpu);
  time.barriers = microseconds(2 * layout.rounds() * barrier_latency, gpu);
  return time;
}

GpuEstimate grucc::projectTime(const ProjectLayout &layout, rnn::GpuAttr gpu, int64_t rows) {
  double blocks = double(llvm::divideCeil(rows, layout.rows())) * layout.tiles();
  double warps = layout.schedule.getProjectWarps() * std::ceil(blocks / gpu.getSms());
  GpuEstimate sums = arithmeticOf(*layout.storage).projectSums(layout, gpu, warps);
  double bytes = 4.0 * blocks * layout.depth * (layout.rows() + layout.columns());
  return launch_us +
         max(microseconds(sums, gpu), trafficTime(bytes, 4.0 * layout.weightFloats(), gpu)) +
         microseconds(layout.chunks() * barrier_latency + 2 * far_latency, gpu);
}

int64_t grucc::projectRegisters(const ProjectLayout &layout, rnn::GpuAttr gpu) {
  return std::min(arithmeticOf(*layout.storage).projectRegisters(layout),
                  askedRegisters(gpu, layout.threads()));
}

int64_t grucc::scanNeeds(const ScanLayout &layout, rnn::GpuAttr gpu) {
  return arithmeticOf(*layout.storage).scanNeeds(layout, gpu);
}

int64_t grucc::scanRegisters(const ScanLayout &layout, rnn::GpuAttr gpu) {
  return std::min(arithmeticOf(*layout.storage).scanRegisters(layout, gpu),
                  registerLimit(gpu, layout.threads()) / 8 * 8);
}

int64_t grucc::stepRegisters(const StepLayout &layout, rnn::GpuAttr gpu) {
  return std::min(arithmeticOf(*layout.storage).stepRegisters(layout, gpu),
                  askedRegisters(gpu, layout.threads()));
}

ScanRange grucc::scanRange(const ScanLayout &scan, const StepLayout &step, rnn::GpuAttr gpu) {
  ScanRange range;
  if (!scan.exists())
    return range;
  double one = scanStepTime(scan, gpu, 1).total().value();
  double other = stepTime(step, gpu, 1).total().value();
  if (one >= other)
    return range;
  // start + T * one <= T * other
  range.minSteps =
      std::max<int64_t>(std::ceil(scanStartTime(scan, gpu).value() / (other - one)), 1);
  // Every multiprocessor full, once, twice, ...
  constexpr int64_t mostTurns = 64;
  int64_t full = gpu.getSms() * scan.rows();
  for (int64_t turns = 1; turns <= mostTurns; ++turns) {
    int64_t batch = turns * full;
    if (scanStepTime(scan, gpu, batch).total().value() > stepTime(step, gpu, batch).total().value())
      break;
    range.maxBatch = batch;
  }
  return range;
}

static rnn::GpuScheduleAttr withScan(rnn::GpuScheduleAttr schedule, int64_t rows,
                                     int64_t registerK) {
  rnn::GpuSchedule fields = schedule.getFields();
  fields.scanRows = rows;
  fields.scanRegisterK = registerK;
  return rnn::GpuScheduleAttr::get(schedule.getContext(), fields);
}

/// The weights of as many k in registers as there are; no rows if the rest does not fit.
static rnn::GpuScheduleAttr placeScanWeights(rnn::GpuScheduleAttr schedule,
                                             const NetworkSizes &sizes, rnn::GpuAttr gpu,
                                             const GpuStorage &storage) {
  // Multiprocessors are many: few rows in each.
  int64_t rows = storage.laneRows;
  ScanLayout any{schedule, sizes.hiddenSize, sizes.gates, &storage};
  // Nor where one product waits for another of all units.
  if (any.threads() > mostThreads || sizes.rounds > 1)
    return withScan(schedule, /*rows=*/0, /*registerK=*/0);
  constexpr int64_t mostRegisterK = 256; // more than a thread has room for
  int64_t registerK = std::min(any.groups() * any.groupK(), mostRegisterK);
  for (; registerK >= 0; registerK -= any.groupK()) {
    rnn::GpuScheduleAttr placed = withScan(schedule, rows, registerK);
    ScanLayout layout{placed, sizes.hiddenSize, sizes.gates, &storage};
    if (scanNeeds(layout, gpu) > registerLimit(gpu, layout.threads()))
      continue;
    if (layout.sharedBytes() > gpu.getSharedBytes())
      break; // so it is with fewer in registers
    return placed;
  }
  return withScan(schedule, /*rows=*/0, /*registerK=*/0);
}

rnn::GpuScheduleAttr grucc::selectGpuSchedule(const NetworkSizes &sizes, rnn::GpuAttr gpu,
                                              const GpuStorage &storage) {
  // A wide network has tiles for every multiprocessor; a narrow one is cut finer.
  int64_t units = 8;
  while (units > 2 && sizes.hiddenSize < units * gpu.getSms())
    units /= 2;
  // The few warps of few sum blocks have all cells of their rows: with 16 rows more than
  // there are registers for.
  int64_t blocks = SumBlocks{sizes.hiddenSize, sizes.hiddenSize, &storage}.count();
  int64_t rows = storage.isShared() && blocks <= 3 ? storage.rows : 16;
  rnn::GpuSchedule fields;
  fields.projectWarps = 4;
  fields.projectThreadRows = 4;
  fields.projectThreadColumns = 8;
  fields.projectK = 32;
  fields.stepRows = rows;
  fields.stepThreadRows = 8;
  fields.stepUnits = units;
  fields.stepBlocks = 32;
  fields.stepUnroll = 4;
  rnn::GpuScheduleAttr schedule;
  do { // as many sum blocks as there is memory for
    fields.stepBlocks /= 2;
    schedule = rnn::GpuScheduleAttr::get(gpu.getContext(), fields);
  } while (StepLayout{schedule, sizes.hiddenSize, sizes.gates, &storage}.sharedBytes() >
           gpu.getSharedBytes());
  return placeScanWeights(schedule, sizes, gpu, storage);
}
