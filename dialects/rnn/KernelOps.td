//===- KernelOps.td - What kernels are written in ---------------*- tablegen -*-===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef RNN_KERNEL_OPS_TD
#define RNN_KERNEL_OPS_TD

def Rnn_CellUpdateOp
    : Rnn_Op<"cell_update", [Pure, AttrSizedOperandSegments, TypesMatchWith<
        "result is a state", "h", "result", "$_self">]> {
  let summary = "the new state of units side by side, from the sums of their gates";
  let description = [{
    The equations of `cell`, an op that is a cell of one round and one state, on numbers
    or vectors of units: of every gate the input part with its biases (`gates`) and the
    recurrent sum (`sums`); of the gates that keep theirs the recurrent bias, or none. A
    GRU's (C2):

    ```
    r = sigmoid(gates[0] + sums[0]);  z = sigmoid(gates[1] + sums[1])
    n = tanh(gates[2] + r * (sums[2] + biases[0]));  result = (1 - z) * n + z * h
    ```

    and a state of magnitude below 2^-64 is 0 (N7). `rnn-expand-cell` spells them out,
    with `rnn.sigmoid` and `rnn.tanh`.

    Clauses: C2, N2, N4, N7.

    Example:

    ```mlir
    func.func @update(%r: vector<8xf32>, %z: vector<8xf32>, %n: vector<8xf32>, %h: vector<8xf32>)
        -> vector<8xf32> {
      %new = rnn.cell_update gates(%r, %z, %n) sums(%r, %z, %n) biases() h(%h) : vector<8xf32>
      return %new : vector<8xf32>
    }
    ```
  }];
  let arguments = (ins
    Variadic<Rnn_Float>:$gates,
    Variadic<Rnn_Float>:$sums,
    Variadic<Rnn_Float>:$biases,
    Rnn_Float:$h,
    Rnn_CellName:$cell);
  let results = (outs Rnn_Float:$result);
  let assemblyFormat = [{
    `gates` `(` $gates `)` `sums` `(` $sums `)` `biases` `(` $biases `)` `h` `(` $h `)` attr-dict
    `:` custom<SameTypes>(type($h), type($gates), ref($gates), type($sums), ref($sums),
                          type($biases), ref($biases))
  }];
  let hasVerifier = 1;
}

#endif // RNN_KERNEL_OPS_TD
