//===- AsyncCopy.cpp - cp.async: copies that are performed when they are waited for ===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

//
// Until then the bytes count as unwritten, and whoever touches them races with
// the copy. That is the latest that the hardware may be; code that is right for
// it does not depend on an earlier time.
//
//===----------------------------------------------------------------------===//

#include "Access.h"
#include "Values.h"

using namespace llvm;

namespace grucc::ptxrun {
namespace {

/// Calls f(access) for what is read of the source, which is aligned to the whole copy: for
/// pieces of 8, 4, 2 or 1 bytes where it is less than that.
template <class F> void forRead(const PendingCopy &copy, F f) {
  Access piece = copy.source;
  for (unsigned left = copy.filled; left; left -= piece.bytes) {
    piece.bytes = llvm::bit_floor(left);
    f(piece);
    piece.offset += piece.bytes;
  }
}

void runCopy(Warp &warp, const Instruction &inst, uint32_t mask) {
  Grid &grid = *warp.grid;
  const Slot *sources = warp.slots(inst);
  Traffic reads, writes;
  forLanes(mask, [&](unsigned lane) {
    PendingCopy copy = {lane, openGroup, &inst, {}, {}, inst.bytes, inst.bytes};
    if (inst.sources > 2)
      copy.filled = std::min<uint32_t>(warp.lanes<uint32_t>(sources[2])[lane], inst.bytes);
    uint64_t to = addressOf(warp, sources[0], inst.isWideAddress, inst.immediate, lane);
    uint64_t from = addressOf(warp, sources[1], inst.isWideData, inst.sourceOffset, lane);
    if (grid.isStopped || !locate(warp, inst, Space::Shared, to, lane, inst.bytes, copy.target))
      return;
    if (copy.filled) {
      if (!locate(warp, inst, Space::Global, from, lane, copy.filled, copy.source, inst.bytes))
        return;
      expectWritten(warp, inst, copy.source);
      reads.add(copy.source);
      if (grid.races)
        forRead(copy, [&](const Access &read) { grid.races->read(warp.order, inst, read); });
    }
    writes.add(copy.target);
    if (grid.races)
      grid.races->beginCopy(warp.order, inst, copy.target);
    copy.target.region->markWritten(copy.target.offset, inst.bytes, false);
    warp.copies.push_back(copy);
  });
  reads.tally(grid.counters, /*isWrite=*/false);
  writes.tally(grid.counters, /*isWrite=*/true);
}

void perform(Warp &warp, const PendingCopy &copy) {
  Grid &grid = *warp.grid;
  std::array<char, 16> data{};
  if (copy.filled)
    std::memcpy(data.data(), copy.source.region->bytes.get() + copy.source.offset, copy.filled);
  std::memcpy(copy.target.region->bytes.get() + copy.target.offset, data.data(), copy.bytes);
  copy.target.region->markWritten(copy.target.offset, copy.bytes, true);
  if (!grid.races)
    return;
  forRead(copy, [&](const Access &read) { grid.races->read(warp.order, *copy.inst, read); });
  grid.races->endCopy(warp.order, *copy.inst, copy.target);
}

void runCommit(Warp &warp, const Instruction &, uint32_t mask) {
  for (PendingCopy &copy : warp.copies)
    if (copy.group == openGroup && mask >> copy.lane & 1)
      copy.group = warp.committed[copy.lane];
  forLanes(mask, [&](unsigned lane) { ++warp.committed[lane]; });
}

/// All groups but the last inst.immediate are done; ~0: everything.
void runWait(Warp &warp, const Instruction &inst, uint32_t mask) {
  size_t kept = 0;
  for (PendingCopy &copy : warp.copies) {
    bool isMine = mask >> copy.lane & 1;
    bool isDone =
        inst.immediate == ~uint64_t(0) ||
        (copy.group != openGroup && copy.group + inst.immediate < warp.committed[copy.lane]);
    if (isMine && isDone)
      perform(warp, copy);
    else
      warp.copies[kept++] = copy;
  }
  warp.copies.resize(kept);
}

void decodeAsyncCopy(Decoder &decoder) {
  if (!decoder.take("async"))
    return decoder.refuse();
  Instruction &inst = decoder.inst;
  if (decoder.take("commit_group")) {
    decoder.expectOperands(0);
    return decoder.perform(runCommit, Work::Sync);
  }
  if (decoder.take("wait_all")) {
    decoder.expectOperands(0);
    inst.immediate = ~uint64_t(0);
    return decoder.perform(runWait, Work::Sync);
  }
  if (decoder.take("wait_group")) {
    if (decoder.expectOperands(1))
      inst.immediate = decoder.number(0, 1 << 20);
    return decoder.perform(runWait, Work::Sync);
  }
  bool isGlobal = decoder.take("cg"), isAny = decoder.take("ca");
  bool isShared = decoder.take("shared") || decoder.take("shared::cta");
  decoder.ignoreModifiers("L2::128B");
  decoder.ignoreModifiers("L2::256B");
  decoder.ignoreModifiers("L2::64B");
  if (isGlobal == isAny || !isShared || !decoder.take("global"))
    return decoder.refuse();
  if (!decoder.expectOperands(3, 4))
    return;
  inst.bytes = static_cast<uint8_t>(decoder.number(2, 16));
  if (inst.bytes != 16 && (isGlobal || (inst.bytes != 4 && inst.bytes != 8)))
    return decoder.fail(Twine(unsigned(inst.bytes)) + " bytes of cp.async",
                        isGlobal ? "16" : "4, 8 or 16");
  decoder.perform(runCopy, Work::Shared);
  decoder.address(1);
  inst.sourceOffset = inst.immediate;
  inst.isWideData = inst.isWideAddress;
  decoder.address(0);
  decoder.swapLastSources();
  if (decoder.numOperands() > 3)
    decoder.source(3, Type::U32);
}

} // namespace

Decode findAsyncCopy(StringRef name) { return name == "cp" ? decodeAsyncCopy : nullptr; }

} // namespace grucc::ptxrun
