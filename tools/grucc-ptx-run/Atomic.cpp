//===- Atomic.cpp - atom and red -----------------------------------------===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Access.h"
#include "Values.h"

using namespace llvm;

namespace grucc::ptxrun {
namespace {

enum Kind : uint8_t { Add, Min, Max, And, Or, Xor, Inc, Dec, Exchange, Compare };

template <class T> T changed(uint8_t kind, T old, T b, T c) {
  switch (kind) {
  case Add:
    return static_cast<T>(uint64_t(old) + uint64_t(b));
  case Min:
    return std::min(old, b);
  case Max:
    return std::max(old, b);
  case And:
    return old & b;
  case Or:
    return old | b;
  case Xor:
    return old ^ b;
  case Inc:
    return old >= b ? 0 : old + 1;
  case Dec:
    return old == 0 || old > b ? b : old - 1;
  case Compare:
    return old == b ? c : old;
  default:
    return b;
  }
}

uint64_t changedBits(const Instruction &inst, uint64_t old, uint64_t b, uint64_t c) {
  switch (inst.type) {
  case Type::F32:
    return LaneF32::put(LaneF32::get(uint32_t(old), Instruction()) +
                            LaneF32::get(uint32_t(b), Instruction()),
                        Instruction());
  case Type::F64:
    return LaneF64::put(llvm::bit_cast<double>(old) + llvm::bit_cast<double>(b), Instruction());
  case Type::S32:
    return static_cast<uint32_t>(
        changed<int32_t>(inst.selector, int32_t(old), int32_t(b), int32_t(c)));
  case Type::S64:
    return static_cast<uint64_t>(
        changed<int64_t>(inst.selector, int64_t(old), int64_t(b), int64_t(c)));
  default:
    return inst.bytes == 8
               ? changed<uint64_t>(inst.selector, old, b, c)
               : changed<uint32_t>(inst.selector, uint32_t(old), uint32_t(b), uint32_t(c));
  }
}

void runAtomic(Warp &warp, const Instruction &inst, uint32_t mask) {
  Grid &grid = *warp.grid;
  const Slot *slots = warp.slots(inst), *sources = slots + inst.dests;
  auto value = [&](unsigned i, unsigned lane) -> uint64_t {
    if (i >= inst.sources)
      return 0;
    return inst.bytes == 8 ? warp.lanes<uint64_t>(sources[i])[lane]
                           : warp.lanes<uint32_t>(sources[i])[lane];
  };
  Traffic traffic;
  ++grid.counters.atomics;
  forLanes(mask, [&](unsigned lane) {
    Access access;
    uint64_t address = addressOf(warp, sources[0], inst.isWideAddress, inst.immediate, lane);
    if (grid.isStopped || !locate(warp, inst, inst.space, address, lane, inst.bytes, access))
      return;
    if (access.region->isReadOnly)
      return grid.report(Diagnostic::ReadOnly, inst.line,
                         "a write to " + access.region->place(access.offset) + " by " +
                             grid.thread(warp, lane),
                         "memory that may be written");
    expectWritten(warp, inst, access);
    char *place = access.region->bytes.get() + access.offset;
    uint64_t old = 0;
    std::memcpy(&old, place, inst.bytes);
    uint64_t result = changedBits(inst, old, value(1, lane), value(2, lane));
    if (result != old)
      grid.progress();
    traffic.add(access);
    if (grid.races) {
      grid.races->write(warp.order, inst, access, result != old);
      grid.races->observe(warp.order, inst, access);
      grid.races->publish(warp.order, inst, access, /*isAtomic=*/true);
    }
    std::memcpy(place, &result, inst.bytes);
    access.region->setWritten(access.offset, inst.bytes);
    if (inst.dests && inst.bytes == 8)
      warp.lanes<uint64_t>(slots[0])[lane] = old;
    else if (inst.dests)
      warp.lanes<uint32_t>(slots[0])[lane] = static_cast<uint32_t>(old);
  });
  traffic.tally(grid.counters, /*isWrite=*/true);
}

bool isAllowed(uint8_t kind, Type type) {
  switch (type) {
  case Type::B32:
  case Type::B64:
    return kind == Exchange || kind == Compare || (kind >= And && kind <= Xor);
  case Type::U32:
    return kind <= Max || kind == Inc || kind == Dec;
  case Type::U64:
  case Type::S32:
  case Type::S64:
    return kind <= Max;
  case Type::F32:
  case Type::F64:
    return kind == Add;
  default:
    return false;
  }
}

void decodeAtomic(Decoder &decoder) {
  bool hasDest = decoder.name() == "atom";
  Instruction &inst = decoder.inst;
  takeOrder(decoder, {"relaxed", "acquire", "release", "acq_rel"});
  if (inst.order == Order::Weak) { // nothing said: relaxed
    inst.order = Order::Relaxed;
    inst.scope = decoder.takeScope(Scope::Gpu);
  }
  inst.space = decoder.takeSpace();
  decoder.ignoreModifiers("L2::");
  std::optional<unsigned> kind =
      decoder.takeOneOf({"add", "min", "max", "and", "or", "xor", "inc", "dec", "exch", "cas"});
  Type type = decoder.takeType();
  if (!kind || !isAllowed(static_cast<uint8_t>(*kind), type) ||
      (!hasDest && (*kind == Exchange || *kind == Compare)) || inst.space == Space::Constant ||
      inst.space == Space::Param)
    return decoder.refuse();
  inst.selector = static_cast<uint8_t>(*kind);
  inst.type = type;
  inst.bytes = static_cast<uint8_t>(bitsOf(type) / 8);
  decoder.perform(runAtomic, inst.space == Space::Shared ? Work::Shared : Work::Global);
  size_t sources = *kind == Compare ? 2 : 1;
  if (!decoder.expectOperands(hasDest + 1 + sources))
    return;
  if (hasDest)
    decoder.dest(0, type);
  decoder.address(hasDest);
  for (size_t i = 0; i < sources; ++i)
    decoder.source(hasDest + 1 + i, type);
}

} // namespace

Decode findAtomic(StringRef name) {
  return name == "atom" || name == "red" ? decodeAtomic : nullptr;
}

} // namespace grucc::ptxrun
