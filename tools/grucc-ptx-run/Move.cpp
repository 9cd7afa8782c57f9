//===- Move.cpp - mov and cvta -------------------------------------------===//
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

template <class S> void runMove(Warp &warp, const Instruction &inst, uint32_t mask) {
  const Slot *slots = warp.slots(inst);
  S *dest = warp.lanes<S>(slots[0]);
  const S *source = warp.lanes<S>(slots[1]);
  forLanes(mask, [&](unsigned lane) { dest[lane] = source[lane]; });
}

void movePredicate(Warp &warp, const Instruction &inst, uint32_t mask) {
  const Slot *slots = warp.slots(inst);
  uint32_t &dest = *warp.lanes<uint32_t>(slots[0]);
  uint32_t source = *warp.lanes<uint32_t>(slots[1]);
  source = inst.isSourceNegated ? ~source : source;
  dest = (dest & ~mask) | (source & mask);
}

/// d = {a, b, ...}, the first one lowest. Each of inst.bytes bytes.
template <class S> void runPack(Warp &warp, const Instruction &inst, uint32_t mask) {
  const Slot *slots = warp.slots(inst);
  S *dest = warp.lanes<S>(slots[0]);
  unsigned bits = inst.bytes * 8u;
  forLanes(mask, [&](unsigned lane) {
    S packed = 0;
    for (unsigned i = 0; i < inst.sources; ++i) {
      uint32_t part = warp.lanes<uint32_t>(slots[1 + i])[lane];
      packed |= S(bits == 16 ? part & 0xffff : part) << (bits * i);
    }
    dest[lane] = packed;
  });
}

template <class S> void runUnpack(Warp &warp, const Instruction &inst, uint32_t mask) {
  const Slot *slots = warp.slots(inst);
  const S *source = warp.lanes<S>(slots[inst.dests]);
  unsigned bits = inst.bytes * 8u;
  forLanes(mask, [&](unsigned lane) {
    S packed = source[lane]; // one of the parts may be the same register
    for (unsigned i = 0; i < inst.dests; ++i) {
      auto part = static_cast<uint32_t>(packed >> (bits * i));
      warp.lanes<uint32_t>(slots[i])[lane] = bits == 16 ? part & 0xffff : part;
    }
  });
}

void decodeMove(Decoder &decoder) {
  Type type = decoder.takeType();
  if (!decoder.expectOperands(2))
    return;
  unsigned bits = bitsOf(type);
  const SyntaxOperand &to = decoder.operand(0), &from = decoder.operand(1);
  bool isUnpack = to.kind == SyntaxOperand::Vector, isPack = from.kind == SyntaxOperand::Vector;
  if (isPack || isUnpack) {
    size_t count = (isPack ? from : to).parts.size();
    size_t part = count ? bits / count : 0;
    if ((isPack && isUnpack) || (part != 16 && part != 32) || count < 2)
      return decoder.refuse();
    Type partType = part == 16 ? Type::B16 : Type::B32;
    decoder.inst.bytes = static_cast<uint8_t>(part / 8);
    Handler handler = isPack       ? bits == 64 ? runPack<uint64_t> : runPack<uint32_t>
                      : bits == 64 ? runUnpack<uint64_t>
                                   : runUnpack<uint32_t>;
    decoder.perform(handler, Work::Move);
    decoder.dests(0, isUnpack ? partType : type, isUnpack ? count : 1);
    return decoder.sources(1, isPack ? partType : type, isPack ? count : 1);
  }
  decoder.perform(type == Type::Pred         ? movePredicate
                  : bits == 64               ? runMove<uint64_t>
                  : bits == 32 || bits == 16 ? runMove<uint32_t>
                                             : nullptr,
                  Work::Move);
  decoder.dest(0, type);
  decoder.source(1, type);
}

/// Between addresses of a space and generic ones; only shared memory's differ.
void runShift(Warp &warp, const Instruction &inst, uint32_t mask) {
  const Slot *slots = warp.slots(inst);
  auto *dest = warp.lanes<uint64_t>(slots[0]);
  const auto *source = warp.lanes<uint64_t>(slots[1]);
  forLanes(mask, [&](unsigned lane) { dest[lane] = source[lane] + inst.immediate; });
}

void decodeCvta(Decoder &decoder) {
  bool isTo = decoder.take("to");
  Space space = decoder.takeSpace();
  if (decoder.takeType() != Type::U64 || space == Space::Generic || space == Space::Param)
    return decoder.refuse();
  if (space == Space::Shared)
    decoder.inst.immediate = isTo ? 0 - sharedWindow : sharedWindow;
  decoder.perform(runShift, Work::Move);
  if (!decoder.expectOperands(2))
    return;
  decoder.dest(0, Type::U64);
  decoder.source(1, Type::U64);
}

} // namespace

Decode findMove(StringRef name) {
  return StringSwitch<Decode>(name)
      .Case("mov", decodeMove)
      .Case("cvta", decodeCvta)
      .Default(nullptr);
}

} // namespace grucc::ptxrun
