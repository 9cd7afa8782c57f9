//===- Schedule.cpp - Which warp and which of its lanes go on ------------===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Warp.h"

using namespace llvm;

namespace grucc::ptxrun {

/// Diverged lanes that run so long without meeting the others make way for them.
static constexpr uint64_t longestDivergence = 10'000;

/// The lanes that must be at a warp's instruction together.
static uint32_t memberMask(Warp &warp, const Instruction &inst, uint32_t active) {
  if (!inst.hasMemberMask)
    return ~0u;
  const uint32_t *masks = warp.lanes<uint32_t>(warp.slots(inst)[inst.dests + inst.sources - 1]);
  uint32_t members = 0;
  forLanes(active, [&](unsigned lane) { members |= masks[lane]; });
  return members;
}

static uint32_t guarded(Warp &warp, const Instruction &inst, uint32_t mask) {
  if (inst.guard == noSlot)
    return mask;
  uint32_t guard = *warp.lanes<uint32_t>(inst.guard);
  return mask & (inst.isGuardNegated ? ~guard : guard);
}

bool Grid::canGoOn(Warp &warp, const Group &group) const {
  const Instruction &inst = function.code[group.pc];
  if (inst.flow == Flow::Next || inst.flow == Flow::Branch || inst.flow == Flow::Exit)
    return true;
  uint32_t active = guarded(warp, inst, group.mask);
  if (!active)
    return true;
  if (inst.flow == Flow::WarpSync)
    return !(memberMask(warp, inst, active) & warp.live & ~group.mask);
  return group.mask == warp.live;
}

bool Grid::chooseGroup(Warp &warp, size_t &chosen) {
  size_t count = warp.groups.size();
  size_t first = 0;
  if (count == 1)
    warp.diverged = 0;
  else if (launch.scheduler == Scheduler::Random && random() % 4 == 0)
    first = random() % count;
  else
    first = warp.diverged / longestDivergence % count;
  for (size_t i = 0; i < count; ++i) {
    chosen = (first + i) % count;
    if (canGoOn(warp, warp.groups[chosen]))
      return true;
  }
  return false;
}

void Grid::reportStuck(Warp &warp) {
  const Group &first = warp.groups.front(), &second = warp.groups[warp.groups.size() > 1];
  const Instruction &inst = function.code[first.pc];
  report(Diagnostic::Divergence, inst.line,
         thread(warp, countr_zero(first.mask)) + " here and " +
             thread(warp, countr_zero(second.mask)) + " at line " +
             Twine(function.code[second.pc].line),
         "the lanes of the warp to come together");
}

void Grid::reportDeadlock() {
  for (auto &block : blocks)
    for (uint32_t number = 0; number < block->barriers.size(); ++number) {
      const Barrier &barrier = block->barriers[number];
      if (barrier.waiting.empty())
        continue;
      return report(Diagnostic::Deadlock, barrier.line,
                    thread(*barrier.waiting.front(), 0) + " and " +
                        Twine(barrier.waiting.size() + barrier.others.size() - 1) +
                        " other warps at barrier " + Twine(number) + " for ever",
                    barrier.expected ? Twine(barrier.expected) + " threads to arrive"
                                     : Twine("all warps of the block to arrive"));
    }
}

void Grid::endLanes(Warp &warp, Group &group, uint32_t mask) {
  warp.live &= ~mask;
  group.mask &= ~mask;
  progress();
  if (warp.live)
    return;
  Block &block = *warp.block;
  --block.running;
  for (uint32_t number = 0; number < block.barriers.size(); ++number)
    tryRelease(block, number);
}

void Grid::arrive(Warp &warp, uint32_t mask, const Instruction &inst) {
  const Slot *sources = warp.slots(inst) + inst.dests;
  unsigned lane = countr_zero(mask);
  uint32_t number = warp.lanes<uint32_t>(sources[0])[lane];
  uint32_t threads = inst.sources > 1 ? warp.lanes<uint32_t>(sources[1])[lane] : 0;
  if (number >= 16)
    return report(Diagnostic::Trap, inst.line, "barrier " + Twine(number), "0 to 15");
  if (inst.sources > 1 && (threads == 0 || threads % warpSize || threads > 1024))
    return report(Diagnostic::Trap, inst.line, "a barrier of " + Twine(threads) + " threads",
                  "a multiple of 32, at most 1024");
  Barrier &barrier = warp.block->barriers[number];
  if (barrier.arrived && barrier.expected != threads)
    return report(Diagnostic::Divergence, inst.line, "a barrier of " + Twine(threads) + " threads",
                  Twine(barrier.expected) + ", as line " + Twine(barrier.line) + " says");
  barrier.line = inst.line;
  barrier.expected = threads;
  barrier.arrived += warpSize;
  if (inst.flow == Flow::BlockArrive) {
    barrier.others.push_back(&warp);
  } else {
    barrier.waiting.push_back(&warp);
    warp.barrier = number;
  }
  if (races) {
    join(barrier.clock, warp.order.clock);
    if (inst.flow == Flow::BlockArrive)
      races->advance(warp.order, inst.line);
  }
  tryRelease(*warp.block, number);
}

void Grid::tryRelease(Block &block, uint32_t number) {
  Barrier &barrier = block.barriers[number];
  if (!barrier.arrived)
    return;
  size_t warps = barrier.waiting.size() + barrier.others.size();
  if (barrier.expected ? barrier.arrived < barrier.expected : warps < block.running)
    return;
  for (Warp *warp : barrier.waiting) {
    warp->barrier.reset();
    if (races) {
      join(warp->order.clock, barrier.clock);
      races->meet(warp->order, barrier.line);
    }
  }
  barrier = Barrier();
  ++counters.barriers;
  progress();
}

void Grid::runControl(Warp &warp, Group &group, const Instruction &inst, uint32_t mask) {
  switch (inst.flow) {
  case Flow::Branch:
    if (mask == group.mask) {
      group.pc = inst.target;
    } else {
      ++group.pc;
      if (mask) {
        group.mask &= ~mask;
        warp.groups.push_back({inst.target, mask});
      }
    }
    return;
  case Flow::Exit:
    ++group.pc;
    return endLanes(warp, group, mask);
  case Flow::BlockBarrier:
  case Flow::BlockArrive:
    ++group.pc;
    if (!mask)
      return;
    if (mask != warp.live)
      return report(Diagnostic::Divergence, inst.line,
                    thread(warp, countr_zero(warp.live & ~mask)) + " not at the barrier of " +
                        thread(warp, countr_zero(mask)),
                    "all lanes of the warp");
    return arrive(warp, mask, inst);
  default:
    if (mask)
      inst.run(warp, inst, mask);
    ++group.pc;
  }
}

/// Sorted by pc; those at one pc become one.
static void mergeGroups(std::vector<Group> &groups) {
  llvm::erase_if(groups, [](const Group &group) { return !group.mask; });
  llvm::sort(groups, [](const Group &a, const Group &b) { return a.pc < b.pc; });
  for (size_t i = 1; i < groups.size();)
    if (groups[i].pc == groups[i - 1].pc) {
      groups[i - 1].mask |= groups[i].mask;
      groups.erase(groups.begin() + i);
    } else {
      ++i;
    }
}

void Grid::runWarp(Warp &warp, unsigned instructions) {
  const Instruction *code = function.code.data();
  while (instructions && !isStopped && warp.live && !warp.barrier) {
    size_t chosen = 0;
    if (!chooseGroup(warp, chosen))
      return reportStuck(warp);
    bool isAlone = warp.groups.size() == 1;
    for (bool isPlain = true; isPlain && instructions && !isStopped; --instructions) {
      Group &group = warp.groups[chosen];
      const Instruction &inst = code[group.pc];
      // A group on its own may come to a barrier; others first choose again.
      if (inst.flow != Flow::Next && inst.flow != Flow::Branch && !canGoOn(warp, group))
        break;
      uint32_t mask = guarded(warp, inst, group.mask);
      ++counters.instructions;
      ++counters.byWork[unsigned(inst.work)];
      counters.flops += uint64_t(inst.flops) * popcount(mask);
      ++idle;
      isPlain = inst.flow == Flow::Next && isAlone;
      if (inst.flow == Flow::Next) {
        if (mask)
          inst.run(warp, inst, mask);
        ++group.pc;
      } else {
        runControl(warp, group, inst, mask);
      }
    }
    warp.diverged += !isAlone;
    if (!isAlone || warp.groups.size() > 1 || !warp.groups.front().mask)
      mergeGroups(warp.groups);
  }
}

} // namespace grucc::ptxrun
