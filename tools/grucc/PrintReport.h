//===- PrintReport.h - What --report prints -------------------------------===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRUCC_TOOLS_GRUCC_PRINTREPORT_H
#define GRUCC_TOOLS_GRUCC_PRINTREPORT_H

#include "CommandLine.h"

namespace grucc {

void printReport(const Report &report, ReportForm form, llvm::raw_ostream &os);
/// --report=json.
void printJsonReport(const Report &report, llvm::raw_ostream &os);

} // namespace grucc

#endif // GRUCC_TOOLS_GRUCC_PRINTREPORT_H
