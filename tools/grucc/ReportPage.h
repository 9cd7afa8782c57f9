//===- ReportPage.h - A page about a compiled network -------------------------===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRUCC_TOOLS_GRUCC_REPORTPAGE_H
#define GRUCC_TOOLS_GRUCC_REPORTPAGE_H

#include "compiler/Compile.h"

namespace grucc {

/// What --report=html prints: one page that needs nothing from elsewhere. For every level, the last
/// first, the picture (DrawReport.h), a table of the parts and what they were predicted from; then
/// what is the same for all: the network and its bytes.
void writePage(const Report &report, llvm::raw_ostream &os);

} // namespace grucc

#endif // GRUCC_TOOLS_GRUCC_REPORTPAGE_H
