//===- Passes.td - What every target shares -*- tablegen -*-===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRUCC_COMPILER_TARGET_PASSES
#define GRUCC_COMPILER_TARGET_PASSES

include "mlir/Pass/PassBase.td"

def ExpandActivations : Pass<"rnn-expand-activations"> {
  let summary = "rnn.sigmoid and rnn.tanh ==> arith, step for step as in Activations.h";
  let dependentDialects = ["::mlir::arith::ArithDialect", "::mlir::math::MathDialect",
                           "::mlir::vector::VectorDialect"];
  let options = [
    Option<"fma", "fma", "bool", "true",
           "multiply-adds are fused where the machine of the function has it; else a product and "
           "a sum (N4)">,
    Option<"lateLimits", "late-limits", "bool", "false",
           "results are limited, not inputs, as where #rnn.schedule says so: the same bits">];
}

def ExpandCell : Pass<"rnn-expand-cell"> {
  let summary = "rnn.cell_update, rnn.cell_round ==> the equations of the cell, as in Cells.h";
  let description = [{
    Multiply-adds are fused where the `rnn.machine` of the function says so, and where there
    is none; else a product and a sum (N4).
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect", "::mlir::math::MathDialect",
                           "::mlir::vector::VectorDialect"];
}

#endif // GRUCC_COMPILER_TARGET_PASSES
