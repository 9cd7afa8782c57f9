//===- Races.cpp - Which accesses nothing orders -------------------------===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Races.h"
#include "llvm/ADT/STLExtras.h"

using namespace llvm;

namespace grucc::ptxrun {

void join(Clock &into, const Clock &other) {
  Clock result;
  result.reserve(std::max(into.size(), other.size()));
  auto a = into.begin();
  auto b = other.begin();
  while (a != into.end() || b != other.end()) {
    if (b == other.end() || (a != into.end() && a->first < b->first))
      result.push_back(*a++);
    else if (a == into.end() || b->first < a->first)
      result.push_back(*b++);
    else {
      result.push_back({a->first, std::max(a->second, b->second)});
      ++a, ++b;
    }
  }
  into = std::move(result);
}

static uint32_t timeOf(const Clock &clock, uint32_t warp) {
  auto found = llvm::lower_bound(clock, std::pair(warp, uint32_t(0)));
  return found != clock.end() && found->first == warp ? found->second : 0;
}

Races::Races(bool blocksMeet, Report report) : blocksMeet(blocksMeet), report(std::move(report)) {
  events.push_back({});
  sets.push_back({});
}

WarpOrder Races::begin(uint32_t block) {
  WarpOrder order;
  order.warp = numWarps++;
  order.block = block;
  order.clock = {{order.warp, order.time}};
  return order;
}

void Races::advance(WarpOrder &order, uint32_t line) {
  ++order.time;
  order.line = line;
  order.weakRead = 0;
  auto own = llvm::lower_bound(order.clock, std::pair(order.warp, uint32_t(0)));
  own->second = order.time;
}

void Races::meet(WarpOrder &order, uint32_t line) {
  advance(order, line);
  order.together = order.time;
  order.known.clear();
}

void Races::meet(WarpOrder &order, uint32_t line, uint32_t lanes) {
  if (order.known.empty())
    order.known.assign(warpSize * warpSize, 0);
  std::array<uint32_t, warpSize> all{};
  forLanes(lanes, [&](unsigned lane) {
    for (unsigned other = 0; other < warpSize; ++other)
      all[other] = std::max(all[other], order.known[lane * warpSize + other]);
  });
  forLanes(lanes, [&](unsigned lane) { all[lane] = order.time; });
  forLanes(lanes, [&](unsigned lane) {
    std::copy(all.begin(), all.end(), order.known.begin() + lane * warpSize);
  });
  advance(order, line);
}

uint8_t Races::flagsOf(const Instruction &inst) {
  uint8_t flags = 0;
  if (inst.order != Order::Weak)
    flags |= IsStrong | (inst.scope == Scope::Cta ? 0 : GpuScope);
  if (inst.isNoncoherent)
    flags |= IsConstant;
  return flags;
}

uint32_t Races::event(const WarpOrder &order, const Instruction &inst, uint8_t flags) {
  // Of reads one event for a whole epoch, so that sets stay few.
  uint32_t line = flags & IsWrite ? inst.line : 0;
  auto [place, isNew] =
      eventIds.try_emplace({uint64_t(order.warp) << 32 | order.time, uint64_t(line) << 8 | flags},
                           static_cast<uint32_t>(events.size()));
  if (isNew)
    events.push_back({order.warp, order.time, line, order.line, order.block, flags});
  return place->second;
}

uint32_t Races::setOf(uint32_t rest, uint32_t event) {
  auto [place, isNew] = setIds.try_emplace({rest, event}, static_cast<uint32_t>(sets.size()));
  if (isNew)
    sets.push_back({rest, event});
  return place->second;
}

bool Races::areMorallyStrong(const Event &a, const Event &b) const {
  if (!(a.flags & b.flags & IsStrong))
    return false;
  return a.block == b.block || (a.flags & b.flags & GpuScope);
}

bool Races::isBefore(const Event &earlier, const WarpOrder &order) const {
  if (earlier.flags & (IsAsync | IsConstant))
    return false;
  return timeOf(order.clock, earlier.warp) >= earlier.time;
}

Races::Step Races::step(const WarpOrder &order, uint32_t set, uint32_t event) {
  std::pair key(set, event);
  bool isWrite = events[event].flags & IsWrite;
  if (lastKey[isWrite] == key)
    return lastStep[isWrite];
  auto found = steps.find(key);
  if (found == steps.end()) {
    Step result = {0, 0, 0};
    SmallVector<uint32_t, 16> kept;
    bool hasTwoBlocks = false;
    for (uint32_t at = set; at; at = sets[at].rest) {
      const Event &earlier = events[sets[at].event], &now = events[event];
      bool isOrdered = isBefore(earlier, order);
      // What constant loads read must not be written in the whole launch.
      bool isConstant = now.flags & IsConstant && earlier.flags & IsWrite;
      if (isConstant || (!isOrdered && !areMorallyStrong(earlier, now)))
        if (!result.conflict)
          result.conflict = sets[at].event;
      if (!isOrdered) {
        kept.push_back(sets[at].event);
        hasTwoBlocks |= earlier.block != events[kept.front()].block;
      }
    }
    for (uint32_t id : reverse(kept))
      result.pruned = setOf(result.pruned, id);
    // Where blocks never meet, readers of two blocks stand for all.
    bool isCovered = !blocksMeet && hasTwoBlocks && !isWrite;
    bool isThere = is_contained(kept, event);
    result.added = isCovered || isThere ? result.pruned : setOf(result.pruned, event);
    found = steps.try_emplace(key, result).first;
  }
  lastKey[isWrite] = key;
  return lastStep[isWrite] = found->second;
}

/// Whether the last access of a set is one of the warp's own, by a lane that `lane` has not met
/// since.
bool Races::isUnordered(const WarpOrder &order, uint32_t set, uint8_t earlierLane,
                        uint8_t lane) const {
  const Event &top = events[sets[set].event];
  if (top.warp != order.warp || top.time < order.together || earlierLane == lane)
    return false;
  return order.known.empty() || earlierLane == severalLanes || lane == severalLanes ||
         order.known[lane * warpSize + earlierLane] < top.time;
}

void Races::found(const WarpOrder &order, const Instruction &inst, const Access &access,
                  bool isWrite, uint32_t other, bool isOwnWarp) {
  const Event &earlier = events[other];
  std::string text =
      (isWrite ? "a write of " : "a read of ") + access.region->place(access.offset) + " by ";
  if (access.lane != severalLanes)
    text += "lane " + std::to_string(access.lane) + " of ";
  text += "warp " + std::to_string(order.warp) + " of the grid and an earlier ";
  text += earlier.flags & IsWrite ? "write" : "read";
  if (earlier.flags & IsAsync)
    text += " by a copy that was not waited for";
  else if (earlier.flags & IsConstant)
    text += " as constant memory (.nc)";
  text += isOwnWarp ? " of another lane of the warp"
                    : " of warp " + std::to_string(earlier.warp) + " of the grid";
  if (earlier.line)
    text += ", line " + std::to_string(earlier.line);
  else if (earlier.epochLine)
    text += ", since its sync in line " + std::to_string(earlier.epochLine);
  report(inst, text);
}

void Races::read(WarpOrder &order, const Instruction &inst, const Access &access) {
  uint32_t id;
  uint8_t flags = flagsOf(inst);
  if (flags)
    id = event(order, inst, flags);
  else
    id = order.weakRead ? order.weakRead : order.weakRead = event(order, inst, 0);
  access.region->shadow.forCells(access.offset, access.bytes, [&](Cell &cell) {
    if (cell.writes) {
      uint32_t top = sets[cell.writes].event;
      if (isUnordered(order, cell.writes, cell.writeLane, access.lane) &&
          !(events[top].flags & IsAsync) && !areMorallyStrong(events[top], events[id]))
        found(order, inst, access, false, top, /*isOwnWarp=*/true);
      if (uint32_t conflict = step(order, cell.writes, id).conflict)
        found(order, inst, access, false, conflict, /*isOwnWarp=*/false);
    }
    if (cell.reads && sets[cell.reads].event == id) {
      if (cell.readLane != access.lane)
        cell.readLane = severalLanes;
      return;
    }
    bool isShared = cell.reads && isUnordered(order, cell.reads, cell.readLane, access.lane);
    cell.reads = step(order, cell.reads, id).added;
    cell.readLane = isShared ? severalLanes : access.lane;
  });
}

void Races::writeEvent(WarpOrder &order, const Instruction &inst, const Access &access, uint32_t id,
                       bool changes) {
  bool isStrong = events[id].flags & IsStrong;
  access.region->shadow.forCells(access.offset, access.bytes, [&](Cell &cell) {
    uint8_t lane = access.lane;
    if (cell.writes) {
      uint32_t top = sets[cell.writes].event;
      if (isUnordered(order, cell.writes, cell.writeLane, lane) && !(events[top].flags & IsAsync)) {
        if (changes && !areMorallyStrong(events[top], events[id]))
          found(order, inst, access, true, top, /*isOwnWarp=*/true);
        lane = severalLanes;
      }
      if (uint32_t conflict = step(order, cell.writes, id).conflict)
        found(order, inst, access, true, conflict, /*isOwnWarp=*/false);
    }
    if (cell.reads) {
      uint32_t top = sets[cell.reads].event;
      if (isUnordered(order, cell.reads, cell.readLane, access.lane) &&
          !areMorallyStrong(events[top], events[id]))
        found(order, inst, access, true, top, /*isOwnWarp=*/true);
      if (uint32_t conflict = step(order, cell.reads, id).conflict)
        found(order, inst, access, true, conflict, /*isOwnWarp=*/false);
    }
    cell.reads = isStrong && cell.reads ? step(order, cell.reads, id).pruned : 0;
    cell.writes = isStrong && cell.writes ? step(order, cell.writes, id).added : setOf(0, id);
    cell.writeLane = lane;
  });
}

void Races::write(WarpOrder &order, const Instruction &inst, const Access &access, bool changes) {
  writeEvent(order, inst, access, event(order, inst, flagsOf(inst) | IsWrite), changes);
}

void Races::beginCopy(WarpOrder &order, const Instruction &inst, const Access &access) {
  writeEvent(order, inst, access, event(order, inst, IsWrite | IsAsync), true);
}

void Races::endCopy(WarpOrder &order, const Instruction &inst, const Access &access) {
  uint32_t id = event(order, inst, IsWrite);
  access.region->shadow.forCells(access.offset, access.bytes, [&](Cell &cell) {
    // Whoever came in between was told.
    cell.writes = setOf(0, id);
    cell.reads = 0;
    cell.writeLane = access.lane;
  });
}

/// Whether two threads of these blocks are within a scope.
static bool covers(Scope scope, uint32_t a, uint32_t b) { return scope != Scope::Cta || a == b; }

static void receive(WarpOrder &order, const Message &message, Scope scope) {
  if (message.clock && covers(scope, message.block, order.block) &&
      covers(message.scope, message.block, order.block))
    join(order.clock, *message.clock);
}

void Races::observe(WarpOrder &order, const Instruction &inst, const Access &access) {
  auto found = messages.find({access.region, access.offset});
  if (found == messages.end() || !found->second.clock)
    return;
  const Message &message = found->second;
  // Nothing new: the epoch goes on.
  bool isKnown = llvm::all_of(*message.clock, [&](std::pair<uint32_t, uint32_t> entry) {
    return timeOf(order.clock, entry.first) >= entry.second;
  });
  if (isKnown)
    return;
  if (inst.order == Order::Acquire || inst.order == Order::AcqRel) {
    receive(order, message, inst.scope);
    advance(order, inst.line);
  } else if (llvm::none_of(order.pending,
                           [&](const Message &it) { return it.clock == message.clock; })) {
    order.pending.push_back(message);
  }
}

void Races::publish(WarpOrder &order, const Instruction &inst, const Access &access,
                    bool isAtomic) {
  Message message = order.fence;
  bool isRelease = inst.order == Order::Release || inst.order == Order::AcqRel;
  if (isRelease)
    message = {std::make_shared<const Clock>(order.clock), inst.scope, order.block};
  auto key = std::pair<const Region *, uint64_t>(access.region, access.offset);
  auto found = messages.find(key);
  if (found == messages.end()) {
    if (message.clock)
      messages[key] = message;
  } else if (isAtomic && found->second.clock && message.clock) {
    // A read-modify-write goes on with what was released before it.
    Clock both = *found->second.clock;
    join(both, *message.clock);
    found->second.clock = std::make_shared<const Clock>(std::move(both));
    found->second.scope = std::min(found->second.scope, message.scope);
  } else if (!isAtomic || message.clock) {
    found->second = message;
  }
  if (isRelease)
    advance(order, inst.line);
}

void Races::fence(WarpOrder &order, const Instruction &inst) {
  for (const Message &message : order.pending)
    receive(order, message, inst.scope);
  order.pending.clear();
  order.fence = {std::make_shared<const Clock>(order.clock), inst.scope, order.block};
  advance(order, inst.line);
}

} // namespace grucc::ptxrun
