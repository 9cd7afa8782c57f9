//===- Integers.h - Whole numbers of every width -------------------------===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRUCC_TOOLS_GRUCC_PTX_RUN_INTEGERS_H
#define GRUCC_TOOLS_GRUCC_PTX_RUN_INTEGERS_H

#include "Decoder.h"
#include "Values.h"

namespace grucc::ptxrun {

/// As signed or unsigned numbers, of 16, 32 or 64 bits; X and D may widen.
template <class Fn, unsigned sources> Handler forWidths(Type type) {
  auto pick = [](auto lane) -> Handler {
    using L = decltype(lane);
    if constexpr (sources == 1)
      return onLanes<Fn, L, L>;
    else if constexpr (sources == 2)
      return onLanes<Fn, L, L, L>;
    else
      return onLanes<Fn, L, L, L, L>;
  };
  switch (type) {
  case Type::U16:
  case Type::B16:
    return pick(LaneU16());
  case Type::S16:
    return pick(LaneS16());
  case Type::U32:
  case Type::B32:
    return pick(LaneU32());
  case Type::S32:
    return pick(LaneS32());
  case Type::U64:
  case Type::B64:
    return pick(LaneU64());
  case Type::S64:
    return pick(LaneS64());
  default:
    return nullptr;
  }
}

/// The operands of an instruction: one destination, and sources.
void integerOperands(Decoder &decoder, Type dest, std::initializer_list<Type> sources);

} // namespace grucc::ptxrun

#endif // GRUCC_TOOLS_GRUCC_PTX_RUN_INTEGERS_H
