//===- NetworkOps.td - A whole network as one op ----------------*- tablegen -*-===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef RNN_NETWORK_OPS_TD
#define RNN_NETWORK_OPS_TD

def Rnn_GruOp : Rnn_Op<"gru", [Pure, AttrSizedOperandSegments, Rnn_InferTypes]> {
  let summary = "a whole torch.nn.GRU: any layers, directions, layout and lengths";
  let description = [{
    Computes, for every layer, direction and step (C2):

    ```
    r  = sigmoid(W_ir x + b_ir + W_hr h + b_hr)
    z  = sigmoid(W_iz x + b_iz + W_hz h + b_hz)
    n  = tanh   (W_in x + b_in + r * (W_hn h + b_hn))
    h' = (1 - z) * n + z * h
    ```

    * `input`: `[T, B, I]`; `[B, T, I]` with `batch_first` (C5); `[T, I]`
      unbatched (C9); `[sum(batch_sizes), I]` packed, with `batch_sizes` (C10).
    * `h_0`: `[D*L, B, H]` (`[D*L, H]` unbatched), index `l*D + d` (C7); left out
      it means zeros (C8). Never batch first (C5).
    * `lengths`: `[B]`, each in `0..T`: row b takes part in its own first
      `lengths[b]` steps only (C10).
    * `batch_sizes` with optional `sorted_indices` and `unsorted_indices`: the
      packed form of the same (C10).
    * `dropout_seed` (i64) or `dropout_mask` `[L-1, T, B, D*H]` (0 drops, whatever
      `dropout` is), one of them and only with `training` (C6, N5).
    * `weights`: per layer, per direction, in this order: `weight_ih` `[3H, I]`
      (I is `D*H` above layer 0, C1), `weight_hh` `[3H, H]` and, with `bias`,
      `bias_ih` `[3H]`, `bias_hh` `[3H]`; row blocks r, z, n (C3, C4).
    * `reverse`: the only direction is the reverse one; its weights are named as those
      of a forward one (C15).
    * `variant`: in what the equations differ from the above (C15).
    * results: `output` `[T, B, D*H]` in the layout of the input (C5, C7), and
      `h_n` in the layout of `h_0`.

    Clauses: C1 to C15.

    Example:

    ```mlir
    func.func @one_layer(%input: tensor<?x?x2xf32>, %w_ih: tensor<9x2xf32>,
                         %w_hh: tensor<9x3xf32>, %b_ih: tensor<9xf32>, %b_hh: tensor<9xf32>)
        -> (tensor<?x?x3xf32>, tensor<1x?x3xf32>) {
      %output, %h_n = rnn.gru %input weights(%w_ih, %w_hh, %b_ih, %b_hh)
          {input_size = 2, hidden_size = 3, num_layers = 1}
          : (tensor<?x?x2xf32>, tensor<9x2xf32>, tensor<9x3xf32>, tensor<9xf32>, tensor<9xf32>)
          -> (tensor<?x?x3xf32>, tensor<1x?x3xf32>)
      return %output, %h_n : tensor<?x?x3xf32>, tensor<1x?x3xf32>
    }
    ```
  }];
  let arguments = (ins
    AnyTypeOf<[Rnn_Matrix, Rnn_Sequence]>:$input,
    Optional<AnyTypeOf<[Rnn_Matrix, Rnn_Sequence]>>:$h_0,
    Optional<Rnn_Counts>:$lengths,
    Optional<Rnn_Counts>:$batch_sizes,
    Optional<Rnn_Counts>:$sorted_indices,
    Optional<Rnn_Counts>:$unsorted_indices,
    Optional<I64>:$dropout_seed,
    Optional<Rnn_Tensor<4>>:$dropout_mask,
    Variadic<AnyTypeOf<[Rnn_Vector, Rnn_Matrix]>>:$weights,
    Rnn_Count:$input_size,
    Rnn_Count:$hidden_size,
    DefaultValuedAttr<Rnn_Count, "1">:$num_layers,
    DefaultValuedAttr<BoolAttr, "true">:$bias,
    DefaultValuedAttr<BoolAttr, "false">:$batch_first,
    DefaultValuedAttr<F64Attr, "0.0">:$dropout,
    DefaultValuedAttr<BoolAttr, "false">:$bidirectional,
    DefaultValuedAttr<BoolAttr, "false">:$training,
    DefaultValuedAttr<BoolAttr, "false">:$reverse,
    OptionalAttr<Rnn_VariantAttr>:$variant);
  let results = (outs
    AnyTypeOf<[Rnn_Matrix, Rnn_Sequence]>:$output,
    AnyTypeOf<[Rnn_Matrix, Rnn_Sequence]>:$h_n);
  let assemblyFormat = [{
    $input (`h_0` `(` $h_0^ `)`)? (`lengths` `(` $lengths^ `)`)?
    (`batch_sizes` `(` $batch_sizes^ `)`)? (`sorted_indices` `(` $sorted_indices^ `)`)?
    (`unsorted_indices` `(` $unsorted_indices^ `)`)?
    (`dropout_seed` `(` $dropout_seed^ `)`)? (`dropout_mask` `(` $dropout_mask^ `)`)?
    `weights` `(` $weights `)` attr-dict `:` functional-type(operands, results)
  }];
  let hasVerifier = 1;
  let extraClassDeclaration = [{
    /// What the op says of its network. Its weights are external where they are
    /// arguments of its block.
    Network getNetwork();
    /// The weight operands of one layer and direction: w_ih, w_hh[, b_ih, b_hh].
    ::mlir::OperandRange getCellWeights(int64_t layer, int64_t direction) {
      Network network = getNetwork();
      int64_t n = network.weightsPerCell();
      return getWeights().slice((layer * network.numDirections() + direction) * n, n);
    }
    /// True for an input of rank 2 without batch sizes (C9).
    bool isUnbatched() {
      return ::llvm::cast<::mlir::RankedTensorType>(getInput().getType()).getRank() == 2 &&
             !getBatchSizes();
    }
  }];
}

#endif // RNN_NETWORK_OPS_TD
