//===- Matrix.cpp - mma and ldmatrix -------------------------------------===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

//
// D = A B + C of 16 x 8 numbers: A [16, k] by rows, B [k, 8] by columns. A lane
// holds pairs along k in one register. Sums run over k in ascending order in
// float64, where products of 16 bits are exact, and are rounded once; the
// hardware's order and rounding are not specified, so the last bits may differ.
//
//===----------------------------------------------------------------------===//

#include "Access.h"
#include "Values.h"
#include "llvm/ADT/StringSwitch.h"

using namespace llvm;

namespace grucc::ptxrun {
namespace {

bool isWholeWarp(Warp &warp, const Instruction &inst, uint32_t mask) {
  if (mask == ~0u)
    return true;
  warp.grid->report(Diagnostic::Divergence, inst.line,
                    warp.grid->thread(warp, llvm::countr_one(mask)) + " not there",
                    "all lanes of the warp");
  return false;
}

/// inst.elements is k, inst.type that of A and B.
void runMma(Warp &warp, const Instruction &inst, uint32_t mask) {
  if (!isWholeWarp(warp, inst, mask))
    return;
  const Slot *slots = warp.slots(inst);
  const unsigned k = inst.elements, aWords = k / 4, bWords = k / 8;
  const Slot *aSlots = slots + 4, *bSlots = aSlots + aWords, *cSlots = bSlots + bWords;
  double a[16][16], b[16][8], c[16][8];
  auto widen = [&](uint32_t half) {
    return inst.type == Type::F16 ? widenFloat16(half & 0xffff) : widenBFloat16(half & 0xffff);
  };
  for (unsigned lane = 0; lane < warpSize; ++lane) {
    unsigned group = lane / 4, pair = lane % 4 * 2;
    for (unsigned word = 0; word < aWords; ++word) {
      uint32_t bits = warp.lanes<uint32_t>(aSlots[word])[lane];
      unsigned row = group + word % 2 * 8, column = pair + word / 2 * 8;
      a[row][column] = widen(bits);
      a[row][column + 1] = widen(bits >> 16);
    }
    for (unsigned word = 0; word < bWords; ++word) {
      uint32_t bits = warp.lanes<uint32_t>(bSlots[word])[lane];
      b[pair + word * 8][group] = widen(bits);
      b[pair + word * 8 + 1][group] = widen(bits >> 16);
    }
    for (unsigned i = 0; i < 4; ++i)
      c[group + i / 2 * 8][pair + i % 2] =
          llvm::bit_cast<float>(warp.lanes<uint32_t>(cSlots[i])[lane]);
  }
  for (auto [row, sums] : enumerate(c))
    for (unsigned i = 0; i < k; ++i)
      for (unsigned column = 0; column < 8; ++column)
        sums[column] += a[row][i] * b[i][column];
  for (unsigned lane = 0; lane < warpSize; ++lane)
    for (unsigned i = 0; i < 4; ++i)
      warp.lanes<uint32_t>(slots[i])[lane] =
          LaneF32::put(static_cast<float>(c[lane / 4 + i / 2 * 8][lane % 4 * 2 + i % 2]), inst);
  warp.grid->counters.matrixFlops += 2u * 16 * 8 * k;
}

void decodeMma(Decoder &decoder) {
  bool isPlain =
      decoder.take("sync") && decoder.take("aligned") && decoder.take("row") && decoder.take("col");
  std::optional<unsigned> shape = decoder.takeOneOf({"m16n8k8", "m16n8k16"});
  Type d = decoder.takeType(), a = decoder.takeType(), b = decoder.takeType(),
       c = decoder.takeType();
  if (!isPlain || !shape || d != Type::F32 || c != Type::F32 || a != b ||
      (a != Type::F16 && a != Type::BF16))
    return decoder.refuse();
  unsigned k = 8u << *shape;
  decoder.inst.elements = static_cast<uint8_t>(k);
  decoder.inst.type = a;
  decoder.inst.flow = Flow::WarpSync;
  decoder.perform(runMma, Work::Matrix);
  if (!decoder.expectOperands(4))
    return;
  decoder.dests(0, Type::F32, 4);
  decoder.sources(1, Type::B32, k / 4);
  decoder.sources(2, Type::B32, k / 8);
  decoder.sources(3, Type::F32, 4);
}

/// Lanes 8i .. 8i+7 give the rows of matrix i; inst.combine: transposed.
void runLoadMatrix(Warp &warp, const Instruction &inst, uint32_t mask) {
  if (!isWholeWarp(warp, inst, mask))
    return;
  Grid &grid = *warp.grid;
  const Slot *slots = warp.slots(inst);
  uint16_t values[4][8][8];
  Traffic traffic;
  for (unsigned lane = 0; lane < inst.dests * 8u; ++lane) {
    Access access;
    uint64_t address = addressOf(warp, slots[inst.dests], inst.isWideAddress, inst.immediate, lane);
    if (!locate(warp, inst, inst.space, address, lane, 16, access))
      return;
    expectWritten(warp, inst, access);
    traffic.add(access);
    access.lane = severalLanes; // a row goes to four of them
    if (grid.races)
      grid.races->read(warp.order, inst, access);
    std::memcpy(values[lane / 8][lane % 8], access.region->bytes.get() + access.offset, 16);
  }
  for (unsigned matrix = 0; matrix < inst.dests; ++matrix)
    for (unsigned lane = 0; lane < warpSize; ++lane) {
      unsigned row = lane / 4, pair = lane % 4 * 2;
      const auto &from = values[matrix];
      uint32_t low = inst.combine ? from[pair][row] : from[row][pair];
      uint32_t high = inst.combine ? from[pair + 1][row] : from[row][pair + 1];
      warp.lanes<uint32_t>(slots[matrix])[lane] = high << 16 | low;
    }
  traffic.tally(grid.counters, /*isWrite=*/false);
}

void decodeLoadMatrix(Decoder &decoder) {
  bool isPlain = decoder.take("sync") && decoder.take("aligned") && decoder.take("m8n8");
  std::optional<unsigned> count = decoder.takeOneOf({"x1", "x2", "x4"});
  decoder.inst.combine = decoder.take("trans");
  decoder.inst.space = decoder.takeSpace();
  if (!isPlain || !count || decoder.inst.space != Space::Shared || decoder.takeType() != Type::B16)
    return decoder.refuse();
  decoder.inst.flow = Flow::WarpSync;
  decoder.perform(runLoadMatrix, Work::Matrix);
  if (!decoder.expectOperands(2))
    return;
  decoder.dests(0, Type::B32, size_t(1) << *count);
  decoder.address(1);
}

} // namespace

Decode findMatrix(StringRef name) {
  return StringSwitch<Decode>(name)
      .Case("mma", decodeMma)
      .Case("ldmatrix", decodeLoadMatrix)
      .Default(nullptr);
}

} // namespace grucc::ptxrun
