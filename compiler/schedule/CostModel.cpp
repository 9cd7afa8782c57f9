//===- CostModel.cpp - How long a step takes, and which schedule is best -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/schedule/CostModel.h"
#include "compiler/schedule/MachineModel.h"
#include "compiler/schedule/SplitModel.h"
#include "dialects/rnn/PackedUnits.h"

#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace grucc;

namespace {
/// One weight matrix [G, K] as the model sees it.
struct Matrix {
  double bytes, vectors;
  double widening; ///< operations that widen a vector
};
} // namespace

FailureOr<NetworkSizes> NetworkSizes::of(func::FuncOp func) {
  auto network = func->getAttrOfType<rnn::NetworkAttr>(rnn::NetworkAttr::name);
  if (!network)
    return func.emitError("rnn.network: found none, expected that of rnn-split-layers");
  NetworkSizes sizes{network.getNetwork()};
  for (rnn::ScanOp scan : func.getOps<rnn::ScanOp>()) {
    rnn::CellOpInterface cell = scan.getCell();
    if (!cell)
      return scan.emitError("cell: found none, expected one that the body ends with");
    CellShape shape = cell.getShape();
    sizes.gates = shape.gates, sizes.rounds = shape.rounds;
    break; // all layers have the same
  }
  return sizes;
}

static Matrix matrixOf(const NetworkSizes &sizes, rnn::MachineAttr machine, int64_t depth,
                       rnn::StorageKind kind) {
  double weights = double(sizes.gates) * sizes.hiddenSize * depth;
  double lanes = machine.getVectorBits() / (8.0 * sizes.elementBytes());
  const rnn::Storage &storage = rnn::storageOf(kind);
  return {weights * storage.weightBytes(sizes.elementBytes()), weights / lanes, storage.widening};
}

/// W_ih and W_hh of one direction.
static std::pair<Matrix, Matrix> matricesOf(const NetworkSizes &sizes, rnn::MachineAttr machine,
                                            int64_t layer) {
  const NetworkStorage &storage = sizes.storage;
  return {matrixOf(sizes, machine, sizes.layerInputSize(layer),
                   layer == 0 ? storage.first : storage.upper),
          matrixOf(sizes, machine, sizes.hiddenSize, storage.recurrent)};
}

/// `rows` rows share what widens a weight.
static double arithmeticCycles(const Matrix &matrix, rnn::MachineAttr machine, double rows = 1) {
  return productCycles(matrix.vectors, matrix.widening / rows, machine);
}

double grucc::stepCycles(const NetworkSizes &sizes, rnn::MachineAttr machine) {
  double cycles = 0;
  double lanes = machine.getVectorBits() / (8.0 * sizes.elementBytes());
  for (int64_t layer = 0; layer < sizes.numLayers; ++layer) {
    auto [input, recurrent] = matricesOf(sizes, machine, layer);
    double arithmetic = arithmeticCycles(input, machine) + arithmeticCycles(recurrent, machine);
    double traffic = trafficCycles(input.bytes + recurrent.bytes, machine);
    cycles += sizes.numDirections() *
              (std::max(arithmetic, traffic) +
               machine.getGateCycles() * sizes.hiddenSize / std::min(lanes, 16.0));
  }
  return cycles;
}

double grucc::storageCycles(const NetworkSizes &sizes, rnn::MachineAttr machine) {
  double bytes = 0;
  for (int64_t layer = 0; layer < sizes.numLayers; ++layer) {
    auto [input, recurrent] = matricesOf(sizes, machine, layer);
    bytes += sizes.numDirections() * (input.bytes + recurrent.bytes);
  }
  double perByte = trafficCycles(bytes, machine) / bytes, cycles = 0;
  double groups = 8.0 * sizes.elementBytes() * sizes.hiddenSize / machine.getVectorBits();
  auto walk = [&](const Matrix &matrix) { return matrix.widening > 0 ? 80 * groups : 0; };
  for (int64_t layer = 0; layer < sizes.numLayers; ++layer) {
    auto [input, recurrent] = matricesOf(sizes, machine, layer);
    for (const Matrix &matrix : {input, recurrent}) // step
      cycles += std::max(arithmeticCycles(matrix, machine), matrix.bytes * perByte) + walk(matrix);
    cycles += arithmeticCycles(input, machine, /*rows=*/8); // run
    cycles +=
        std::max(arithmeticCycles(recurrent, machine), trafficCycles(recurrent.bytes, machine)) +
        walk(recurrent);
  }
  return cycles * sizes.numDirections();
}

int64_t grucc::selectRegisterK(const NetworkSizes &sizes, rnn::MachineAttr machine, int64_t lanes) {
  // Vectors of up to 256 bits are taken apart fast, others not (AVX-512: 1 -> 16 0.97x).
  if (lanes < 1 || lanes > 32 / sizes.elementBytes())
    return 0;
  // The gates' numbers and constants need about 20 registers; a weight of each gate is one k.
  int64_t left = std::max<int64_t>((machine.getRegisters() - 20) / sizes.gates, 1);
  return isOneVector(sizes.hiddenSize, sizes.gates, lanes) ? std::min(left, sizes.hiddenSize) : 0;
}

/// How many panels are walked side by side, by one row and by how many.
static void selectStreams(rnn::Traversal &traversal, const NetworkSizes &sizes,
                          rnn::MachineAttr machine, const rnn::Tiling &tiling) {
  double bytes = matricesOf(sizes, machine, sizes.numLayers - 1).second.bytes;
  int64_t sums = sizes.gates * tiling.panel; // of a panel and a row
  // From L2 one place is as fast as several (Zen 3; a Xeon reads alike from one and from four),
  // unless half of the weights come from L1: then two blocks of three sums wait for each other
  // (Zen 3: 64 units 0.82x, 96 units 0.8x to 0.95x, 128 units 0.98x; vectors of 512 bits were not
  // measured).
  bool nearL1 = bytes > machine.getL1Bytes() && bytes <= 4.0 * machine.getL1Bytes();
  bool isBusy = 2 * sums >= machine.getFmaInFlight();
  if (nearL1 && !isBusy && machine.getVectorBits() <= 256)
    traversal.streams = 2;
  // No more than their sums leave registers for.
  int64_t most = llvm::bit_floor<uint64_t>((machine.getRegisters() - 4) / sums);
  if (bytes > machine.getL2Bytes())
    traversal.streams = std::min<int64_t>(machine.getStreams(), most);
  // As many weights under way where a panel has fewer gates: of one gate six from L3, where eight,
  // all the same distance apart, are slower (Zen 3, reset before the product, 1024 units: 1.1x),
  // and eight from memory (1536 units 0.9x).
  if (sizes.rounds > 1 && traversal.streams > 1)
    traversal.roundStreams = bytes > 0.75 * machine.getL3Bytes() ? 8 : 6;
  // From L3 the fetched chunks of one panel are faster for a few rows (Zen 3: 600 to 900 units
  // 1.1x to 1.4x); where it does not hold the weights several panels are (1200 and 1536 units, 2 to
  // 5 rows: 0.6x to 0.9x; 8 rows: 1.4x).
  if (traversal.streams == 1 || bytes <= 0.75 * machine.getL3Bytes())
    return;
  int64_t rowBytes = 2 * traversal.streams * sums * machine.getVectorBits() / 8;
  traversal.streamRows =
      std::clamp<int64_t>(rnn::mostGroupBytes / rowBytes, 1, tiling.tiles.front() + 1);
}

rnn::Schedule grucc::selectSchedule(const NetworkSizes &sizes, rnn::MachineAttr machine) {
  rnn::Schedule schedule;
  rnn::Tiling &tiling = schedule.tiling;
  rnn::Traversal &traversal = schedule.traversal;
  int64_t hidden = sizes.hiddenSize;
  // A vector no wider than the network: H = 8 fills one of 8 lanes.
  int64_t lanes =
      std::min<int64_t>(machine.getVectorBits() / 8 / sizes.elementBytes(),
                        std::max<uint64_t>(16 / sizes.elementBytes(), llvm::PowerOf2Ceil(hidden)));
  // Scalars one by one where each operation is a call, which two at a time write out twice (a step
  // of 10 -> 32 on Cortex-M3: 0.58 of the code, 0.99 of the instructions).
  if (machine.getRow().softFloat)
    lanes = 1;
  // A single vector that is divided in halves: divisions of these are faster, and all that a row
  // waits for is one of them after the other (AVX-512: a step of 12 units 1.19x, of 16 1.11x). Not
  // for several rows (12 units 0.7x), unless the second half is packed (1 -> 10: 1.21x).
  const rnn::Target &target = machine.getRow();
  bool isWhole = lanes * sizes.elementBytes() * 8 == target.vectorBits;
  if (target.dividesHalves && isWhole && hidden <= lanes) {
    if (packedUnits(hidden, lanes / 2, sizes.gates))
      lanes /= 2;
    else if (panelsAgree(hidden, sizes.gates, lanes, lanes / 2))
      tiling.rowLanes = lanes / 2;
  }
  tiling.lanes = lanes;
  int64_t vectors = llvm::divideCeil(hidden, lanes);

  // Batch 1 is weight traffic. Weights in L1 come fast enough for six sums at a
  // time, two vectors a gate; from L2 on three are enough, and kernels of many
  // rows like their weights in one stream.
  int64_t weightBytes = sizes.gates * sizes.elementBytes() * hidden * hidden;
  bool inL1 = weightBytes <= machine.getL1Bytes();
  // Where every weight is loaded by an instruction of its own, six sums share what else a k takes,
  // of SVE, which has no loads of two registers, twelve (instructions of a step of 128 -> 128:
  // AArch64 0.87 of those with three sums, SVE of 256 bits 0.94 of those with six). Few registers,
  // groups of them, hold three (riscv64-v, 40 -> 48: 0.56 of those with six).
  bool isFew = machine.getRegisters() < 16;
  bool loadsApart = !target.platform->memoryOperands && machine.getRegisters() >= 32;
  int64_t panel = inL1 ? 2 : 1;
  if (loadsApart)
    panel = target.scalable && target.vectorBits > 128 ? 4 : 2;
  tiling.panel = std::min<int64_t>(isFew ? 1 : panel, vectors);
  // Several rows share each weight: as many accumulators as registers hold
  // beside three weights and one broadcast state. Below, any number from three rows
  // of one vector on divides into tiles of 3, 4 and 5, as fast a row as those of 8.
  if (tiling.panel > 2)
    tiling.tiles = {2, tiling.panel, 1, tiling.panel};
  else if (machine.getRegisters() >= 32 && tiling.panel == 2)
    tiling.tiles = {4, 2, 3, 2, 2, 2, 1, 2};
  else if (machine.getRegisters() >= 32)
    tiling.tiles = {8, 1, 5, 1, 4, 1, 3, 1, 2, 1, 1, 1};
  else if (isFew)
    tiling.tiles = {2, 1, 1, 1};
  else
    tiling.tiles = {4, 1, 3, 1, 2, 1, 1, tiling.panel};
  // Four rows of a single gate wait for their own sums: eight of one gate, six of two (Zen 3, reset
  // before the product, 512 units and 32 rows: 0.93x; without fused multiply-adds not measured).
  if (sizes.rounds > 1 && machine.getRegisters() < 32 && !isFew)
    tiling.roundRows = 8;

  int64_t inputBytes =
      sizes.gates * sizes.elementBytes() * hidden * std::max(sizes.inputSize, sizes.outputSize());
  // The weights of a chunk of k fill half of L1 while 32 rows go through them. Far beyond
  // L2 one block is a chunk, and the next one is fetched (1.03x to 1.09x; 0.99x near L2).
  int64_t bytesPerK = sizes.gates * sizes.elementBytes() * lanes * tiling.panel;
  tiling.kChunk = std::max<int64_t>(machine.getL1Bytes() / 2 / bytesPerK / 64 * 64, 64);
  if (inputBytes > 2 * machine.getL2Bytes())
    tiling.kChunk = 64;
  // Tiles of rows can fetch ahead what comes from beyond L2.
  traversal.prefetch = inputBytes > machine.getL2Bytes() / 2;

  // Projections of a chunk of rows stay in a quarter of L2. Where both matrices do not stay in
  // L3, every chunk reads its own from memory: more rows share it (Zen 3: 1024 -> 1024 with one row
  // 0.7x, with three 0.5x; 900 -> 900 with five 0.85x for 128 beside 64).
  int64_t rowBytes = sizes.gates * sizes.elementBytes() * lanes * vectors;
  bool beyondL3 = 4 * (inputBytes + weightBytes) > 3 * machine.getL3Bytes();
  int64_t chunk = std::clamp<int64_t>(machine.getL2Bytes() / 4 / rowBytes, beyondL3 ? 128 : 8, 512);
  traversal.chunkRows = chunk - chunk % 8;
  tiling.groupRows = 32;

  // Zig-zag pays where the recurrent weights leave L1: what the last step
  // touched last is met again in L1 or L2.
  traversal.zigzag = !inL1;
  traversal.fuseStep = true;
  selectStreams(traversal, sizes, machine, tiling);
  // A comparison that takes no register costs no more than a limit; elsewhere only
  // one vector of units, whose gates are all that a step waits for, gains by it (AVX-512: 1 -> 8
  // and 1 -> 40 1.05x; AVX2: 1 -> 8 1.02x, 10 -> 20 0.98x).
  tiling.lateLimits = target.maskRegisters || hidden <= lanes;

  // Two blocks side by side: three sums at a time would wait for each other where weights come
  // fast, or narrow (H = 256 from L2: AVX2 1.08x to 1.14x, bfloat16 1.15x; beyond L2 1.00x
  // to 1.04x). Few registers do not hold their sums (riscv64-v, 48 -> 96: 0.74 of the instructions
  // without them), and where a panel has as many as are under way there is nothing to gain.
  // Nor where caches give two blocks at a time less than the sums of one take (Zen 5: 192 and 384
  // units 0.77x to 0.92x with two, 256 units 0.75x, 512 to 1024 units 0.92x to 0.98x; from memory
  // 1.05x to 1.15x).
  double takenByOne = double(sizes.gates * tiling.panel) * machine.getVectorBits() / 8 *
                      machine.getFmaPerCycle() / machine.getFmaInFlight();
  double fromL2 = machine.getL2Bandwidth();
  bool pairsAreSlow =
      !inL1 && !beyondL3 && fromL2 * machine.getPairPercent() / 100 < std::min(takenByOne, fromL2);
  bool fillsPipes = sizes.gates * tiling.panel >= machine.getFmaInFlight();
  tiling.pairBlocks = !isFew && !(loadsApart && fillsPipes) && !pairsAreSlow;
  tiling.kBlock = 64;
  // Each k moves the places of its loads, and arithmetic that takes operands from memory moves
  // none: instructions of a step of 64 -> 64, 0.86 to 0.96 on AArch64 and ARMv7; of 10 -> 20 more.
  tiling.unroll = !target.platform->memoryOperands && !isFew && hidden >= 48 ? 8 : 2;
  tiling.registerK = selectRegisterK(sizes, machine, tiling.lanes);
  NetworkSizes scan = sizes;
  scan.inputSize = 0, scan.numLayers = 1, scan.bidirectional = false;
  SharedWork work{stepCycles(sizes, machine), stepCycles(scan, machine), hidden, weightBytes};
  schedule.sharing = selectSharing(work, machine, tiling.tiles.front());
  return schedule;
}

rnn::Schedule grucc::shortened(rnn::Schedule schedule, rnn::MachineAttr machine) {
  rnn::Tiling &tiling = schedule.tiling;
  rnn::Traversal &traversal = schedule.traversal;
  // One row at a time through one panel at a time: one kernel of each kind, one way through it, for
  // one row and for many, and no sums that wait on the stack (GRU(10 -> 32), a step on Cortex-M4F:
  // 0.57 of the bytes, 0.16 of the stack).
  tiling.panel = 1;
  tiling.tiles = {1, 1};
  tiling.groupRows = 1;
  tiling.rowLanes = 0;
  tiling.roundRows = 1;
  tiling.registerK = 0;
  tiling.pairBlocks = false;
  tiling.unroll = 1;
  traversal.streams = traversal.streamRows = traversal.roundStreams = 1;
  traversal.zigzag = traversal.prefetch = traversal.fuseStep = false;
  if (machine.getVectorBits() >= 128)
    return schedule;
  // Scalars one by one: two are written out twice (GRU(10 -> 32), a step on Cortex-M4F: 1.5 times
  // the bytes). Three products a turn are too few beside what a turn costs (two: 0.85 of the
  // instructions, 1.08 times the bytes), unless the compiler's library makes them (1.00, 1.13).
  tiling.lanes = 1;
  tiling.unroll = machine.getRow().fma && !machine.getRow().softFloat ? 2 : 1;
  return schedule;
}
