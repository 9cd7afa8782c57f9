//===- Options.h - The option table of grucc ------------------------------===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRUCC_TOOLS_GRUCC_OPTIONS_H
#define GRUCC_TOOLS_GRUCC_OPTIONS_H

#include "llvm/Option/OptTable.h"
#include "llvm/Option/Option.h"

namespace grucc {

enum OptionID {
  OPT_INVALID = 0,
#define OPTION(...) LLVM_MAKE_OPT_ID(__VA_ARGS__),
#include "Options.inc"
#undef OPTION
};

class GruccOptions : public llvm::opt::GenericOptTable {
public:
  GruccOptions();
};

} // namespace grucc

#endif // GRUCC_TOOLS_GRUCC_OPTIONS_H
