//===- Locate.cpp - Where an address leads -------------------------------===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Access.h"
#include "llvm/ADT/STLExtras.h"
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
            unsigned bytes, Access &access, unsigned alignment) {
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
  if (!alignment)
    alignment = bytes;
  if (address % alignment) {
    grid.report(Diagnostic::Misaligned, inst.line,
                region->place(offset) + ", by " + grid.thread(warp, lane),
                "a multiple of " + Twine(alignment));
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
  uint64_t bytes = 0;
  for (const Access &access : accesses)
    bytes += access.bytes;
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

} // namespace grucc::ptxrun
