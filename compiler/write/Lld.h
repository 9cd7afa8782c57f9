//===- Lld.h - lld, in-process -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRUCC_COMPILER_WRITE_LLD_H
#define GRUCC_COMPILER_WRITE_LLD_H

#include "lld/Common/Driver.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/MemoryBuffer.h"
#include <memory>
#include <string>

namespace grucc {

/// An error of what is linked, in the words of diagnostics.
llvm::Error linkError(llvm::StringRef what, const llvm::Twine &found, const llvm::Twine &expected);

/// What one of lld's drivers, called as its program is, makes of the one object and these options.
/// `what`: as diagnostics call it.
llvm::Expected<std::unique_ptr<llvm::WritableMemoryBuffer>>
runLld(lld::DriverDef driver, llvm::StringRef program, llvm::StringRef object,
       llvm::ArrayRef<std::string> options, llvm::StringRef what);

} // namespace grucc

#endif // GRUCC_COMPILER_WRITE_LLD_H
