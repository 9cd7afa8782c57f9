//===- RowOps.td - Kernels over the rows of a step --------------*- tablegen -*-===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// One op is one kernel of a CPU. Memory is one-dimensional, and each operand of it is
// memory[at, stride]: row r begins at element at + r * stride. `rnn-walk-panels` makes loops
// over panels, groups and tiles of rows of them, by the `rnn.schedule` and `rnn.machine` of
// their function. A share of a team's threads has the panels [first, end); a single panel is
// all of every share.
//
// With `kernel` an op may stand anywhere: `rnn-outline-kernels` makes the function of that
// name of it, one for all ops that name it, which must be alike. Without, it stands in the body
// of a function, where its room on the stack is taken once.
//
//===----------------------------------------------------------------------===//

#ifndef RNN_ROW_OPS_TD
#define RNN_ROW_OPS_TD

// The function that rnn-outline-kernels makes of the op.
def Rnn_KernelName : OptionalAttr<StrAttr>;

class Rnn_RowOp<string mnemonic, list<Trait> traits = []>
    : Rnn_Op<mnemonic, !listconcat([MemoryEffects<[MemRead, MemWrite]>], traits)> {
  let hasVerifier = 1;
}

def Rnn_ProjectRowsOp : Rnn_RowOp<"project_rows", [AllTypesMatch<["x", "gates"]>]> {
  let summary = "gates = W_ih x + b_x of rows, for the units of some panels";
  let description = [{
    W_ih stands at byte `weights_at`, b_x, where there is one, `bias` bytes behind it. Rows
    of gates are in panel order, as the matrix has its rows.

    Clauses: C2, N1, N3, N4.

    Example: GRU(2 -> 3).

    ```mlir
    func.func @project(%w: memref<?xi8>, %x: memref<?xf32>, %gates: memref<?xf32>, %rows: index)
        {
      %0 = arith.constant 0 : index
      %1 = arith.constant 1 : index
      rnn.project_rows %w[%0] of %x[%0, %1] into %gates[%0, %1] rows %rows panels %0 to %1
          {matrix = #rnn.matrix<gates = 3, units = 3, lanes = 8, vectors = 1, depth = 2>, bias = 192}
          : memref<?xf32>
      return
    }
    ```
  }];
  let arguments = (ins
    Rnn_Bytes:$weights, Index:$weights_at, Rnn_Numbers:$x, Index:$x_at, Index:$x_stride,
    Rnn_Numbers:$gates, Index:$gates_at, Index:$gates_stride, Index:$rows, Index:$first,
    Index:$end, Rnn_MatrixAttr:$matrix, OptionalAttr<Rnn_Count>:$bias, Rnn_KernelName:$kernel);
  let assemblyFormat = [{
    $weights `[` $weights_at `]` `of` $x `[` $x_at `,` $x_stride `]`
    `into` $gates `[` $gates_at `,` $gates_stride `]` `rows` $rows
    `panels` $first `to` $end attr-dict `:` type($x)
  }];
}

def Rnn_ScanRowsOp : Rnn_RowOp<"scan_rows", [AllTypesMatch<["gates", "h", "y"]>]> {
  let summary = "one step of the recurrence: y = cell(gates, h) of rows, for the units of some panels";
  let description = [{
    W_hh stands at byte `weights_at`, the biases that stay with its sums, where there are
    any, `bias` bytes behind it. Rows of gates stand side by side, as `rnn.project_rows` has
    written them. y is not h. `one_row`: there is one row, and its sums stay in registers.

    Of a cell of several rounds it is the last one: the matrix has its gates alone, and its
    sums are of what `rnn.scan_round` left behind the row's gates.

    With the schedule's zigzag and `descending` not 0 panels are walked from the last to the
    first: what was touched last is still in the caches.

    Clauses: C2, N1, N3, N4, N7.

    Example:

    ```mlir
    func.func @scan(%w: memref<?xi8>, %gates: memref<?xf32>, %h: memref<?xf32>, %y: memref<?xf32>)
        {
      %0 = arith.constant 0 : index
      %1 = arith.constant 1 : index
      rnn.scan_rows %w[%0] gates %gates[%0] from %h[%0, %0] into %y[%0, %0] rows %1
          descending %0 panels %0 to %1
          {matrix = #rnn.matrix<gates = 3, units = 3, lanes = 8, vectors = 1, depth = 3>, one_row}
          : memref<?xf32>
      return
    }
    ```
  }];
  let arguments = (ins
    Rnn_Bytes:$weights, Index:$weights_at, Rnn_Numbers:$gates, Index:$gates_at, Rnn_Numbers:$h,
    Index:$h_at, Index:$h_stride, Rnn_Numbers:$y, Index:$y_at, Index:$y_stride, Index:$rows,
    Index:$descending, Index:$first, Index:$end, Rnn_MatrixAttr:$matrix,
    OptionalAttr<Rnn_Count>:$bias, Rnn_Cell:$cell, UnitAttr:$one_row,
    Rnn_KernelName:$kernel);
  let assemblyFormat = [{
    $weights `[` $weights_at `]` `gates` $gates `[` $gates_at `]`
    `from` $h `[` $h_at `,` $h_stride `]` `into` $y `[` $y_at `,` $y_stride `]` `rows` $rows
    `descending` $descending `panels` $first `to` $end attr-dict `:` type($h)
  }];
}

def Rnn_ScanRoundOp : Rnn_RowOp<"scan_round", [AllTypesMatch<["gates", "h"]>]> {
  let summary = "a round before the last of one step: gates of rows, for the units of some panels";
  let description = [{
    The gates of `round` take the place of their input parts, and behind all gates of a row,
    where there is room for the units of whole vectors and 16 elements more, stands what the next
    round's product is of (`rnn.cell_round`). That product reads all of it: whoever else has panels of these
    rows must have done them. The matrix has the rows of W_hh of the round's gates, and units
    share no vector (`packs = false`). All else is as for `rnn.scan_rows`.

    Clauses: C2, N1, N3, N4.

    Example, with the reset gate before the product: r and z of the first round of two.

    ```mlir
    func.func @round(%w: memref<?xi8>, %gates: memref<?xf32>, %h: memref<?xf32>) {
      %0 = arith.constant 0 : index
      %1 = arith.constant 1 : index
      rnn.scan_round 0 %w[%0] gates %gates[%0] from %h[%0, %0] rows %1 descending %0
          panels %0 to %1 {cell = #rnn.cell<"rnn.gru_cell", <reset = before>>, one_row, matrix = #rnn.matrix<
              gates = 2, units = 3, lanes = 8, vectors = 1, depth = 3, packs = false>}
          : memref<?xf32>
      return
    }
    ```
  }];
  let arguments = (ins
    Rnn_Count:$round, Rnn_Bytes:$weights, Index:$weights_at, Rnn_Numbers:$gates, Index:$gates_at,
    Rnn_Numbers:$h, Index:$h_at, Index:$h_stride, Index:$rows, Index:$descending, Index:$first,
    Index:$end, Rnn_MatrixAttr:$matrix, OptionalAttr<Rnn_Count>:$bias, Rnn_Cell:$cell,
    UnitAttr:$one_row, Rnn_KernelName:$kernel);
  let assemblyFormat = [{
    $round $weights `[` $weights_at `]` `gates` $gates `[` $gates_at `]`
    `from` $h `[` $h_at `,` $h_stride `]` `rows` $rows `descending` $descending
    `panels` $first `to` $end attr-dict `:` type($h)
  }];
}

def Rnn_ScanStepsOp : Rnn_RowOp<"scan_steps", [AllTypesMatch<["gates", "h", "y"]>]> {
  let summary = "many steps of one row, whose state stays in a register";
  let description = [{
    Of a network whose units are one vector: what a step waits for is the state of the one
    before, which never goes through memory on its way there. Gates and y of the next step
    stand `gates_step` and `y_step` elements further. The weights of `register_k` k (of the
    schedule) stay in registers, too.

    Clauses: C2, N1, N3, N4, N7.

    Example:

    ```mlir
    func.func @scan(%w: memref<?xi8>, %gates: memref<?xf32>, %h: memref<?xf32>, %y: memref<?xf32>,
                    %steps: index) {
      %0 = arith.constant 0 : index
      %8 = arith.constant 8 : index
      rnn.scan_steps %w[%0] gates %gates[%0, %8] from %h[%0] into %y[%0, %8] steps %steps
          {matrix = #rnn.matrix<gates = 3, units = 8, lanes = 8, vectors = 1, depth = 8>, bias = 768}
          : memref<?xf32>
      return
    }
    ```
  }];
  let arguments = (ins
    Rnn_Bytes:$weights, Index:$weights_at, Rnn_Numbers:$gates, Index:$gates_at, Index:$gates_step,
    Rnn_Numbers:$h, Index:$h_at, Rnn_Numbers:$y, Index:$y_at, Index:$y_step, Index:$steps,
    Rnn_MatrixAttr:$matrix, OptionalAttr<Rnn_Count>:$bias, Rnn_Cell:$cell,
    Rnn_KernelName:$kernel);
  let assemblyFormat = [{
    $weights `[` $weights_at `]` `gates` $gates `[` $gates_at `,` $gates_step `]`
    `from` $h `[` $h_at `]` `into` $y `[` $y_at `,` $y_step `]` `steps` $steps attr-dict
    `:` type($h)
  }];
}

def Rnn_StepRowOp : Rnn_RowOp<"step_row", [AllTypesMatch<["x", "h", "y"]>]> {
  let summary = "projection and scan of one row and one step, panel by panel";
  let description = [{
    `rnn.project_rows` and `rnn.scan_rows` of one row in one walk: the input part of the
    gates stays in registers. A layer's weights begin at byte `weights_at` with W_ih (of
    matrix `input`); W_hh (`recurrent`) stands `recurrent_at` bytes behind that, b_x and what
    stays with the recurrent sums, where there are any, `input_bias` and `recurrent_bias`. y
    is neither x nor h.

    Clauses: C2, N1, N3, N4, N7.

    Example:

    ```mlir
    func.func @step(%w: memref<?xi8>, %x: memref<?xf32>, %h: memref<?xf32>, %y: memref<?xf32>)
        {
      %0 = arith.constant 0 : index
      %1 = arith.constant 1 : index
      rnn.step_row %w[%0] of %x[%0] from %h[%0] into %y[%0] descending %0 panels %0 to %1
          {input = #rnn.matrix<gates = 3, units = 3, lanes = 8, vectors = 1, depth = 2>,
           recurrent = #rnn.matrix<gates = 3, units = 3, lanes = 8, vectors = 1, depth = 3>,
           recurrent_at = 192} : memref<?xf32>
      return
    }
    ```
  }];
  let arguments = (ins
    Rnn_Bytes:$weights, Index:$weights_at, Rnn_Numbers:$x, Index:$x_at, Rnn_Numbers:$h,
    Index:$h_at, Rnn_Numbers:$y, Index:$y_at, Index:$descending, Index:$first, Index:$end,
    Rnn_MatrixAttr:$input, Rnn_MatrixAttr:$recurrent, OptionalAttr<Rnn_Count>:$input_bias,
    Rnn_Count:$recurrent_at, OptionalAttr<Rnn_Count>:$recurrent_bias, Rnn_Cell:$cell,
    Rnn_KernelName:$kernel);
  let assemblyFormat = [{
    $weights `[` $weights_at `]` `of` $x `[` $x_at `]` `from` $h `[` $h_at `]`
    `into` $y `[` $y_at `]` `descending` $descending `panels` $first `to` $end attr-dict
    `:` type($h)
  }];
}

#endif // RNN_ROW_OPS_TD
