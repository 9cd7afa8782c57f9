//===- Passes.td - Which numbers weights are kept in -*- tablegen -*-===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRUCC_COMPILER_PRECISION_PASSES
#define GRUCC_COMPILER_PRECISION_PASSES

include "mlir/Pass/PassBase.td"

def NarrowWeights : Pass<"rnn-narrow-weights", "::mlir::func::FuncOp"> {
  let summary = "constant weights ==> the narrowest #rnn.storage that holds them exactly";
  let description = [{
    Networks that were trained in half precision, or quantised by their authors,
    have weights that a narrower storage holds without loss: such a matrix takes
    a half or a quarter of the memory and is widened when it is used, to the
    same bits. Before: an `rnn.layer` with constant weights. After: the same with
    `w_ih_storage` and `w_hh_storage` where one was found. Biases stay as they
    are: they are read once a step.
  }];
  let dependentDialects = ["::grucc::rnn::RnnDialect"];
}

#endif // GRUCC_COMPILER_PRECISION_PASSES
