//===- CellOps.td - Projection, scan over time, and the cell ----*- tablegen -*-===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef RNN_CELL_OPS_TD
#define RNN_CELL_OPS_TD

def Rnn_ProjectOp : Rnn_Op<"project", [Pure, Rnn_InferTypes]> {
  let summary = "the input part of the gates, for all time steps at once";
  let description = [{
    ```
    result[t, b, g] = sum_k weight[g, k] * input[t, b, k]  (+ bias[g])
    ```

    The sum runs in blocks of consecutive k: inside a block by fused multiply-add
    from zero, k ascending; the block sums are added in ascending order, then the
    bias once (N1, N3, N4). A block's size follows from the number of k and of
    units, of which each has one row for every gate of `cell`:

    | k | units | a block |
    |---|---|---|
    | from 17 | 1, 2 | 8 |
    | from 49 | 3 to 32 | 16 |
    | 8 to 48 | other | half of them, rounded up to an even number |
    | other | other | 64 |

    `storage` says what `weight` is kept in; it changes no bit.

    Clauses: C2, N3, N4.

    Example:

    ```mlir
    func.func @project(%x: tensor<?x?x2xf32>, %w: tensor<9x2xf32>, %b: tensor<9xf32>)
        -> tensor<?x?x9xf32> {
      %gates = rnn.project %x, %w bias(%b)
          : (tensor<?x?x2xf32>, tensor<9x2xf32>, tensor<9xf32>) -> tensor<?x?x9xf32>
      return %gates : tensor<?x?x9xf32>
    }
    ```
  }];
  let arguments = (ins
    Rnn_Sequence:$input,
    Rnn_Matrix:$weight,
    Optional<Rnn_Vector>:$bias,
    OptionalAttr<Rnn_ScheduleAttr>:$schedule,
    OptionalAttr<Rnn_StorageAttr>:$storage,
    Rnn_Cell:$cell);
  let results = (outs Rnn_Sequence:$result);
  let assemblyFormat = [{
    $input `,` $weight (`bias` `(` $bias^ `)`)? attr-dict
    `:` functional-type(operands, results)
  }];
  let hasVerifier = 1;
}

def Rnn_ScanOp : Rnn_Op<"scan", [
    RecursiveMemoryEffects, AttrSizedOperandSegments,
    SingleBlockImplicitTerminator<"YieldOp">,
    Rnn_InferTypes]> {
  let summary = "a recurrence over time";
  let description = [{
    Runs its body once a step, in ascending steps (descending with `reverse`).
    The body sees the step's slice of `gates` `[B, G]` and the state `[B, H]`, and
    yields the new state.

    ```
    h = h_0;  for t: h = body(gates[t], h); output[t] = h;  h_n = h
    ```

    A cell of several states has them side by side: `[B, S*H]`. The first is what
    `output` has.

    `h_0` left out means zeros (C8). With `lengths` `[B]`, row b takes part in
    its own first `lengths[b]` steps; its padded outputs are 0, and `reverse`
    starts at its own last step (C10).

    Clauses: C7, C8, C10.

    Example:

    ```mlir
    func.func @scan(%gates: tensor<?x?x9xf32>, %w_hh: tensor<9x3xf32>)
        -> (tensor<?x?x3xf32>, tensor<?x3xf32>) {
      %output, %h_n = rnn.scan %gates {
      ^bb0(%g: tensor<?x9xf32>, %h: tensor<?x3xf32>):
        %next = rnn.gru_cell %g, %h, %w_hh
            : (tensor<?x9xf32>, tensor<?x3xf32>, tensor<9x3xf32>) -> tensor<?x3xf32>
        rnn.yield %next : tensor<?x3xf32>
      } : (tensor<?x?x9xf32>) -> (tensor<?x?x3xf32>, tensor<?x3xf32>)
      return %output, %h_n : tensor<?x?x3xf32>, tensor<?x3xf32>
    }
    ```
  }];
  let arguments = (ins
    Rnn_Sequence:$gates,
    Optional<Rnn_Matrix>:$h_0,
    Optional<Rnn_Counts>:$lengths,
    UnitAttr:$reverse,
    OptionalAttr<Rnn_ScheduleAttr>:$schedule);
  let regions = (region SizedRegion<1>:$body);
  let results = (outs Rnn_Sequence:$output, Rnn_Matrix:$h_n);
  let assemblyFormat = [{
    $gates (`h_0` `(` $h_0^ `)`)? (`lengths` `(` $lengths^ `)`)?
    (`reverse` $reverse^)? $body attr-dict `:` functional-type(operands, results)
  }];
  let extraClassDeclaration = [{
    /// The cell that the body ends with, or null.
    CellOpInterface getCell();
  }];
  let hasVerifier = 1;
  let hasRegionVerifier = 1;
}

def Rnn_YieldOp : Rnn_Op<"yield", [Pure, Terminator, HasParent<"ScanOp">]> {
  let summary = "the new state of a step";
  let description = [{
    Ends the body of an `rnn.scan` with the state `[B, H]` after this step.

    Clauses: C2.

    Example: the state that never changes.

    ```mlir
    func.func @keep(%gates: tensor<?x?x9xf32>, %h_0: tensor<?x3xf32>)
        -> (tensor<?x?x3xf32>, tensor<?x3xf32>) {
      %output, %h_n = rnn.scan %gates h_0(%h_0) {
      ^bb0(%g: tensor<?x9xf32>, %h: tensor<?x3xf32>):
        rnn.yield %h : tensor<?x3xf32>
      } : (tensor<?x?x9xf32>, tensor<?x3xf32>) -> (tensor<?x?x3xf32>, tensor<?x3xf32>)
      return %output, %h_n : tensor<?x?x3xf32>, tensor<?x3xf32>
    }
    ```
  }];
  let arguments = (ins Optional<Rnn_Matrix>:$state);
  let builders = [OpBuilder<(ins), [{ (void)$_builder, (void)$_state; }]>];
  let assemblyFormat = "attr-dict ($state^ `:` type($state))?";
}

// A cell's op, of whatever dialect. C++ gives it getEquations(variant).
class Rnn_CellOp<Dialect dialect, string mnemonic>
    : Op<dialect, mnemonic, [Pure, Rnn_InferTypes, Rnn_CellOpInterface]> {
  let arguments = (ins
    Rnn_Matrix:$gates,
    Rnn_Matrix:$h,
    Rnn_Matrix:$w_hh,
    Optional<Rnn_Vector>:$bias,
    OptionalAttr<Rnn_StorageAttr>:$storage,
    OptionalAttr<Rnn_VariantAttr>:$variant);
  let results = (outs Rnn_Matrix:$result);
  let assemblyFormat = [{
    $gates `,` $h `,` $w_hh (`bias` `(` $bias^ `)`)? attr-dict
    `:` functional-type(operands, results)
  }];
  let extraClassDeclaration = [{
    static ::grucc::rnn::CellEquations getEquations(const ::grucc::Variant &variant);
  }];
  let extraClassDefinition = [{
    ::llvm::LogicalResult $cppClass::inferReturnTypes(
        ::mlir::MLIRContext *, std::optional<::mlir::Location>, Adaptor adaptor,
        ::llvm::SmallVectorImpl<::mlir::Type> &types) {
      // A variant changes no shape.
      types.push_back(::grucc::rnn::inferCellType(getEquations({}), adaptor.getGates(),
                                                  adaptor.getH(), adaptor.getWHh()));
      return ::mlir::success();
    }
  }];
}

def Rnn_GruCellOp : Rnn_CellOp<Rnn_Dialect, "gru_cell"> {
  let summary = "one step of a GRU, gates fused";
  let description = [{
    With `gates` `[B, G]` = the step's input part with its biases (those of r and
    z may hold b_hr and b_hz already: they are added all the same), `h` `[B, H]`,
    `w_hh` `[G, H]` in row blocks r, z, n, and `bias` either `[H]` = b_hn or
    `[G]` = b_hh:

    ```
    r  = sigmoid(gates_r + (W_hr h [+ b_hr]))
    z  = sigmoid(gates_z + (W_hz h [+ b_hz]))
    n  = tanh(fma(r, W_hn h + b_hn, gates_n))
    h' = fma(1 - z, n, z * h)
    result = |h'| < 2^-64 ? 0 : h'                    (N7)
    ```

    The reset gate applies after the matrix product (ONNX:
    linear_before_reset = 1), unless `variant` says otherwise:

    ```
    n  = tanh(gates_n + (W_hn (r * h) + b_hn))
    ```

    with r rounded, and r * h rounded for every k. It says, too, which activations
    stand for sigmoid and tanh, and in which limits they are taken (C15). Sums over k run in the fixed order that
    `rnn.project` describes; the recurrent sum and the input part are added
    once. `fma` is a fused multiply-add on every target that has one (N4).
    `storage` says what `w_hh` is kept in; it changes no bit.

    Clauses: C2, C3, C15, N3, N4, N7.

    Example:

    ```mlir
    func.func @cell(%g: tensor<?x9xf32>, %h: tensor<?x3xf32>, %w_hh: tensor<9x3xf32>,
                    %b_hn: tensor<3xf32>) -> tensor<?x3xf32> {
      %next = rnn.gru_cell %g, %h, %w_hh bias(%b_hn)
          : (tensor<?x9xf32>, tensor<?x3xf32>, tensor<9x3xf32>, tensor<3xf32>) -> tensor<?x3xf32>
      return %next : tensor<?x3xf32>
    }
    ```
  }];
}

#endif // RNN_CELL_OPS_TD
