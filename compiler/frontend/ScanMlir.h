//===- ScanMlir.h - What MLIR's parser must not see -----------------------===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRUCC_COMPILER_FRONTEND_SCANMLIR_H
#define GRUCC_COMPILER_FRONTEND_SCANMLIR_H

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

namespace grucc {

/// The largest weights as numbers in decimal, and room for the rest.
constexpr uint64_t largestMlir = uint64_t(1) << 33;

/// Refuses text that would overflow the stack of MLIR's recursive parser:
/// brackets nested deeper than 128, more than 128 alias definitions (each may
/// nest the one before), affine maps (their operators recurse), and bytecode.
/// Refuses what would be longer than anybody waits for when it is written out:
/// aliases that stand for more than 2^16 others; and resources aligned to 0 or to
/// more than 4096 bytes, which it would allocate.
llvm::Error scanMlir(llvm::StringRef text, llvm::StringRef file);

} // namespace grucc

#endif // GRUCC_COMPILER_FRONTEND_SCANMLIR_H
