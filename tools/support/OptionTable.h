//===- OptionTable.h - The options of the tool that includes this ----------===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Options.inc is made of the tool's own Options.td (Options.cmake). For the one
// file of a tool that reads its command line.
//
//===----------------------------------------------------------------------===//

#ifndef GRUCC_TOOLS_SUPPORT_OPTIONTABLE_H
#define GRUCC_TOOLS_SUPPORT_OPTIONTABLE_H

#include "tools/support/OptionIds.h"
#include "llvm/Option/OptTable.h"
#include "llvm/Option/Option.h"

namespace grucc {
namespace {

using namespace llvm::opt;

#define OPTTABLE_STR_TABLE_CODE
#include "Options.inc"
#undef OPTTABLE_STR_TABLE_CODE

#define OPTTABLE_PREFIXES_TABLE_CODE
#include "Options.inc"
#undef OPTTABLE_PREFIXES_TABLE_CODE

constexpr OptTable::Info optionInfos[] = {
#define OPTION(...) LLVM_CONSTRUCT_OPT_INFO(__VA_ARGS__),
#include "Options.inc"
#undef OPTION
};

class ToolOptions : public GenericOptTable {
public:
  ToolOptions() : GenericOptTable(OptionStrTable, OptionPrefixesTable, optionInfos) {}
};

} // namespace
} // namespace grucc

#endif // GRUCC_TOOLS_SUPPORT_OPTIONTABLE_H
