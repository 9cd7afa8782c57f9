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
#include "llvm/Support/Format.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;

namespace grucc::ptxrun {

uint64_t addressOf(Warp &warp, Slot slot, bool isWide, uint64_t offset, unsigned lane) {
  if (isWide)
    return warp.lanes<uint64_t>(slot)[lane] + offset;
  return static_cast<uint32_t>(warp.lanes<uint32_t>(slot)[lane] + static_cast<uint32_t>(offset));
}

static std::string hex(uint64_t number) {
  std::string text;
  raw_string_ostream(text) << format_hex(number, 1);
  return text;
}

/// What lies around an address that is nowhere.
static std::string nearest(const DeviceState &device, uint64_t address) {
  auto above = device.regions.upper_bound(address);
  if (above == device.regions.begin())
    return "";
  const Region &region = *std::prev(above)->second;
  return ", " + std::to_string(address - region.base - region.size) + " bytes behind the " +
         std::to_string(region.size) + " at " + hex(region.base);
}

bool locate(Warp &warp, const Instruction &inst, Space space, uint64_t address, unsigned lane,
            unsigned bytes, Access &access) {
  Grid &grid = *warp.grid;
  if (space == Space::Generic && address - sharedWindow < sharedWindow) {
    space = Space::Shared;
    address -= sharedWindow;
  }
  Region *region = nullptr;
  if (space == Space::Shared) {
    region = &warp.block->shared;
  } else if (warp.lastRegion && warp.lastRegion->contains(address)) {
    region = warp.lastRegion;
  } else {
    region = grid.device.find(address);
    warp.lastRegion = region && !region->isFreed ? region : nullptr;
  }
  if (!region || !region->contains(address) || bytes > region->size - (address - region->base)) {
    std::string text = std::to_string(bytes) + " bytes at ";
    text += space == Space::Shared
                ? "byte " + std::to_string(int64_t(address - sharedBase)) + " of " +
                      std::to_string(warp.block->shared.size) + " of shared memory"
                : hex(address) + (region ? ", of which " + region->place(address - region->base) +
                                               " is the first"
                                         : nearest(grid.device, address));
    grid.report(Diagnostic::OutOfBounds, inst.line, text + ", by " + grid.thread(warp, lane),
                "memory that was allocated");
    return false;
  }
  uint64_t offset = address - region->base;
  if (region->isFreed) {
    grid.report(Diagnostic::OutOfBounds, inst.line,
                region->place(offset) + ", which was freed, by " + grid.thread(warp, lane),
                "memory that is still allocated");
    return false;
  }
  if (address % bytes) {
    grid.report(Diagnostic::Misaligned, inst.line,
                region->place(offset) + ", by " + grid.thread(warp, lane),
                "a multiple of " + Twine(bytes));
    return false;
  }
  access = {region, offset, bytes, lane};
  return true;
}

void expectWritten(Warp &warp, const Instruction &inst, const Access &access) {
  if (!access.region->isWritten(access.offset, access.bytes))
    warp.grid->report(Diagnostic::Uninitialised, inst.line,
                      "a read of " + access.region->place(access.offset) + " by " +
                          warp.grid->thread(warp, access.lane),
                      "bytes that were written");
}

/// Turns of the banks (32 of 4 bytes) beyond those that so many bytes need.
static uint64_t bankConflicts(ArrayRef<Access> accesses) {
  unsigned bytes = accesses.front().bytes;
  size_t together = bytes <= 4 ? 32 : std::max<size_t>(128 / bytes, 1);
  uint64_t conflicts = 0;
  for (size_t first = 0; first < warpSize; first += together) {
    std::array<SmallVector<uint64_t, 4>, 32> words; // distinct ones of each bank
    size_t most = 0;
    for (const Access &access : accesses)
      if (access.lane >= first && access.lane < first + together)
        for (uint64_t word = access.offset / 4; word < (access.offset + bytes + 3) / 4; ++word) {
          auto &bank = words[word % 32];
          if (!llvm::is_contained(bank, word))
            bank.push_back(word);
          most = std::max(most, bank.size());
        }
    conflicts += most > 1 ? most - 1 : 0;
  }
  return conflicts;
}

void Traffic::tally(Counters &counters, bool isWrite) const {
  ArrayRef<Access> accesses = ArrayRef(addresses).take_front(count);
  if (accesses.empty())
    return;
  uint64_t bytes = uint64_t(accesses.front().bytes) * count;
  if (accesses.front().region->isShared) {
    (isWrite ? counters.sharedBytesWritten : counters.sharedBytesRead) += bytes;
    // Words in a row, or one word for all, need no closer look.
    bool isPlain = true;
    for (size_t i = 1; i < count && isPlain; ++i)
      isPlain = accesses[i].offset == accesses[0].offset ||
                accesses[i].offset == accesses[i - 1].offset + accesses[0].bytes;
    if (!isPlain)
      counters.bankConflicts += bankConflicts(accesses);
    return;
  }
  (isWrite ? counters.globalBytesWritten : counters.globalBytesRead) += bytes;
  SmallVector<uint64_t, 32> sectors;
  for (const Access &access : accesses) {
    uint64_t sector = (access.region->base + access.offset) / 32;
    if (sectors.empty() || sectors.back() != sector)
      sectors.push_back(sector);
  }
  llvm::sort(sectors);
  (isWrite ? counters.globalSectorsWritten : counters.globalSectorsRead) +=
      llvm::unique(sectors) - sectors.begin();
}

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
    expectWritten(warp, inst, access);
    traffic.add(access);
    if (grid.races) {
      grid.races->read(warp.order, inst, access);
      if (inst.order != Order::Weak)
        for (unsigned i = 0; i < inst.elements; ++i)
          grid.races->observe(warp.order, inst,
                              {access.region, access.offset + i * inst.bytes, inst.bytes, lane});
    }
    const char *from = access.region->bytes.get() + access.offset;
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
