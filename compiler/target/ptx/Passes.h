//===- Passes.h - The passes of target/ptx -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRUCC_COMPILER_TARGET_PTX_PASSES_H
#define GRUCC_COMPILER_TARGET_PTX_PASSES_H

#include "mlir/Pass/Pass.h"

namespace grucc {
#define GEN_PASS_DECL
#include "compiler/target/ptx/Passes.h.inc"
#define GEN_PASS_REGISTRATION
#include "compiler/target/ptx/Passes.h.inc"
} // namespace grucc

#endif // GRUCC_COMPILER_TARGET_PTX_PASSES_H
