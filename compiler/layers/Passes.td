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
    Before: one `rnn.gru` with all weights. After: `rnn.layer`s, each reading the
    output of the one below (C1), one for each direction and then joined by
    `rnn.concat` (C7), each with its own state out of `h_0` (`rnn.state`), the
    last states stacked (`rnn.stack`), an `rnn.transpose` at both ends when the
    network is batch first (C5), and in training an `rnn.dropout` between layers
    (C6). A function with one `rnn.gru` has its arguments as `rnn.network` from then on.

    Unbatched (C9) and packed (C10) calls are forms of a call that generated
    code takes at run time: the function becomes that of the batched form.
  }];
  let dependentDialects = ["::grucc::rnn::RnnDialect"];
}

#endif // GRUCC_COMPILER_LAYERS_PASSES
