//===- Control.cpp - Jumps, barriers and fences --------------------------===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Decoder.h"
#include "Values.h"
#include "llvm/ADT/StringSwitch.h"

using namespace llvm;

namespace grucc::ptxrun {

void runNothing(Warp &, const Instruction &, uint32_t) {}

namespace {

void runTrap(Warp &warp, const Instruction &inst, uint32_t mask) {
  warp.grid->report(Diagnostic::Trap, inst.line,
                    "trap by " + warp.grid->thread(warp, llvm::countr_zero(mask)),
                    "it never to be executed");
}

void runFence(Warp &warp, const Instruction &inst, uint32_t) {
  ++warp.grid->counters.fences;
  if (warp.grid->races)
    warp.grid->races->fence(warp.order, inst);
}

/// Lanes of several masks may be here at once: each meets those of its own.
void runWarpBarrier(Warp &warp, const Instruction &inst, uint32_t mask) {
  Grid &grid = *warp.grid;
  const uint32_t *masks = warp.lanes<uint32_t>(*warp.slots(inst));
  for (uint32_t rest = mask; rest;) {
    unsigned first = llvm::countr_zero(rest);
    uint32_t members = masks[first] & warp.live;
    uint32_t strangers = (~members & 1u << first) | (members & ~mask);
    forLanes(members & mask, [&](unsigned lane) {
      if (masks[lane] != masks[first])
        strangers |= 1u << lane;
    });
    if (strangers)
      return grid.report(Diagnostic::Divergence, inst.line,
                         grid.thread(warp, llvm::countr_zero(strangers)) +
                             " elsewhere, outside of the mask of " + grid.thread(warp, first) +
                             " or with another one",
                         "the lanes of the mask, each with this mask");
    if (grid.races)
      members == warp.live ? grid.races->meet(warp.order, inst.line)
                           : grid.races->meet(warp.order, inst.line, members);
    rest &= ~members;
  }
}

void decodeBranch(Decoder &decoder) {
  decoder.take("uni");
  decoder.inst.flow = Flow::Branch;
  decoder.perform(runNothing, Work::Branch);
  if (decoder.expectOperands(1))
    decoder.branch(0);
}

void decodeExit(Decoder &decoder) {
  decoder.take("uni");
  decoder.inst.flow = Flow::Exit;
  decoder.perform(runNothing, Work::Branch);
  decoder.expectOperands(0);
}

void decodeBarrier(Decoder &decoder) {
  bool isWarp = decoder.take("warp");
  decoder.take("cta");
  decoder.take("aligned");
  std::optional<unsigned> kind = decoder.takeOneOf({"sync", "arrive"});
  if (!kind || (isWarp && *kind))
    return decoder.refuse();
  if (isWarp) {
    decoder.inst.flow = Flow::WarpSync;
    decoder.inst.hasMemberMask = true;
    decoder.perform(runWarpBarrier, Work::Sync);
    if (decoder.expectOperands(1))
      decoder.source(0, Type::B32);
    return;
  }
  decoder.inst.flow = *kind ? Flow::BlockArrive : Flow::BlockBarrier;
  decoder.perform(runNothing, Work::Sync);
  if (!decoder.expectOperands(*kind ? 2 : 1, 2))
    return;
  for (size_t i = 0; i < decoder.numOperands(); ++i)
    decoder.source(i, Type::U32);
}

void decodeFence(Decoder &decoder) {
  decoder.perform(runFence, Work::Sync);
  decoder.expectOperands(0);
  if (decoder.name() == "membar") {
    std::optional<unsigned> level = decoder.takeOneOf({"cta", "gl", "sys"});
    if (!level)
      return decoder.refuse();
    decoder.inst.scope = static_cast<Scope>(*level);
  } else {
    decoder.takeOneOf({"sc", "acq_rel"});
    std::optional<unsigned> scope = decoder.takeOneOf({"cta", "gpu", "sys"});
    if (!scope)
      return decoder.refuse();
    decoder.inst.scope = static_cast<Scope>(*scope);
  }
}

void decodeTrap(Decoder &decoder) {
  decoder.perform(runTrap, Work::Branch);
  decoder.expectOperands(0);
}

void decodeSleep(Decoder &decoder) {
  decoder.perform(decoder.takeType() == Type::U32 ? runNothing : nullptr, Work::Sync);
  if (decoder.expectOperands(1))
    decoder.source(0, Type::U32);
}

} // namespace

Decode findControl(StringRef name) {
  return StringSwitch<Decode>(name)
      .Case("bra", decodeBranch)
      .Cases({"ret", "exit"}, decodeExit)
      .Cases({"bar", "barrier"}, decodeBarrier)
      .Cases({"membar", "fence"}, decodeFence)
      .Case("trap", decodeTrap)
      .Case("nanosleep", decodeSleep)
      .Default(nullptr);
}

} // namespace grucc::ptxrun
