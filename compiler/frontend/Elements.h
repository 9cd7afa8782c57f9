//===- Elements.h - Elements of a file's dtype as the network's -----------===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRUCC_COMPILER_FRONTEND_ELEMENTS_H
#define GRUCC_COMPILER_FRONTEND_ELEMENTS_H

#include "compiler/frontend/Network.h"

namespace grucc {

/// F32, F64, F16, BF16.
bool isWeightDType(llvm::StringRef dtype);

/// The first element that is no ordinary number.
struct OddElement {
  enum Kind { NaN, Infinity, TooLarge /* finite in the file, not in float32 */ } kind;
  size_t index;
};

/// Writes `from`, elements of a safetensors dtype, to `to`: widened exactly, or
/// rounded to nearest even from F64 to float32.
std::optional<OddElement> convertElements(llvm::ArrayRef<char> from, llvm::StringRef fromDType,
                                          llvm::MutableArrayRef<char> to, DType toDType);

/// Warns where float64 weights become float32.
void warnOfRounding(llvm::StringRef file, DType from, DType to, std::vector<std::string> &warnings);
/// Says what is odd about an element of a tensor that begins `before` elements earlier: what
/// float32 cannot hold is an error, the rest a warning.
llvm::Error reportOdd(llvm::StringRef file, llvm::StringRef tensor, const OddElement &odd,
                      size_t before, std::vector<std::string> &warnings);

} // namespace grucc

#endif // GRUCC_COMPILER_FRONTEND_ELEMENTS_H
