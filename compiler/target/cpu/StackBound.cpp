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
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/InstrTypes.h"
#include "llvm/IR/Module.h"

using namespace llvm;
using namespace grucc::cpu;

namespace {
/// Frames by function, as the code generator states them: `MODULE:FUNCTION\tBYTES\tstatic`.
class Frames {
public:
  explicit Frames(StringRef text) {
    for (StringRef line : split(text, '\n')) {
      SmallVector<StringRef> fields;
      line.split(fields, '\t');
      int64_t size = 0;
      if (fields.size() == 3 && !fields[1].getAsInteger(10, size))
        bytes[fields[0].rsplit(':').second] = size;
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
    return depths[&function] = bytes.lookup(function.getName()) + below;
  }

private:
  StringMap<int64_t> bytes;
  DenseMap<const Function *, int64_t> depths;
};
} // namespace

int64_t grucc::cpu::stackBound(const Module &module, StringRef frames) {
  Frames known(frames);
  int64_t most = 0;
  for (const Function &function : module)
    if (!function.isDeclaration())
      most = std::max(most, known.depthOf(function));
  return most;
}
