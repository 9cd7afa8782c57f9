//===- GpuCostModel.cpp - How long a step takes on a GPU, and which schedule is best -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/schedule/GpuCostModel.h"

#include <cmath>

using namespace mlir;
using namespace grucc;

#define GPU_CONSTANT(NAME, VALUE, UNIT, MEANING) static constexpr GpuSymbol NAME{#NAME, VALUE};
#include "compiler/schedule/GpuConstants.def"
#undef GPU_CONSTANT
static constexpr double schedulers = 4; // of a multiprocessor

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

/// Cycles that a multiprocessor with so many warps takes to issue `fma` multiply-adds of
/// each, in `chains` that depend on nothing but themselves.
static GpuEstimate sumCycles(double warps, double fma, double chains, rnn::GpuAttr gpu) {
  double issue = std::ceil(warps / schedulers) * fma * (32 * schedulers / gpu.getFmaPerCycle());
  return max(issue, fma * fma_latency / chains);
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
  double turns = std::ceil(blocks / gpu.getSms()), warps = double(layout.threads()) / warpThreads;
  double chains = double(layout.gates) * layout.rows(), k = layout.sums().size();
  GpuEstimate sums = sumCycles(warps, chains * k, chains, gpu);
  double kept = 4.0 * layout.sharedWeightFloats();
  double states = 4.0 * kGroup * warps * layout.groups() * layout.rows();
  double cells = layout.rows();
  if (layout.half) {
    GpuEstimate issue = layout.gates * layout.groups() * std::ceil(warps / schedulers) * mma_cycles;
    sums = max(issue, layout.groups() * mma_latency);
    states = 2.0 * mmaRows * mmaK * warps * layout.groups();
    // Rows of the batch that no lane has cost nothing.
    int64_t rows = std::min(batch, layout.rows());
    cells = layout.threadUnits() * llvm::divideCeil(rows, ScanLayout::laneRows);
  }
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
  // Threads of rows that are not there have nothing to do.
  double used = double(std::min(batch, layout.rows())) / layout.rows();
  double warps = std::max(used * layout.threads() / warpThreads, 1.0);
  double perMultiprocessor = std::ceil(blocks / gpu.getSms());
  double chains = double(layout.gates) * layout.threadRows();
  double fma = chains * layout.sums().size() * layout.rounds();
  double bytes = 4.0 * layout.weightFloats();
  time.launch = launch_us;
  time.sums = microseconds(sumCycles(warps * perMultiprocessor, fma, chains, gpu), gpu);
  if (layout.half) {
    double products =
        double(layout.gates) * (layout.rows() / mmaRows) * layout.roundGroups() * layout.rounds();
    double all = products * std::ceil(layout.blocks() * perMultiprocessor / schedulers);
    time.sums = microseconds(max(all * mma_cycles, layout.roundGroups() * mma_latency), gpu);
  }
  time.weights = max(trafficTime(bytes * rowBlocks, bytes, gpu) - time.sums, 0);
  time.gates = microseconds(layout.threadCells() * cell_latency + 2 * far_latency, gpu);
  time.barriers = microseconds(2 * layout.rounds() * barrier_latency, gpu);
  return time;
}

GpuEstimate grucc::projectTime(const ProjectLayout &layout, rnn::GpuAttr gpu, int64_t rows) {
  double blocks = double(llvm::divideCeil(rows, layout.rows())) * layout.tiles();
  double warps = layout.schedule.getProjectWarps() * std::ceil(blocks / gpu.getSms());
  double chains =
      layout.schedule.getProjectThreadRows() * layout.schedule.getProjectThreadColumns();
  GpuEstimate sums = sumCycles(warps, chains * layout.depth, chains, gpu);
  double bytes = 4.0 * blocks * layout.depth * (layout.rows() + layout.columns());
  if (layout.half)
    sums = std::ceil(warps / schedulers) * layout.chunks() * (layout.chunk() / mmaK) *
           (layout.columns() / mmaWeights) * (layout.warpRows() / mmaRows) * mma_cycles;
  return launch_us +
         max(microseconds(sums, gpu), trafficTime(bytes, 4.0 * layout.weightFloats(), gpu)) +
         microseconds(layout.chunks() * barrier_latency + 2 * far_latency, gpu);
}

// Fitted to what ptxas 13.0 gives out, for sm_75 to sm_120 and H from 1 to 1536. With the
// limits that kernels state it is much the same for all targets.
int64_t grucc::projectRegisters(const ProjectLayout &layout, rnn::GpuAttr gpu) {
  int64_t rows = layout.schedule.getProjectThreadRows();
  int64_t columns = layout.schedule.getProjectThreadColumns(), needed;
  if (layout.half) {
    // Sums, as many operands; and addresses. Columns that no tile has are not computed.
    int64_t used = std::min<int64_t>(columns, llvm::divideCeil(layout.gateColumns(), 8));
    needed = 2 * rows * llvm::alignTo(used, 2) + 53;
  } else {
    // Sums, those of the block under way, what is staged, operands; and addresses.
    needed = 2 * rows * columns + rows + columns + 46;
    // So few units that half of the columns are no one's: less is under way in shorter blocks.
    bool few = 2 * layout.gateColumns() <= layout.columns();
    for (int64_t chunk = layout.chunk(); few && chunk < 32; chunk *= 2)
      needed -= 11;
  }
  return std::min(needed, askedRegisters(gpu, layout.threads()));
}
static bool loadsWeights(const ScanLayout &layout) {
  return layout.registerGroups() < layout.groups();
}
int64_t grucc::scanNeeds(const ScanLayout &layout, rnn::GpuAttr gpu) {
  if (layout.half) {
    // Weights that are kept, cells, and the sums; shallow products are two for each.
    int64_t products = gpu.getRow().mmaDepth < mmaK ? 13 : 0;
    int64_t cells = layout.threadRows() * layout.threadUnits();
    return layout.gates * kGroup * layout.registerGroups() + 10 * cells + 52 + products;
  }
  // Weights that are kept, four k of others, the partial sums' place, and a row's cell.
  int64_t kept = std::min(layout.registerGroups() * kGroup, layout.sums().size());
  return layout.gates * (kept + (loadsWeights(layout) ? kGroup : 0)) +
         (layout.sums().count() > 1 ? 3 : 0) + 47 + 10 * layout.rows();
}
int64_t grucc::scanRegisters(const ScanLayout &layout, rnn::GpuAttr gpu) {
  int64_t wanted;
  if (layout.half) {
    // Beside the weights that are kept some that are not, as far ahead as there are registers;
    // where there are few units, half of a tile has none; and units that are not there.
    int64_t kept = layout.registerGroups(), rows = layout.threadRows();
    wanted = (16 - 2 * rows) * kept + 6 * (layout.groups() - kept) + 35 * rows + 33;
    if (layout.hiddenSize <= mmaWeights / 2)
      wanted -= 13 * rows + 2;
    if (layout.hiddenSize % mmaWeights)
      wanted += 3;
    if (!layout.gatesAhead())
      wanted -= 6 * rows;
  } else {
    // Weights are loaded one turn ahead where that is possible.
    wanted = scanNeeds(layout, gpu) + (loadsWeights(layout) ? layout.gates * kGroup : 0);
  }
  return std::min(wanted, registerLimit(gpu, layout.threads()) / 8 * 8);
}
int64_t grucc::stepRegisters(const StepLayout &layout, rnn::GpuAttr gpu) {
  int64_t needed;
  if (layout.half) {
    // States on their way to shared memory: a value and its address each, beside the cells.
    int64_t rowThreads = layout.threads() / layout.rows();
    int64_t states = std::min(layout.blocks() * layout.sums().stride(), layout.hiddenSize);
    needed = 3 * llvm::divideCeil(states, rowThreads) + 76;
  } else {
    // A weight of each gate and a state of each row for every k, as far ahead as there are
    // registers; older targets load states when their turn comes. And sums of a second block.
    int64_t k = layout.sums().size(), rows = layout.threadRows(), gates = layout.gates;
    needed = (gates + rows) * k + 32 + (layout.blocks() > 1 ? gates + rows : 0);
    if (gpu.getCapability() < 90)
      needed = std::min(needed, gates * k + 8 * rows + 2);
  }
  return std::min(needed, askedRegisters(gpu, layout.threads()));
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
                                             bool half) {
  constexpr int64_t mostThreads = 1024;
  // Multiprocessors are many: few rows in each. In 16 bits a lane has one of four.
  int64_t rows = half ? ScanLayout::laneRows : 1;
  ScanLayout any{schedule, sizes.hiddenSize, sizes.gates, half};
  if (any.threads() > mostThreads)
    return withScan(schedule, /*rows=*/0, /*registerK=*/0);
  constexpr int64_t mostRegisterK = 256; // more than a thread has room for
  int64_t registerK = std::min(any.groups() * any.groupK(), mostRegisterK);
  for (; registerK >= 0; registerK -= any.groupK()) {
    rnn::GpuScheduleAttr placed = withScan(schedule, rows, registerK);
    ScanLayout layout{placed, sizes.hiddenSize, sizes.gates, half};
    if (scanNeeds(layout, gpu) > registerLimit(gpu, layout.threads()))
      continue;
    if (layout.sharedBytes() > gpu.getSharedBytes())
      break; // so it is with fewer in registers
    return placed;
  }
  return withScan(schedule, /*rows=*/0, /*registerK=*/0);
}

rnn::GpuScheduleAttr grucc::selectGpuSchedule(const NetworkSizes &sizes, rnn::GpuAttr gpu,
                                              bool half) {
  // A wide network has tiles for every multiprocessor; a narrow one is cut finer.
  int64_t units = 8;
  while (units > 2 && sizes.hiddenSize < units * gpu.getSms())
    units /= 2;
  // The few warps of few 16-bit sum blocks have all cells of their rows: with 16 rows more
  // than there are registers for.
  int64_t rows = half && SumBlocks{sizes.hiddenSize, sizes.hiddenSize, half}.count() <= 3
                     ? mmaRows
                     : 2 * mmaRows;
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
  } while (StepLayout{schedule, sizes.hiddenSize, sizes.gates, half}.sharedBytes() >
           gpu.getSharedBytes());
  return placeScanWeights(schedule, sizes, gpu, half);
}
