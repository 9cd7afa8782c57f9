//===- OptionIds.h - Names of the options of the tool that includes this ---===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Options.inc is made of the tool's own Options.td (Options.cmake).
//
//===----------------------------------------------------------------------===//

#ifndef GRUCC_TOOLS_SUPPORT_OPTIONIDS_H
#define GRUCC_TOOLS_SUPPORT_OPTIONIDS_H

#include "llvm/Option/OptTable.h"

namespace grucc {

enum OptionID {
  OPT_INVALID = 0,
#define OPTION(...) LLVM_MAKE_OPT_ID(__VA_ARGS__),
#include "Options.inc"
#undef OPTION
};

} // namespace grucc

#endif // GRUCC_TOOLS_SUPPORT_OPTIONIDS_H
