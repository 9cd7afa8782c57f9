//===- RowLayout.h - The rows of a call, one at a time --------------------===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Rows of a batch never see one another, so a comparison takes them one by one,
// whatever form the call came in: time-major, batch first, unbatched, with
// lengths, or packed (C5, C9, C10).
//
//===----------------------------------------------------------------------===//

#ifndef GRUCC_TOOLS_GRUCC_RUN_ROWLAYOUT_H
#define GRUCC_TOOLS_GRUCC_RUN_ROWLAYOUT_H

#include "Tensors.h"

namespace grucc {

struct RowLayout {
  int64_t steps = 0, batch = 0;
  bool batchFirst = false;
  std::vector<int64_t> lengths; ///< [B]; packed: of packed rows, in their order
  std::vector<int64_t> starts;  ///< [T], packed only: rows before step t

  bool isPacked() const { return !starts.empty(); }
  /// Which row [I] of `input`, and [D*H] of `output`, is that of step t and row b.
  int64_t place(int64_t t, int64_t b) const {
    if (isPacked())
      return starts[t] + b;
    return batchFirst ? b * steps + t : t * batch + b;
  }
  /// Whether some row ends before T.
  bool isRagged() const;

  /// Of tensors that the runtime has accepted. `states` is the shape of h_n.
  static RowLayout of(const TensorMap &inputs, bool batchFirst, llvm::ArrayRef<int64_t> states);
};

} // namespace grucc

#endif // GRUCC_TOOLS_GRUCC_RUN_ROWLAYOUT_H
