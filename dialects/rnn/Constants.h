//===- Constants.h - The values of constant tensors -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRUCC_DIALECTS_RNN_CONSTANTS_H
#define GRUCC_DIALECTS_RNN_CONSTANTS_H

#include "mlir/IR/BuiltinAttributes.h"
#include <optional>
#include <vector>

namespace grucc::rnn {

/// The values of a constant tensor of float32 (T = float) or float64 (T =
/// double), row-major. Resource blobs and dense elements are looked at in
/// place; a splat is spread into `storage`. Nothing for any other attribute,
/// or for a blob that is missing or has the wrong size.
template <typename T>
std::optional<llvm::ArrayRef<T>> constantValues(mlir::Attribute attribute, std::vector<T> &storage);

} // namespace grucc::rnn

#endif // GRUCC_DIALECTS_RNN_CONSTANTS_H
