//===- LayerOps.td - One layer, one direction -------------------*- tablegen -*-===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef RNN_LAYER_OPS_TD
#define RNN_LAYER_OPS_TD

def Rnn_LayerOp : Rnn_Op<"layer", [Pure, AttrSizedOperandSegments, Rnn_InferTypes]> {
  let summary = "one layer in one direction, time-major";
  let description = [{
    The recurrence of C2 over `input` `[T, B, I]`, from `h_0` `[B, H]` (zeros
    when left out, C8), in ascending steps, or descending ones with `reverse`
    (from each row's own last step when `lengths` `[B]` is given, C7, C10).

    ```
    output[t] = h' of step t          [T, B, H]
    h_n       = h' of the last step   [B, H]
    ```

    Weights: `w_ih` `[G, I]`, `w_hh` `[G, H]`, `b_ih` and `b_hh` `[G]` (both or
    neither); of a GRU G = 3H, row blocks r, z, n (C3, C4). `w_ih_storage` and `w_hh_storage`
    say what the matrices are kept in. With another `cell` the row blocks are its
    gates, and `h_0` and `h_n` `[B, S*H]` its states side by side.

    Clauses: C2, C3, C4, C7, C8, C10.

    Example:

    ```mlir
    func.func @layer(%x: tensor<?x?x2xf32>, %h: tensor<?x3xf32>,
                     %w_ih: tensor<9x2xf32>, %w_hh: tensor<9x3xf32>)
        -> (tensor<?x?x3xf32>, tensor<?x3xf32>) {
      %output, %h_n = rnn.layer %x h_0(%h) weights(%w_ih, %w_hh)
          : (tensor<?x?x2xf32>, tensor<?x3xf32>, tensor<9x2xf32>, tensor<9x3xf32>)
          -> (tensor<?x?x3xf32>, tensor<?x3xf32>)
      return %output, %h_n : tensor<?x?x3xf32>, tensor<?x3xf32>
    }
    ```
  }];
  let arguments = (ins
    Rnn_Sequence:$input,
    Optional<Rnn_Matrix>:$h_0,
    Optional<Rnn_Counts>:$lengths,
    Rnn_Matrix:$w_ih,
    Rnn_Matrix:$w_hh,
    Optional<Rnn_Vector>:$b_ih,
    Optional<Rnn_Vector>:$b_hh,
    UnitAttr:$reverse,
    OptionalAttr<Rnn_StorageAttr>:$w_ih_storage,
    OptionalAttr<Rnn_StorageAttr>:$w_hh_storage,
    Rnn_Cell:$cell);
  let results = (outs Rnn_Sequence:$output, Rnn_Matrix:$h_n);
  let assemblyFormat = [{
    $input (`h_0` `(` $h_0^ `)`)? (`lengths` `(` $lengths^ `)`)?
    `weights` `(` $w_ih `,` $w_hh `)` (`biases` `(` $b_ih^ `,` $b_hh `)`)?
    (`reverse` $reverse^)? attr-dict `:` functional-type(operands, results)
  }];
  let hasVerifier = 1;
}

def Rnn_ConcatOp : Rnn_Op<"concat", [Pure, Rnn_InferTypes]> {
  let summary = "the outputs of both directions, forward first";
  let description = [{
    `result[t, b, :] = forward[t, b, :] ++ backward[t, b, :]` (C7).

    Clauses: C7.

    Example:

    ```mlir
    func.func @concat(%f: tensor<?x?x3xf32>, %b: tensor<?x?x3xf32>) -> tensor<?x?x6xf32> {
      %y = rnn.concat %f, %b : (tensor<?x?x3xf32>, tensor<?x?x3xf32>) -> tensor<?x?x6xf32>
      return %y : tensor<?x?x6xf32>
    }
    ```
  }];
  let arguments = (ins Rnn_Sequence:$forward, Rnn_Sequence:$backward);
  let results = (outs Rnn_Sequence:$result);
  let assemblyFormat = "$forward `,` $backward attr-dict `:` functional-type(operands, results)";
  let hasVerifier = 1;
}

def Rnn_DropoutOp : Rnn_Op<"dropout", [Pure, AttrSizedOperandSegments, Rnn_InferTypes]> {
  let summary = "dropout on a layer's output, in training";
  let description = [{
    ```
    result[t, b, j] = kept(t, b, j) ? input[t, b, j] * (1 / (1 - p)) : 0
    ```

    `kept` is drawn by Philox from `seed` for `layer`, the index of the layer
    whose output this is, or read from `mask` `[L-1, T, B, D*H]` (0 drops) (N5);
    p = 1 gives zeros (C6).

    Clauses: C6, N5.

    Example:

    ```mlir
    func.func @dropout(%x: tensor<?x?x3xf32>, %seed: i64) -> tensor<?x?x3xf32> {
      %y = rnn.dropout %x seed(%seed) {p = 0.5, layer = 0}
          : (tensor<?x?x3xf32>, i64) -> tensor<?x?x3xf32>
      return %y : tensor<?x?x3xf32>
    }
    ```
  }];
  let arguments = (ins
    Rnn_Sequence:$input,
    Optional<I64>:$seed,
    Optional<Rnn_Tensor<4>>:$mask,
    F64Attr:$p,
    Rnn_Count:$layer);
  let results = (outs Rnn_Sequence:$result);
  let assemblyFormat = [{
    $input (`seed` `(` $seed^ `)`)? (`mask` `(` $mask^ `)`)? attr-dict
    `:` functional-type(operands, results)
  }];
  let hasVerifier = 1;
}

def Rnn_TransposeOp : Rnn_Op<"transpose", [Pure, Rnn_InferTypes]> {
  let summary = "swap the first two axes: [T, B, .] and [B, T, .]";
  let description = [{
    What `batch_first` (C5) means, said once at each end of the network:
    `result[j, i, :] = input[i, j, :]`. Two in a row fold to nothing.

    Clauses: C5.

    Example:

    ```mlir
    func.func @transpose(%x: tensor<?x?x2xf32>) -> tensor<?x?x2xf32> {
      %y = rnn.transpose %x : tensor<?x?x2xf32> -> tensor<?x?x2xf32>
      return %y : tensor<?x?x2xf32>
    }
    ```
  }];
  let arguments = (ins Rnn_Sequence:$input);
  let results = (outs Rnn_Sequence:$result);
  let assemblyFormat = "$input attr-dict `:` type($input) `->` type($result)";
  let hasFolder = 1;
}

def Rnn_StateOp : Rnn_Op<"state", [Pure, Rnn_InferTypes]> {
  let summary = "one layer's and direction's state out of h_0";
  let description = [{
    `result[b, :] = states[index, b, :]`, where `index = l*D + d` (C7).
    The state of a stack is the stacked operand itself.

    Clauses: C7.

    Example:

    ```mlir
    func.func @state(%h_0: tensor<2x?x3xf32>) -> tensor<?x3xf32> {
      %h = rnn.state %h_0[1] : tensor<2x?x3xf32> -> tensor<?x3xf32>
      return %h : tensor<?x3xf32>
    }
    ```
  }];
  let arguments = (ins Rnn_Sequence:$states, Rnn_Count:$index);
  let results = (outs Rnn_Matrix:$result);
  let assemblyFormat =
      "$states `[` $index `]` attr-dict `:` type($states) `->` type($result)";
  let hasVerifier = 1;
  let hasFolder = 1;
}

def Rnn_StackOp : Rnn_Op<"stack", [
    Pure, SameTypeOperands, Rnn_InferTypes]> {
  let summary = "the states of all layers and directions as h_n";
  let description = [{
    `result[i, b, :] = states_i[b, :]`, layer-major: `i = l*D + d` (C7).

    Clauses: C7.

    Example:

    ```mlir
    func.func @stack(%h0: tensor<?x3xf32>, %h1: tensor<?x3xf32>) -> tensor<2x?x3xf32> {
      %h_n = rnn.stack %h0, %h1 : tensor<?x3xf32>, tensor<?x3xf32> -> tensor<2x?x3xf32>
      return %h_n : tensor<2x?x3xf32>
    }
    ```
  }];
  let arguments = (ins Variadic<Rnn_Matrix>:$states);
  let results = (outs Rnn_Sequence:$result);
  let assemblyFormat = "$states attr-dict `:` type($states) `->` type($result)";
}

#endif // RNN_LAYER_OPS_TD
