//===- RowLayout.cpp - The rows of a call, one at a time ------------------===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "RowLayout.h"
#include "llvm/ADT/STLExtras.h"

using namespace llvm;

namespace grucc {

bool RowLayout::isRagged() const {
  return any_of(lengths, [&](int64_t length) { return length < steps; });
}

RowLayout RowLayout::of(const TensorMap &inputs, bool batchFirst, ArrayRef<int64_t> states) {
  RowLayout layout;
  layout.batch = states.size() == 3 ? states[1] : 1;
  ArrayRef<int64_t> input = inputs.at("input").shape();
  if (auto sizes = inputs.find("batch_sizes"); sizes != inputs.end()) {
    layout.lengths.assign(layout.batch, 0);
    int64_t rows = 0;
    for (int64_t size : sizes->second.values<int64_t>()) {
      layout.starts.push_back(rows);
      for (int64_t b = 0; b < size; ++b)
        ++layout.lengths[b];
      rows += size;
    }
    layout.steps = static_cast<int64_t>(layout.starts.size());
    return layout;
  }
  layout.batchFirst = batchFirst && input.size() == 3;
  layout.steps = input[layout.batchFirst ? 1 : 0];
  layout.lengths.assign(layout.batch, layout.steps);
  if (auto lengths = inputs.find("lengths"); lengths != inputs.end())
    llvm::copy(lengths->second.values<int64_t>(), layout.lengths.begin());
  return layout;
}

} // namespace grucc
