//===- Shadow.h - Who accessed every piece of memory ---------------------===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRUCC_TOOLS_GRUCC_PTX_RUN_SHADOW_H
#define GRUCC_TOOLS_GRUCC_PTX_RUN_SHADOW_H

#include <cstdint>
#include <memory>
#include <vector>

namespace grucc::ptxrun {

/// Of a piece of memory: sets of accesses, as Races numbers them; 0: none.
struct Cell {
  uint32_t writes = 0, reads = 0;
  uint8_t writeLane = 0, readLane = 0; ///< of the last one; severalLanes
};
constexpr uint8_t severalLanes = 255;

/// A cell for every 4 bytes, for 2 or for 1 once there are smaller accesses.
class Shadow {
public:
  void clear() {
    pages.clear();
    shift = 2;
  }
  /// Calls f(cell) for the cells of an aligned access.
  template <class F> void forCells(uint64_t offset, unsigned bytes, F f) {
    if (bytes < (1u << shift))
      refine(bytes);
    uint64_t first = offset >> shift, count = bytes >> shift;
    Cell *cells = page(first) + (first & (pageCells - 1));
    for (uint64_t i = 0; i < count; ++i)
      f(cells[i]);
  }

private:
  static constexpr uint64_t pageCells = 1024;
  Cell *page(uint64_t cell) {
    uint64_t index = cell / pageCells;
    if (index >= pages.size())
      pages.resize(index + 1);
    if (!pages[index])
      pages[index] = std::make_unique<Cell[]>(pageCells);
    return pages[index].get();
  }
  void refine(unsigned bytes);

  unsigned shift = 2;
  std::vector<std::unique_ptr<Cell[]>> pages;
};

} // namespace grucc::ptxrun

#endif // GRUCC_TOOLS_GRUCC_PTX_RUN_SHADOW_H
