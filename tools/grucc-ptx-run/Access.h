//===- Access.h - Where an address leads ---------------------------------===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRUCC_TOOLS_GRUCC_PTX_RUN_ACCESS_H
#define GRUCC_TOOLS_GRUCC_PTX_RUN_ACCESS_H

#include "Decoder.h"
#include "Warp.h"

namespace grucc::ptxrun {

/// The address of a lane: of a source, and the offset beside it.
uint64_t addressOf(Warp &warp, Slot slot, bool isWide, uint64_t offset, unsigned lane);

/// Finds the memory of an access of so many bytes; reports and returns false
/// where there is none, or where it is not aligned (0: to its size).
bool locate(Warp &warp, const Instruction &inst, Space space, uint64_t address, unsigned lane,
            unsigned bytes, Access &access, unsigned alignment = 0);

/// Reports bytes that nothing was written to.
void expectWritten(Warp &warp, const Instruction &inst, const Access &access);

/// Counts what a warp's lanes ask for at once.
class Traffic {
public:
  void add(const Access &access) { addresses[count++] = access; }
  void tally(Counters &counters, bool isWrite) const;

private:
  std::array<Access, warpSize> addresses;
  unsigned count = 0;
};

/// Takes .relaxed.gpu, .volatile, ...; what stands there of `orders`.
void takeOrder(Decoder &decoder, llvm::ArrayRef<llvm::StringRef> orders);

} // namespace grucc::ptxrun

#endif // GRUCC_TOOLS_GRUCC_PTX_RUN_ACCESS_H
