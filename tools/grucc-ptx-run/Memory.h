//===- Memory.h - Device and shared memory, byte by byte known -----------===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRUCC_TOOLS_GRUCC_PTX_RUN_MEMORY_H
#define GRUCC_TOOLS_GRUCC_PTX_RUN_MEMORY_H

#include "Machine.h"
#include "Shadow.h"
#include <cstring>
#include <map>

namespace grucc::ptxrun {

/// One allocation, or the shared memory of a block.
struct Region {
  Address base = 0;
  uint64_t size = 0;
  std::unique_ptr<char[]> bytes;
  std::vector<uint64_t> written; ///< a bit for every byte that was written
  Shadow shadow;                 ///< who accessed it in this launch
  bool isFreed = false, isReadOnly = false, isShared = false;
  std::string name; ///< of a variable

  /// False: there is no memory for it.
  bool create(Address at, uint64_t count);
  bool contains(Address address) const { return address - base < size; }
  /// `count` <= 64, and no access crosses 64 bytes: it is a power of two and aligned.
  bool isWritten(uint64_t offset, unsigned count) const {
    uint64_t mask = (count == 64 ? ~uint64_t(0) : (uint64_t(1) << count) - 1) << (offset & 63);
    return (written[offset >> 6] & mask) == mask;
  }
  void setWritten(uint64_t offset, unsigned count) {
    written[offset >> 6] |= (count == 64 ? ~uint64_t(0) : (uint64_t(1) << count) - 1)
                            << (offset & 63);
  }
  void markWritten(uint64_t offset, uint64_t count, bool isWritten);
  std::string place(uint64_t offset) const; ///< for messages
};

struct DeviceState {
  std::map<Address, std::unique_ptr<Region>> regions; ///< freed ones too, without bytes
  uint64_t limit = 0, inUse = 0;
  Address next = uint64_t(0x7f) << 32;

  /// The region, freed or not, that an address lies in; null: none.
  Region *find(Address address) const;
  /// The live region of [address, address + bytes), or why there is none.
  llvm::Expected<Region *> expect(Address address, uint64_t bytes) const;
};

} // namespace grucc::ptxrun

#endif // GRUCC_TOOLS_GRUCC_PTX_RUN_MEMORY_H
