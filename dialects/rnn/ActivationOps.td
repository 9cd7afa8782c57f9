//===- ActivationOps.td - sigmoid and tanh ----------------------*- tablegen -*-===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The activations of the gates, as ops on scalars and vectors inside kernels.
// Their exact steps, shared by every target and by Reference, stand in
// Activations.h; `rnn-expand-activations` spells them out in arith.
//
//===----------------------------------------------------------------------===//

#ifndef RNN_ACTIVATION_OPS_TD
#define RNN_ACTIVATION_OPS_TD

def Rnn_Float
    : AnyTypeOf<[F32, F64, VectorOfAnyRankOf<[F32, F64]>],
                "float32 or float64, or a vector of them">;

class Rnn_ActivationOp<string mnemonic>
    : Rnn_Op<mnemonic, [Pure, Elementwise, SameOperandsAndResultType]> {
  let arguments = (ins Rnn_Float:$operand);
  let results = (outs Rnn_Float:$result);
  let assemblyFormat = "$operand attr-dict `:` type($result)";
}

def Rnn_SigmoidOp : Rnn_ActivationOp<"sigmoid"> {
  let summary = "1 / (1 + exp(-x)), within 2 ulp for every input";
  let description = [{
    ```
    e = exp(-|x|);  result = (x < 0 ? e : 1) / (1 + e)
    ```

    NaN gives NaN, -inf gives 0, +inf gives 1; subnormal results are exact to
    the same bound.

    Clauses: C2, C12, N2, N4.

    Example:

    ```mlir
    func.func @sigmoid(%x: vector<16xf32>) -> vector<16xf32> {
      %y = rnn.sigmoid %x : vector<16xf32>
      return %y : vector<16xf32>
    }
    ```
  }];
}

def Rnn_TanhOp : Rnn_ActivationOp<"tanh"> {
  let summary = "hyperbolic tangent, within 2 ulp for every input";
  let description = [{
    ```
    m = exp(-2|x|) - 1;  result = copysign(-m / (2 + m), x)
    ```

    NaN gives NaN, infinities give -1 and 1, and tanh(x) = x for tiny x.

    Clauses: C2, C12, N2, N4.

    Example:

    ```mlir
    func.func @tanh(%x: f32) -> f32 {
      %y = rnn.tanh %x : f32
      return %y : f32
    }
    ```
  }];
}

#endif // RNN_ACTIVATION_OPS_TD
