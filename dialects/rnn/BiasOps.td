//===- BiasOps.td - Biases, folded ------------------------------*- tablegen -*-===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef RNN_BIAS_OPS_TD
#define RNN_BIAS_OPS_TD

def Rnn_FoldBiasesOp : Rnn_Op<"fold_biases", [
    Pure, AllElementTypesMatch<["b_ih", "b_hh", "b_x", "b_hn"]>, Rnn_InferTypes]> {
  let summary = "the biases that can be added before the recurrence";
  let description = [{
    ```
    b_x  = [b_ir + b_hr, b_iz + b_hz, b_in]   [G]
    b_hn = b_hn                               [H]
    ```

    `b_hn` stays under the reset gate (C2). Of another `cell` it is what its gates
    keep, `[kept gate][H]`; all others are added. The sums are taken in the network's
    own precision, once: at compile time for constants, in NAME_pack for
    external weights.

    Clauses: C2, N3.

    Example:

    ```mlir
    func.func @fold_biases(%b_ih: tensor<9xf32>, %b_hh: tensor<9xf32>)
        -> (tensor<9xf32>, tensor<3xf32>) {
      %b_x, %b_hn = rnn.fold_biases %b_ih, %b_hh
          : (tensor<9xf32>, tensor<9xf32>) -> (tensor<9xf32>, tensor<3xf32>)
      return %b_x, %b_hn : tensor<9xf32>, tensor<3xf32>
    }
    ```
  }];
  let arguments = (ins Rnn_Vector:$b_ih, Rnn_Vector:$b_hh, Rnn_Cell:$cell);
  let results = (outs Rnn_Vector:$b_x, Rnn_Vector:$b_hn);
  let assemblyFormat = "$b_ih `,` $b_hh attr-dict `:` functional-type(operands, results)";
  let hasVerifier = 1;
  let hasFolder = 1;
}

#endif // RNN_BIAS_OPS_TD
