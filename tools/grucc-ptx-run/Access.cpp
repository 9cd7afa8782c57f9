//===- Access.cpp - ld and st --------------------------------------------===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Access.h"
#include "Values.h"
#include "llvm/ADT/StringSwitch.h"

using namespace llvm;

namespace grucc::ptxrun {

namespace {

template <class D> void putData(Warp &warp, Slot slot, unsigned lane, Type type, const char *from) {
  auto read = [&](auto value) {
    std::memcpy(&value, from, sizeof(value));
    warp.lanes<D>(slot)[lane] = static_cast<D>(value);
  };
  switch (bitsOf(type)) {
  case 8:
    return isSigned(type) ? read(int8_t()) : read(uint8_t());
  case 16:
    return isSigned(type) ? read(int16_t()) : read(uint16_t());
  case 32:
    return read(uint32_t());
  default:
    return read(uint64_t());
  }
}

/// What lies in memory, with all bits set where nobody uses it.
const char *usedData(const Instruction &inst, const char *from, std::array<char, 32> &copy) {
  for (unsigned i = 0; i < unsigned(inst.bytes) * inst.elements; ++i)
    copy[i] = inst.usedBytes >> i & 1 ? from[i] : static_cast<char>(0xff);
  return copy.data();
}

/// Calls f(access) for what a load uses: all of it, or elements and bytes of it.
template <class F> void forUsed(const Instruction &inst, const Access &access, F f) {
  if (inst.usedBytes == ~uint32_t(0))
    return f(access);
  for (unsigned i = 0; i < inst.elements; ++i) {
    uint64_t used = usedBytesOf(inst, i), offset = access.offset + i * inst.bytes;
    if (used == (uint64_t(1) << inst.bytes) - 1)
      f(Access{access.region, offset, inst.bytes, access.lane});
    else
      for (; used; used &= used - 1)
        f(Access{access.region, offset + countr_zero(used), 1, access.lane});
  }
}

void runLoad(Warp &warp, const Instruction &inst, uint32_t mask) {
  Grid &grid = *warp.grid;
  const Slot *slots = warp.slots(inst);
  unsigned bytes = unsigned(inst.bytes) * inst.elements;
  Traffic traffic;
  forLanes(mask, [&](unsigned lane) {
    Access access;
    uint64_t address = addressOf(warp, slots[inst.dests], inst.isWideAddress, inst.immediate, lane);
    if (grid.isStopped || !locate(warp, inst, inst.space, address, lane, bytes, access))
      return;
    forUsed(inst, access, [&](const Access &used) { expectWritten(warp, inst, used); });
    traffic.add(access);
    if (grid.races) {
      forUsed(inst, access, [&](const Access &used) { grid.races->read(warp.order, inst, used); });
      if (inst.order != Order::Weak)
        for (unsigned i = 0; i < inst.elements; ++i)
          grid.races->observe(warp.order, inst,
                              {access.region, access.offset + i * inst.bytes, inst.bytes, lane});
    }
    const char *from = access.region->bytes.get() + access.offset;
    std::array<char, 32> copy;
    if (inst.usedBytes != ~uint32_t(0))
      from = usedData(inst, from, copy);
    for (unsigned i = 0; i < inst.elements; ++i, from += inst.bytes)
      inst.isWideData ? putData<uint64_t>(warp, slots[i], lane, inst.type, from)
                      : putData<uint32_t>(warp, slots[i], lane, inst.type, from);
  });
  traffic.tally(grid.counters, /*isWrite=*/false);
}

void runStore(Warp &warp, const Instruction &inst, uint32_t mask) {
  Grid &grid = *warp.grid;
  const Slot *slots = warp.slots(inst);
  unsigned bytes = unsigned(inst.bytes) * inst.elements;
  Traffic traffic;
  forLanes(mask, [&](unsigned lane) {
    Access access;
    uint64_t address = addressOf(warp, slots[0], inst.isWideAddress, inst.immediate, lane);
    if (grid.isStopped || !locate(warp, inst, inst.space, address, lane, bytes, access))
      return;
    if (access.region->isReadOnly)
      return grid.report(Diagnostic::ReadOnly, inst.line,
                         "a write to " + access.region->place(access.offset) + " by " +
                             grid.thread(warp, lane),
                         "memory that may be written");
    std::array<char, 64> data;
    for (unsigned i = 0; i < inst.elements; ++i)
      if (inst.isWideData)
        std::memcpy(data.data() + i * inst.bytes, &warp.lanes<uint64_t>(slots[1 + i])[lane],
                    inst.bytes);
      else
        std::memcpy(data.data() + i * inst.bytes, &warp.lanes<uint32_t>(slots[1 + i])[lane],
                    inst.bytes);
    char *to = access.region->bytes.get() + access.offset;
    bool changes =
        std::memcmp(to, data.data(), bytes) != 0 || !access.region->isWritten(access.offset, bytes);
    if (changes)
      grid.progress();
    traffic.add(access);
    if (grid.races) {
      grid.races->write(warp.order, inst, access, changes);
      if (inst.order != Order::Weak)
        for (unsigned i = 0; i < inst.elements; ++i)
          grid.races->publish(warp.order, inst,
                              {access.region, access.offset + i * inst.bytes, inst.bytes, lane},
                              /*isAtomic=*/false);
    }
    std::memcpy(to, data.data(), bytes);
    access.region->setWritten(access.offset, bytes);
  });
  traffic.tally(grid.counters, /*isWrite=*/true);
}

void runParameter(Warp &warp, const Instruction &inst, uint32_t mask) {
  const Slot *slots = warp.slots(inst);
  for (unsigned i = 0; i < inst.elements; ++i) {
    const char *from = warp.grid->launch.parameters.data() + inst.immediate + i * inst.bytes;
    forLanes(mask, [&](unsigned lane) {
      inst.isWideData ? putData<uint64_t>(warp, slots[i], lane, inst.type, from)
                      : putData<uint32_t>(warp, slots[i], lane, inst.type, from);
    });
  }
}

/// .v2, .v4, .v8 and the type.
bool takeShape(Decoder &decoder) {
  std::optional<unsigned> vector = decoder.takeOneOf({"v2", "v4", "v8"});
  Type type = decoder.takeType();
  unsigned bits = bitsOf(type);
  decoder.inst.type = type;
  decoder.inst.bytes = static_cast<uint8_t>(bits / 8);
  decoder.inst.elements = vector ? static_cast<uint8_t>(2u << *vector) : 1;
  decoder.inst.isWideData = bits == 64;
  if (bits >= 8 && decoder.inst.bytes * decoder.inst.elements <= 32)
    return true;
  decoder.refuse();
  return false;
}

void takeHints(Decoder &decoder, ArrayRef<StringRef> caches) {
  decoder.ignoreModifiers("L1::");
  decoder.ignoreModifiers("L2::");
  decoder.takeOneOf(caches);
}

void decodeLoad(Decoder &decoder) {
  takeOrder(decoder, {"relaxed", "acquire"});
  decoder.inst.isNoncoherent = decoder.take("nc");
  decoder.inst.space = decoder.takeSpace();
  takeHints(decoder, {"ca", "cg", "cs", "lu", "cv"});
  if (!takeShape(decoder) || !decoder.expectOperands(2))
    return;
  Space space = decoder.inst.space;
  decoder.dests(0, decoder.inst.type, decoder.inst.elements);
  if (space == Space::Param) {
    decoder.perform(runParameter, Work::Move);
    return decoder.parameter(1, unsigned(decoder.inst.bytes) * decoder.inst.elements);
  }
  if (decoder.inst.isNoncoherent && space != Space::Global)
    return decoder.refuse();
  decoder.perform(runLoad, space == Space::Shared ? Work::Shared : Work::Global);
  decoder.address(1);
}

void decodeStore(Decoder &decoder) {
  takeOrder(decoder, {"relaxed", "release"});
  decoder.inst.space = decoder.takeSpace();
  takeHints(decoder, {"wb", "cg", "cs", "wt"});
  if (!takeShape(decoder) || !decoder.expectOperands(2))
    return;
  Space space = decoder.inst.space;
  if (space == Space::Constant || space == Space::Param)
    return decoder.refuse();
  decoder.perform(runStore, space == Space::Shared ? Work::Shared : Work::Global);
  decoder.address(0);
  decoder.sources(1, decoder.inst.type, decoder.inst.elements);
}

} // namespace

void takeOrder(Decoder &decoder, ArrayRef<StringRef> orders) {
  decoder.take("weak");
  Instruction &inst = decoder.inst;
  if (decoder.take("volatile")) {
    inst.order = Order::Relaxed;
    inst.scope = Scope::Sys;
    return;
  }
  std::optional<unsigned> order = decoder.takeOneOf(orders);
  if (!order)
    return;
  inst.order = StringSwitch<Order>(orders[*order])
                   .Case("acquire", Order::Acquire)
                   .Case("release", Order::Release)
                   .Case("acq_rel", Order::AcqRel)
                   .Default(Order::Relaxed);
  inst.scope = decoder.takeScope(Scope::Gpu);
}

Decode findAccess(StringRef name) {
  return StringSwitch<Decode>(name).Case("ld", decodeLoad).Case("st", decodeStore).Default(nullptr);
}

} // namespace grucc::ptxrun
