//===- DrawReport.h - A picture of a compiled network ---------------------===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRUCC_TOOLS_GRUCC_DRAWREPORT_H
#define GRUCC_TOOLS_GRUCC_DRAWREPORT_H

#include "compiler/Compile.h"

namespace grucc {

/// What --report=svg prints: from the input down to the output every layer and direction, of which
/// a row is a part; panels of weights in the colours of the levels that they are found in, times as
/// bars in the colour of what bounds them; below what the caches hold, and the sums. Of a GPU the
/// parts of a step's time.
///
/// `report` has no levels, or is one of them (drawnReport).
void drawReport(const Report &report, llvm::raw_ostream &os);

} // namespace grucc

#endif // GRUCC_TOOLS_GRUCC_DRAWREPORT_H
