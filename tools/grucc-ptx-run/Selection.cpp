//===- Selection.cpp - setp, selp and slct: comparison and choice --------===//
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

enum Comparison : uint8_t { Eq, Ne, Lt, Le, Gt, Ge, Equ, Neu, Ltu, Leu, Gtu, Geu, Num, Nan };
enum Combine : uint8_t { Alone, WithAnd, WithOr, WithXor };

template <class T> bool compare(uint8_t comparison, T a, T b) {
  bool isUnordered = a != a || b != b;
  switch (comparison) {
  case Eq:
    return a == b;
  case Ne: // for numbers; a NaN is not even unequal
    return !isUnordered && a != b;
  case Lt:
    return a < b;
  case Le:
    return a <= b;
  case Gt:
    return a > b;
  case Ge:
    return a >= b;
  case Num:
    return !isUnordered;
  case Nan:
    return isUnordered;
  case Neu:
    return isUnordered || a != b;
  default:
    return isUnordered || compare(static_cast<uint8_t>(comparison - Equ + Eq), a, b);
  }
}

uint32_t combined(const Instruction &inst, uint32_t result, uint32_t with) {
  switch (inst.combine) {
  case WithAnd:
    return result & with;
  case WithOr:
    return result | with;
  case WithXor:
    return result ^ with;
  default:
    return result;
  }
}

/// p|q = (a cmp b) with c; q is the same of !(a cmp b).
template <class Lane> void runSetp(Warp &warp, const Instruction &inst, uint32_t mask) {
  const Slot *slots = warp.slots(inst);
  const auto *a = warp.lanes<typename Lane::Slot>(slots[inst.dests]);
  const auto *b = warp.lanes<typename Lane::Slot>(slots[inst.dests + 1]);
  uint32_t result = 0, with = 0;
  forLanes(mask, [&](unsigned lane) {
    result |= uint32_t(compare(inst.selector, Lane::get(a[lane], inst), Lane::get(b[lane], inst)))
              << lane;
  });
  if (inst.combine != Alone) {
    with = *warp.lanes<uint32_t>(slots[inst.dests + 2]);
    with = inst.isSourceNegated ? ~with : with;
  }
  for (unsigned i = 0; i < inst.dests; ++i) {
    uint32_t &dest = *warp.lanes<uint32_t>(slots[i]);
    dest = (dest & ~mask) | (combined(inst, i ? ~result : result, with) & mask);
  }
}

void decodeSetp(Decoder &decoder) {
  Type type = decoder.takeType();
  std::optional<unsigned> comparison = decoder.takeOneOf(
      {"eq", "ne", "lt", "le", "gt", "ge", "equ", "neu", "ltu", "leu", "gtu", "geu", "num", "nan"});
  if (!comparison) { // of unsigned numbers
    comparison = decoder.takeOneOf({"lo", "ls", "hi", "hs"});
    if (!comparison)
      return decoder.refuse();
    *comparison += Lt;
  }
  std::optional<unsigned> combine = decoder.takeOneOf({"and", "or", "xor"});
  decoder.inst.selector = static_cast<uint8_t>(*comparison);
  decoder.inst.combine = combine ? static_cast<uint8_t>(*combine + 1) : Alone;
  decoder.inst.flushes = decoder.take("ftz");
  bool isWhole = !isFloat(type);
  if (isWhole && *comparison >= Equ)
    return decoder.refuse();
  Handler handler = nullptr;
  switch (type) {
  case Type::B16:
  case Type::U16:
    handler = runSetp<LaneU16>;
    break;
  case Type::S16:
    handler = runSetp<LaneS16>;
    break;
  case Type::B32:
  case Type::U32:
    handler = runSetp<LaneU32>;
    break;
  case Type::S32:
    handler = runSetp<LaneS32>;
    break;
  case Type::B64:
  case Type::U64:
    handler = runSetp<LaneU64>;
    break;
  case Type::S64:
    handler = runSetp<LaneS64>;
    break;
  case Type::F16:
    handler = runSetp<LaneF16>;
    break;
  case Type::BF16:
    handler = runSetp<LaneBF16>;
    break;
  case Type::F32:
    handler = runSetp<LaneF32>;
    break;
  case Type::F64:
    handler = runSetp<LaneF64>;
    break;
  default:
    break;
  }
  decoder.perform(handler, Work::Integer);
  if (!decoder.expectOperands(combine ? 4 : 3))
    return;
  if (decoder.operand(0).kind == SyntaxOperand::Pair)
    for (const SyntaxOperand &part : decoder.operand(0).parts)
      decoder.dest(part, Type::Pred);
  else
    decoder.dest(0, Type::Pred);
  decoder.source(1, type);
  decoder.source(2, type);
  if (combine)
    decoder.source(3, Type::Pred);
}

template <class S> void runSelp(Warp &warp, const Instruction &inst, uint32_t mask) {
  const Slot *slots = warp.slots(inst);
  S *dest = warp.lanes<S>(slots[0]);
  const S *a = warp.lanes<S>(slots[1]), *b = warp.lanes<S>(slots[2]);
  uint32_t chosen = *warp.lanes<uint32_t>(slots[3]);
  chosen = inst.isSourceNegated ? ~chosen : chosen;
  forLanes(mask, [&](unsigned lane) { dest[lane] = chosen >> lane & 1 ? a[lane] : b[lane]; });
}

void decodeSelp(Decoder &decoder) {
  Type type = decoder.takeType();
  unsigned bits = bitsOf(type);
  decoder.perform(bits == 64                 ? runSelp<uint64_t>
                  : bits == 32 || bits == 16 ? runSelp<uint32_t>
                                             : nullptr,
                  Work::Integer);
  if (!decoder.expectOperands(4))
    return;
  decoder.dest(0, type);
  decoder.source(1, type);
  decoder.source(2, type);
  decoder.source(3, Type::Pred);
}

/// a where c >= 0, else b.
template <class Lane> void runSlct(Warp &warp, const Instruction &inst, uint32_t mask) {
  const Slot *slots = warp.slots(inst);
  auto *dest = warp.lanes<uint32_t>(slots[0]);
  const auto *a = warp.lanes<uint32_t>(slots[1]), *b = warp.lanes<uint32_t>(slots[2]);
  const auto *c = warp.lanes<uint32_t>(slots[3]);
  forLanes(mask,
           [&](unsigned lane) { dest[lane] = Lane::get(c[lane], inst) >= 0 ? a[lane] : b[lane]; });
}

void decodeSlct(Decoder &decoder) {
  decoder.inst.flushes = decoder.take("ftz");
  Type type = decoder.takeType(), by = decoder.takeType();
  if (bitsOf(type) != 32)
    return decoder.refuse();
  decoder.perform(by == Type::F32   ? runSlct<LaneF32>
                  : by == Type::S32 ? runSlct<LaneS32>
                                    : nullptr,
                  Work::Integer);
  if (!decoder.expectOperands(4))
    return;
  decoder.dest(0, type);
  decoder.source(1, type);
  decoder.source(2, type);
  decoder.source(3, by);
}

} // namespace

Decode findSelection(StringRef name) {
  return StringSwitch<Decode>(name)
      .Case("setp", decodeSetp)
      .Case("selp", decodeSelp)
      .Case("slct", decodeSlct)
      .Default(nullptr);
}

} // namespace grucc::ptxrun
