//===- Exchange.cpp - shfl, vote, redux, activemask: between the lanes of a warp ===//
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
namespace {

/// Lanes that execute a .sync instruction without being in its mask.
bool isMember(Warp &warp, const Instruction &inst, uint32_t mask) {
  Slot slot = warp.slots(inst)[inst.dests + inst.sources - 1];
  uint32_t member = warp.lanes<uint32_t>(slot)[llvm::countr_zero(mask)];
  if (!(mask & ~member))
    return true;
  warp.grid->report(Diagnostic::Divergence, inst.line,
                    warp.grid->thread(warp, llvm::countr_zero(mask & ~member)) +
                        " outside of the mask of lanes",
                    "it in the mask");
  return false;
}

enum Mode : uint8_t { Up, Down, Butterfly, Index };

void runShuffle(Warp &warp, const Instruction &inst, uint32_t mask) {
  if (!isMember(warp, inst, mask))
    return;
  const Slot *slots = warp.slots(inst), *sources = slots + inst.dests;
  std::array<uint32_t, warpSize> values;
  std::copy_n(warp.lanes<uint32_t>(sources[0]), warpSize, values.begin());
  uint32_t inRange = 0;
  forLanes(mask, [&](unsigned lane) {
    uint32_t b = warp.lanes<uint32_t>(sources[1])[lane] & 31;
    uint32_t c = warp.lanes<uint32_t>(sources[2])[lane];
    uint32_t segment = c >> 8 & 31, clamp = c & 31;
    uint32_t most = (lane & segment) | (clamp & ~segment), least = lane & segment;
    int64_t from = lane;
    bool isIn = false;
    switch (inst.selector) {
    case Up:
      from = int64_t(lane) - b;
      isIn = from >= int64_t(most);
      break;
    case Down:
      from = lane + b;
      isIn = from <= int64_t(most);
      break;
    case Butterfly:
      from = lane ^ b;
      isIn = from <= int64_t(most);
      break;
    default:
      from = least | (b & ~segment);
      isIn = from <= int64_t(most);
    }
    if (!isIn)
      from = lane;
    inRange |= uint32_t(isIn) << lane;
    if (!(mask >> from & 1))
      return warp.grid->report(Diagnostic::Divergence, inst.line,
                               warp.grid->thread(warp, lane) + " reading from lane " + Twine(from) +
                                   ", which is not there",
                               "a lane that takes part");
    warp.lanes<uint32_t>(slots[0])[lane] = values[from];
  });
  if (inst.dests > 1) {
    uint32_t &dest = *warp.lanes<uint32_t>(slots[1]);
    dest = (dest & ~mask) | (inRange & mask);
  }
}

void decodeShuffle(Decoder &decoder) {
  bool isSync = decoder.take("sync");
  std::optional<unsigned> mode = decoder.takeOneOf({"up", "down", "bfly", "idx"});
  if (!isSync || !mode || decoder.takeType() != Type::B32)
    return decoder.refuse();
  decoder.inst.selector = static_cast<uint8_t>(*mode);
  decoder.inst.flow = Flow::WarpSync;
  decoder.inst.hasMemberMask = true;
  decoder.perform(runShuffle, Work::Exchange);
  if (!decoder.expectOperands(5))
    return;
  if (decoder.operand(0).kind == SyntaxOperand::Pair) {
    decoder.dest(decoder.operand(0).parts[0], Type::B32);
    decoder.dest(decoder.operand(0).parts[1], Type::Pred);
  } else {
    decoder.dest(0, Type::B32);
  }
  for (size_t i : {1, 2, 3, 4})
    decoder.source(i, Type::B32);
}

enum Vote : uint8_t { All, Any, Uniform, Ballot };

void runVote(Warp &warp, const Instruction &inst, uint32_t mask) {
  if (!isMember(warp, inst, mask))
    return;
  const Slot *slots = warp.slots(inst);
  uint32_t votes = *warp.lanes<uint32_t>(slots[1]);
  votes = (inst.isSourceNegated ? ~votes : votes) & mask;
  if (inst.selector == Ballot) {
    forLanes(mask, [&](unsigned lane) { warp.lanes<uint32_t>(slots[0])[lane] = votes; });
    return;
  }
  bool result = inst.selector == All   ? votes == mask
                : inst.selector == Any ? votes != 0
                                       : votes == mask || votes == 0;
  uint32_t &dest = *warp.lanes<uint32_t>(slots[0]);
  dest = result ? dest | mask : dest & ~mask;
}

void decodeVote(Decoder &decoder) {
  bool isSync = decoder.take("sync");
  std::optional<unsigned> vote = decoder.takeOneOf({"all", "any", "uni", "ballot"});
  Type type = decoder.takeType();
  if (!isSync || !vote || type != (*vote == Ballot ? Type::B32 : Type::Pred))
    return decoder.refuse();
  decoder.inst.selector = static_cast<uint8_t>(*vote);
  decoder.inst.flow = Flow::WarpSync;
  decoder.inst.hasMemberMask = true;
  decoder.perform(runVote, Work::Exchange);
  if (!decoder.expectOperands(3))
    return;
  decoder.dest(0, type);
  decoder.source(1, Type::Pred);
  decoder.source(2, Type::B32);
}

enum Reduction : uint8_t { Add, Min, Max, And, Or, Xor };

void runReduction(Warp &warp, const Instruction &inst, uint32_t mask) {
  if (!isMember(warp, inst, mask))
    return;
  const Slot *slots = warp.slots(inst);
  const auto *source = warp.lanes<uint32_t>(slots[1]);
  uint32_t result = source[llvm::countr_zero(mask)];
  bool isSignedType = inst.type == Type::S32;
  forLanes(mask & (mask - 1), [&](unsigned lane) {
    uint32_t value = source[lane];
    bool isLess = isSignedType ? int32_t(value) < int32_t(result) : value < result;
    switch (inst.selector) {
    case Add:
      result += value;
      break;
    case Min:
      result = isLess ? value : result;
      break;
    case Max:
      result = isLess ? result : value;
      break;
    case And:
      result &= value;
      break;
    case Or:
      result |= value;
      break;
    default:
      result ^= value;
    }
  });
  forLanes(mask, [&](unsigned lane) { warp.lanes<uint32_t>(slots[0])[lane] = result; });
}

void decodeReduction(Decoder &decoder) {
  bool isSync = decoder.take("sync");
  std::optional<unsigned> kind = decoder.takeOneOf({"add", "min", "max", "and", "or", "xor"});
  Type type = decoder.takeType();
  bool isBits = kind && *kind >= And;
  if (!isSync || !kind || (isBits ? type != Type::B32 : type != Type::U32 && type != Type::S32))
    return decoder.refuse();
  decoder.inst.selector = static_cast<uint8_t>(*kind);
  decoder.inst.type = type;
  decoder.inst.flow = Flow::WarpSync;
  decoder.inst.hasMemberMask = true;
  decoder.perform(runReduction, Work::Exchange);
  if (!decoder.expectOperands(3))
    return;
  decoder.dest(0, type);
  decoder.source(1, type);
  decoder.source(2, Type::B32);
}

void runActive(Warp &warp, const Instruction &inst, uint32_t mask) {
  Slot dest = warp.slots(inst)[0];
  forLanes(mask, [&](unsigned lane) { warp.lanes<uint32_t>(dest)[lane] = mask; });
}

void decodeActive(Decoder &decoder) {
  decoder.perform(decoder.takeType() == Type::B32 ? runActive : nullptr, Work::Exchange);
  if (decoder.expectOperands(1))
    decoder.dest(0, Type::B32);
}

} // namespace

Decode findExchange(StringRef name) {
  return StringSwitch<Decode>(name)
      .Case("shfl", decodeShuffle)
      .Case("vote", decodeVote)
      .Case("redux", decodeReduction)
      .Case("activemask", decodeActive)
      .Default(nullptr);
}

} // namespace grucc::ptxrun
