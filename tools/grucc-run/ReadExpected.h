//===- ReadExpected.h - What another engine computed, in whatever layout ---===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRUCC_TOOLS_GRUCC_RUN_READEXPECTED_H
#define GRUCC_TOOLS_GRUCC_RUN_READEXPECTED_H

#include "Comparison.h"

namespace grucc {

/// Reads `output` and `h_n` of another engine into `tensors`, which `subject` points
/// into, and turns those to the model's layout whose shapes say that they are in another.
llvm::Error readExpected(llvm::StringRef path, const Setting &setting, const TensorMap &results,
                         TensorMap &tensors, Subject &subject);

} // namespace grucc

#endif // GRUCC_TOOLS_GRUCC_RUN_READEXPECTED_H
