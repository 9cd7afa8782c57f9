//===- RegularFile.h - Files that are read whole --------------------------===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRUCC_SUPPORT_REGULARFILE_H
#define GRUCC_SUPPORT_REGULARFILE_H

#include "llvm/Support/Error.h"
#include "llvm/Support/MemoryBuffer.h"

namespace grucc {

/// Reads a regular file; anything else (a directory, a pipe, a device) is
/// refused, because it may never end, and so is one of more than `largest` bytes.
llvm::Expected<std::unique_ptr<llvm::MemoryBuffer>> readRegularFile(llvm::StringRef path,
                                                                    uint64_t largest = UINT64_MAX);

} // namespace grucc

#endif // GRUCC_SUPPORT_REGULARFILE_H
