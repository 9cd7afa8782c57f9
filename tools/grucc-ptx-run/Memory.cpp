//===- Memory.cpp - Device and shared memory, byte by byte known ---------===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Memory.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/MathExtras.h"
#include "llvm/Support/raw_ostream.h"
#include <new>

using namespace llvm;

namespace grucc::ptxrun {

void Shadow::refine(unsigned bytes) {
  unsigned finer = bytes == 1 ? 0 : 1;
  unsigned copies = 1u << (shift - finer);
  std::vector<std::unique_ptr<Cell[]>> old = std::move(pages);
  pages.clear();
  shift = finer;
  for (uint64_t index = 0; index < old.size(); ++index)
    if (old[index])
      for (uint64_t i = 0; i < pageCells * copies; ++i) {
        uint64_t cell = index * pageCells * copies + i;
        page(cell)[cell % pageCells] = old[index][i / copies];
      }
}

bool Region::create(Address at, uint64_t count) {
  base = at;
  size = count;
  uint64_t whole = alignTo(count, 64);
  // What is never written reads as NaN, should anyone go on after being told.
  bytes.reset(new (std::nothrow) char[whole]);
  if (!bytes)
    return false;
  std::memset(bytes.get(), 0xff, whole);
  written.assign(whole / 64, 0);
  return true;
}

void Region::markWritten(uint64_t offset, uint64_t count, bool isWritten) {
  while (count) {
    uint64_t step = std::min<uint64_t>(count, 64 - offset % 64);
    uint64_t mask = (step == 64 ? ~uint64_t(0) : (uint64_t(1) << step) - 1) << offset % 64;
    written[offset / 64] = isWritten ? written[offset / 64] | mask : written[offset / 64] & ~mask;
    offset += step;
    count -= step;
  }
}

std::string Region::place(uint64_t offset) const {
  std::string text;
  raw_string_ostream os(text);
  if (isShared)
    os << "byte " << offset << " of " << size << " of shared memory";
  else if (!name.empty())
    os << "byte " << offset << " of " << size << " of '" << name << "'";
  else
    os << "byte " << offset << " of " << size << " at " << format_hex(base, 1);
  return text;
}

Region *DeviceState::find(Address address) const {
  auto above = regions.upper_bound(address);
  if (above == regions.begin())
    return nullptr;
  Region *region = std::prev(above)->second.get();
  return region->contains(address) ? region : nullptr;
}

static Error problem(const Twine &text) { return createStringError(text); }

static std::string hex(uint64_t number) {
  std::string text;
  raw_string_ostream(text) << format_hex(number, 1);
  return text;
}

Expected<Region *> DeviceState::expect(Address address, uint64_t bytes) const {
  // The first byte behind an allocation is nobody's, but for an empty access.
  auto above = regions.upper_bound(address);
  Region *region = above == regions.begin() ? nullptr : std::prev(above)->second.get();
  if (!region || address - region->base > region->size)
    return problem("address " + hex(address) + ": found no allocation, expected one");
  if (region->isFreed)
    return problem("address " + hex(address) +
                   ": found memory that was freed, expected an allocation");
  if (bytes > region->size - (address - region->base))
    return problem("address " + hex(address) + ": found " + Twine(bytes) +
                   " bytes, expected at most " + Twine(region->size - (address - region->base)) +
                   " up to the allocation's end");
  return region;
}

Device::Device(uint64_t memoryBytes) : state(std::make_unique<DeviceState>()) {
  state->limit = memoryBytes;
}
Device::~Device() = default;

Expected<Address> Device::allocate(uint64_t bytes) {
  if (bytes > state->limit - state->inUse)
    return problem("memory: found " + Twine(bytes) + " bytes asked for, expected at most " +
                   Twine(state->limit - state->inUse));
  auto region = std::make_unique<Region>();
  if (!region->create(state->next, bytes))
    return problem("memory: found none for " + Twine(bytes) + " bytes, expected it");
  // A gap behind every allocation belongs to nobody.
  state->next = alignTo(state->next + bytes + 256, 256);
  state->inUse += bytes;
  Address address = region->base;
  state->regions[address] = std::move(region);
  return address;
}

Error Device::free(Address address) {
  auto found = state->regions.find(address);
  if (found == state->regions.end() || !found->second->name.empty())
    return problem("address " + hex(address) +
                   ": found no allocation that begins there, expected one");
  Region &region = *found->second;
  if (region.isFreed)
    return problem("address " + hex(address) +
                   ": found memory that was freed, expected an allocation");
  region.isFreed = true;
  region.bytes.reset();
  region.written = {};
  region.shadow.clear();
  state->inUse -= region.size;
  return Error::success();
}

Error Device::write(Address to, ArrayRef<char> bytes) {
  Expected<Region *> region = state->expect(to, bytes.size());
  if (!region)
    return region.takeError();
  if (!bytes.empty())
    std::memcpy((*region)->bytes.get() + (to - (*region)->base), bytes.data(), bytes.size());
  (*region)->markWritten(to - (*region)->base, bytes.size(), true);
  return Error::success();
}

Error Device::read(Address from, MutableArrayRef<char> bytes) const {
  Expected<Region *> region = state->expect(from, bytes.size());
  if (!region)
    return region.takeError();
  if (!bytes.empty())
    std::memcpy(bytes.data(), (*region)->bytes.get() + (from - (*region)->base), bytes.size());
  return Error::success();
}

Error Device::copy(Address to, Address from, uint64_t bytes) {
  Expected<Region *> target = state->expect(to, bytes), source = state->expect(from, bytes);
  if (!target)
    return joinErrors(target.takeError(), source.takeError());
  if (!source)
    return source.takeError();
  uint64_t toOffset = to - (*target)->base, fromOffset = from - (*source)->base;
  std::vector<bool> written(bytes);
  for (uint64_t i = 0; i < bytes; ++i)
    written[i] = (*source)->isWritten(fromOffset + i, 1);
  std::memmove((*target)->bytes.get() + toOffset, (*source)->bytes.get() + fromOffset, bytes);
  for (uint64_t i = 0; i < bytes; ++i)
    (*target)->markWritten(toOffset + i, 1, written[i]);
  return Error::success();
}

Error Device::fill(Address to, ArrayRef<char> pattern, uint64_t count) {
  bool isTooLarge = false;
  uint64_t bytes = SaturatingMultiply<uint64_t>(pattern.size(), count, &isTooLarge);
  if (isTooLarge)
    return problem("memory: found a count of " + Twine(count) + ", expected a smaller one");
  Expected<Region *> region = state->expect(to, bytes);
  if (!region)
    return region.takeError();
  char *place = (*region)->bytes.get() + (to - (*region)->base);
  for (uint64_t i = 0; i < bytes; ++i)
    place[i] = pattern[i % pattern.size()];
  (*region)->markWritten(to - (*region)->base, bytes, true);
  return Error::success();
}

std::optional<Address> Device::firstUninitialised(Address from, uint64_t bytes) const {
  Expected<Region *> region = state->expect(from, bytes);
  if (!region) {
    consumeError(region.takeError());
    return from;
  }
  for (uint64_t i = 0; i < bytes; ++i)
    if (!(*region)->isWritten(from - (*region)->base + i, 1))
      return from + i;
  return std::nullopt;
}

std::optional<std::pair<Address, uint64_t>> Device::allocation(Address address) const {
  Region *region = state->find(address);
  if (!region || region->isFreed)
    return std::nullopt;
  return std::pair(region->base, region->size);
}

uint64_t Device::bytesInUse() const { return state->inUse; }
uint64_t Device::bytesInAll() const { return state->limit; }

} // namespace grucc::ptxrun
