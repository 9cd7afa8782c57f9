//===- ForeignFile.h - Files of other formats, known by their bytes -------===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRUCC_SUPPORT_FOREIGNFILE_H
#define GRUCC_SUPPORT_FOREIGNFILE_H

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

namespace grucc {

/// Refuses what people have instead of a network that grucc reads (a .pt, an ONNX model, the
/// pointer of Git LFS) by its name and with the way out, whatever the file is called. No
/// file that grucc reads begins like one of them. `argument` and `expected` are the error's.
llvm::Error refuseForeign(llvm::StringRef bytes, llvm::StringRef path, llvm::StringRef argument,
                          llvm::StringRef expected);

} // namespace grucc

#endif // GRUCC_SUPPORT_FOREIGNFILE_H
