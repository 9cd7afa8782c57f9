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

def RoundWeights : Pass<"rnn-round-weights", "::mlir::func::FuncOp"> {
  let summary = "states what weights and the operands of products are rounded to";
  let description = [{
    The one choice of numbers that changes results (C12), so its owner makes it.
    Before: every matrix is kept in the network's numbers, or narrower without loss.
    After: the function has `rnn.precision`, f16 or bf16; targets keep weights in it,
    round inputs and states to it before they are multiplied, and add products in
    float32. `exact` states nothing. A target that has no such products refuses it.
  }];
  let options = [
    Option<"precision", "precision", "std::string", "\"exact\"", "exact, float16 or bfloat16">];
}

#endif // GRUCC_COMPILER_PRECISION_PASSES
