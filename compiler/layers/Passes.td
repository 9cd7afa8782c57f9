//===- Passes.td - The network into layers -*- tablegen -*-===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRUCC_COMPILER_LAYERS_PASSES
#define GRUCC_COMPILER_LAYERS_PASSES

include "mlir/Pass/PassBase.td"

def SplitLayers : Pass<"rnn-split-layers", "::mlir::func::FuncOp"> {
  let summary = "rnn.gru ==> one rnn.layer per layer, time-major";
  let description = [{
    Before: one `rnn.gru` with all weights. After: a chain of `rnn.layer`s, each
    reading the output of the one below (C1), with its own state out of `h_0`
    (`rnn.state`, C7), the last states stacked (`rnn.stack`), and an
    `rnn.transpose` at both ends when the network is batch first (C5). Dropout
    in inference is nothing (C6).

    Refuses, naming the argument, what later passes cannot lower yet:
    bidirectional networks, variable lengths, packed input, unbatched input,
    dropout in training, float64.
  }];
  let dependentDialects = ["::grucc::rnn::RnnDialect"];
}

#endif // GRUCC_COMPILER_LAYERS_PASSES
