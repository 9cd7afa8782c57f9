//===- CompareRows.h - Every row in two precisions, step by step ---------===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRUCC_TOOLS_GRUCC_RUN_COMPAREROWS_H
#define GRUCC_TOOLS_GRUCC_RUN_COMPAREROWS_H

#include "Comparison.h"

namespace grucc {

/// Evaluates every row by Reference and fills in all errors: of the subjects, the
/// first of which is the model, and of the gates.
void compareRows(const Setting &setting, Comparison &comparison);

} // namespace grucc

#endif // GRUCC_TOOLS_GRUCC_RUN_COMPAREROWS_H
