//===- LiveRegisters.cpp - How many registers a kernel needs, estimated --===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Program.h"
#include "llvm/ADT/BitVector.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/Sequence.h"

using namespace llvm;

namespace grucc::ptxrun {
namespace {

/// Where estimates would take too long: nothing is estimated.
constexpr uint64_t mostWork = uint64_t(1) << 32;

/// Loads that order something are always of all their bytes.
bool isVectorLoad(const Instruction &inst) {
  return inst.elements > 1 && inst.dests == inst.elements && inst.order == Order::Weak &&
         (inst.work == Work::Global || inst.work == Work::Shared);
}

class Liveness {
public:
  explicit Liveness(const Function &function) : function(function) {
    findBlocks();
    solve();
  }
  uint32_t most() const;
  /// Calls f(index in the code, what is live behind it).
  void forLoads(function_ref<void(uint32_t, const BitVector &)> f) const;
  static bool isTooLarge(const Function &function) {
    uint64_t jumps = llvm::count_if(
        function.code, [](const Instruction &inst) { return inst.flow == Flow::Branch; });
    return (2 * jumps + 1) * function.slots.size() > mostWork;
  }

private:
  struct Stretch {
    uint32_t first, last; ///< [first, last)
    SmallVector<uint32_t, 2> next;
    BitVector liveIn;
  };

  void findBlocks();
  void solve();
  ArrayRef<Slot> slots(const Instruction &inst, bool isDest) const {
    return ArrayRef(function.operands)
        .slice(inst.operands + (isDest ? 0 : inst.dests), isDest ? inst.dests : inst.sources);
  }
  bool isRegister(Slot slot) const { return function.slots[slot].isRegister; }
  uint32_t weight(Slot slot) const {
    unsigned bits = function.slots[slot].bits;
    return bits == 64 ? 2 : bits == 1 ? 0 : 1;
  }
  BitVector liveOut(const Stretch &stretch) const {
    BitVector live(function.slots.size());
    for (uint32_t next : stretch.next)
      live |= stretches[next].liveIn;
    return live;
  }
  /// From behind an instruction to before it.
  template <class Change> void step(const Instruction &inst, Change change) const {
    // What a guard may leave alone is needed before.
    if (inst.guard == noSlot)
      for (Slot slot : slots(inst, /*isDest=*/true))
        if (isRegister(slot))
          change(slot, false);
    for (Slot slot : slots(inst, /*isDest=*/false))
      if (isRegister(slot))
        change(slot, true);
    if (inst.guard != noSlot && isRegister(inst.guard))
      change(inst.guard, true);
  }

  const Function &function;
  std::vector<Stretch> stretches;
};

void Liveness::findBlocks() {
  const std::vector<Instruction> &code = function.code;
  std::vector<bool> begins(code.size() + 1);
  begins[0] = true;
  for (auto [i, inst] : enumerate(code)) {
    if (inst.flow == Flow::Branch)
      begins[inst.target] = true;
    if (inst.flow == Flow::Branch || inst.flow == Flow::Exit)
      begins[i + 1] = true;
  }
  std::vector<uint32_t> stretchAt(code.size() + 1);
  for (uint32_t i = 0; i < code.size(); ++i) {
    if (begins[i])
      stretches.push_back({i, i, {}, BitVector(function.slots.size())});
    stretches.back().last = i + 1;
    stretchAt[i] = static_cast<uint32_t>(stretches.size() - 1);
  }
  for (Stretch &stretch : stretches) {
    const Instruction &last = code[stretch.last - 1];
    bool isJump = last.flow == Flow::Branch || last.flow == Flow::Exit;
    if (last.flow == Flow::Branch)
      stretch.next.push_back(stretchAt[last.target]);
    if ((!isJump || last.guard != noSlot) && stretch.last < code.size())
      stretch.next.push_back(stretchAt[stretch.last]);
  }
}

void Liveness::solve() {
  std::vector<SmallVector<uint32_t, 2>> before(stretches.size());
  for (auto [i, stretch] : enumerate(stretches))
    for (uint32_t next : stretch.next)
      before[next].push_back(static_cast<uint32_t>(i));
  // The last ones first; those before one that has changed once more.
  auto pending = to_vector(seq(static_cast<uint32_t>(stretches.size())));
  BitVector isPending(stretches.size(), true);
  while (!pending.empty()) {
    uint32_t index = pending.pop_back_val();
    isPending.reset(index);
    Stretch &stretch = stretches[index];
    BitVector live = liveOut(stretch);
    for (uint32_t i = stretch.last; i-- > stretch.first;)
      step(function.code[i], [&](Slot slot, bool isLive) { live[slot] = isLive; });
    if (live == stretch.liveIn)
      continue;
    stretch.liveIn = std::move(live);
    for (uint32_t other : before[index])
      if (!isPending[other]) {
        isPending.set(other);
        pending.push_back(other);
      }
  }
}

uint32_t Liveness::most() const {
  uint32_t most = 0;
  for (const Stretch &stretch : stretches) {
    BitVector live = liveOut(stretch);
    uint32_t count = 0;
    for (unsigned slot : live.set_bits())
      count += weight(slot);
    for (uint32_t i = stretch.last; i-- > stretch.first;) {
      const Instruction &inst = function.code[i];
      // A result needs a place even if no one reads it.
      uint32_t unread = 0;
      for (Slot slot : slots(inst, /*isDest=*/true))
        unread += isRegister(slot) && !live[slot] ? weight(slot) : 0;
      most = std::max(most, count + unread);
      step(inst, [&](Slot slot, bool isLive) {
        if (live[slot] != isLive)
          count += isLive ? weight(slot) : 0 - weight(slot);
        live[slot] = isLive;
      });
      most = std::max(most, count);
    }
  }
  return most;
}

void Liveness::forLoads(function_ref<void(uint32_t, const BitVector &)> f) const {
  for (const Stretch &stretch : stretches) {
    BitVector live = liveOut(stretch);
    for (uint32_t i = stretch.last; i-- > stretch.first;) {
      const Instruction &inst = function.code[i];
      if (isVectorLoad(inst))
        f(i, live);
      step(inst, [&](Slot slot, bool isLive) { live[slot] = isLive; });
    }
  }
}

} // namespace

std::optional<UndefinedRead> analyseRegisters(Function &function) {
  function.kernel.registers = 0;
  if (Liveness::isTooLarge(function))
    return std::nullopt;
  Liveness liveness(function);
  function.kernel.registers = liveness.most();
  std::optional<UndefinedRead> undefined;
  liveness.forLoads([&](uint32_t index, const BitVector &live) {
    Instruction &inst = function.code[index];
    uint32_t unread = 0;
    for (unsigned element = 0; element < inst.elements; ++element) {
      Slot slot = function.operands[inst.operands + element];
      bool isRead = function.slots[slot].isRegister && live[slot];
      if (isRead && !usedBytesOf(inst, element))
        undefined = {inst.line, element};
      if (!isRead)
        unread |= ((uint32_t(1) << inst.bytes) - 1) << element * inst.bytes;
    }
    // A load that no one reads at all stands for itself.
    uint32_t all = maskTrailingOnes<uint32_t>(unsigned(inst.bytes) * inst.elements);
    if (unread != all)
      inst.usedBytes &= ~unread;
  });
  return undefined;
}

} // namespace grucc::ptxrun
