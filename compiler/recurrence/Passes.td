//===- Passes.td - Layers into projection and scan -*- tablegen -*-===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRUCC_COMPILER_RECURRENCE_PASSES
#define GRUCC_COMPILER_RECURRENCE_PASSES

include "mlir/Pass/PassBase.td"

def HoistProjection : Pass<"rnn-hoist-projection", "::mlir::func::FuncOp"> {
  let summary = "rnn.layer ==> rnn.project of all steps, then rnn.scan { its cell }";
  let description = [{
    The input part of the gates does not depend on the state, so it is one
    matrix product for all time steps; what remains in the loop is the cell with
    its gates fused: r, z and n of one unit share the loop over k and meet in
    registers.
  }];
  let dependentDialects = ["::grucc::rnn::RnnDialect"];
}

def FoldBiases : Pass<"rnn-fold-biases", "::mlir::func::FuncOp"> {
  let summary = "b_hr and b_hz ==> into the projection's bias";
  let description = [{
    Before: `rnn.project` adds b_ih, `rnn.gru_cell` adds b_hh. After: the
    projection adds `[b_ir + b_hr, b_iz + b_hz, b_in]` and the cell adds b_hn
    alone, which must stay under the reset gate (C2). What another cell keeps, it
    says itself (dialects/rnn/Cells.h). Constant biases are folded
    at once; others by an `rnn.fold_biases`.
  }];
  let dependentDialects = ["::grucc::rnn::RnnDialect", "::mlir::arith::ArithDialect"];
}

#endif // GRUCC_COMPILER_RECURRENCE_PASSES
