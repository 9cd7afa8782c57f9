//===- StackBound.cpp - The deepest that calls of a model reach -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/target/cpu/StackBound.h"

#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/IR/DataLayout.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/InstrTypes.h"
#include "llvm/IR/Instructions.h"
#include "llvm/IR/Module.h"

using namespace llvm;
using namespace grucc::cpu;

namespace {
/// Frames by function, as the code generator states them: `MODULE:FUNCTION\tBYTES\tstatic`.
class Frames {
public:
  Frames(StringRef text, const DataLayout &layout)
      : layout(layout), given(layout.getStackAlignment().valueOrOne()) {
    for (StringRef line : split(text, '\n')) {
      SmallVector<StringRef> fields;
      line.split(fields, '\t');
      int64_t size = 0;
      if (fields.size() != 3 || fields[1].getAsInteger(10, size))
        continue;
      StringRef name = fields[0].rsplit(':').second;
      bytes[name] = size;
      isOutlined |= name.starts_with("OUTLINED_FUNCTION_");
    }
  }

  /// Of a function and the deepest of those that it calls; what is called by an address is the
  /// caller's own, or runs on a stack of its own, and helpers of the compiler are not known.
  int64_t depthOf(const Function &function) {
    if (auto known = depths.find(&function); known != depths.end())
      return known->second;
    depths[&function] = 0; // no code of ours calls itself
    int64_t below = 0;
    for (const Instruction &instruction : instructions(function))
      if (const auto *call = dyn_cast<CallBase>(&instruction))
        if (const Function *called = call->getCalledFunction(); called && !called->isDeclaration())
          below = std::max(below, depthOf(*called));
    return depths[&function] =
               bytes.lookup(function.getName()) + skippedBy(function) + outlined() + below;
  }

private:
  /// What a frame whose contents are aligned to more than the stack is begins lower than its
  /// caller's ends, at the most: no part of its bytes.
  int64_t skippedBy(const Function &function) const {
    Align widest = given;
    for (const Instruction &instruction : instructions(function)) {
      if (const auto *room = dyn_cast<AllocaInst>(&instruction))
        widest = std::max(widest, room->getAlign());
      if (auto *type = dyn_cast<FixedVectorType>(instruction.getType())) // may be spilled
        widest = std::max(widest, Align(PowerOf2Ceil(layout.getTypeStoreSize(type))));
    }
    return int64_t(widest.value() - given.value());
  }

  /// Where code of several functions was made one, return addresses wait on the stack: of who calls
  /// it, and of what it calls itself.
  int64_t outlined() const { return isOutlined ? 2 * int64_t(given.value()) : 0; }

  const DataLayout &layout;
  Align given; ///< of the stack
  bool isOutlined = false;
  StringMap<int64_t> bytes;
  DenseMap<const Function *, int64_t> depths;
};
} // namespace

int64_t grucc::cpu::stackBound(const Module &module, StringRef frames) {
  Frames known(frames, module.getDataLayout());
  int64_t most = 0;
  for (const Function &function : module)
    if (!function.isDeclaration())
      most = std::max(most, known.depthOf(function));
  return most;
}
