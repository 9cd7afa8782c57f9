//===- KernelOps.td - What kernels are written in ---------------*- tablegen -*-===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef RNN_KERNEL_OPS_TD
#define RNN_KERNEL_OPS_TD

include "mlir/IR/BuiltinTypeInterfaces.td"

def Rnn_MatrixAttr : Rnn_Attr<"Matrix", "matrix"> {
  let summary = "a weight matrix [G, K] packed into panels of units";
  let description = [{
    | field | meaning |
    |---|---|
    | `gates`, `units` | G = gates * units, units = H |
    | `lanes` | numbers of a vector |
    | `vectors` | a panel's units are so many vectors of each gate; the last panel's may be fewer |
    | `depth` | K |
    | `kind` | what the weights are kept in (`#rnn.storage`); `exact` when left out |
    | `packs` | whether units may share a vector; true when left out |

    Where its numbers stand is PanelLayout.h's: panel by panel, k by k, gate by gate.
    Units that are left over and fill a part of a vector share one packed vector among all
    gates, unless `packs` is false: a cell of several rounds has a W_hh of each, with its
    gates alone, and units stand alike in all of them.

    Example:

    ```mlir
    func.func private @kernel() attributes {matrix = #rnn.matrix<
        gates = 3, units = 20, lanes = 8, vectors = 2, depth = 20, kind = bfloat16>}
    ```
  }];
  let parameters = (ins
    "int64_t":$gates,
    "int64_t":$units,
    "int64_t":$lanes,
    "int64_t":$vectors,
    "int64_t":$depth,
    DefaultValuedParameter<"StorageKind", "StorageKind::Exact">:$kind,
    DefaultValuedParameter<"bool", "true">:$packs);
  let genVerifyDecl = 1;
  let extraClassDeclaration = [{
    /// Of rnn.matrix_constants, in a network of numbers `element`; none without a scale.
    ::llvm::SmallVector<::mlir::Type> constantTypes(::mlir::Type element) const;
  }];
}

// Memory of kernels: weights are bytes, all else the network's numbers.
def Rnn_Bytes
    : Type<MemRefRankOf<[I8], [1]>.predicate, "memref of bytes">,
      BuildableType<"::mlir::MemRefType::get({::mlir::ShapedType::kDynamic}, $_builder.getI8Type())">;
def Rnn_Numbers : MemRefRankOf<[F32, F64], [1]>;
def Rnn_NumberVector : FixedVectorOfRankAndType<[1], [F32, F64, I32, I64]>;

def Rnn_MatrixConstantsOp
    : Rnn_Op<"matrix_constants", [MemoryEffects<[MemRead]>]> {
  let summary = "what the widening of a matrix takes, the same for every k";
  let description = [{
    Of a matrix whose `kind` has a scale: the constants that stand at byte `header` of the
    packed weights, in every lane. Layers that share a kernel differ in them. They are
    loaded once, in front of the loops over k.

    Example:

    ```mlir
    func.func @constants(%w: memref<?xi8>, %header: index) {
      %c:4 = rnn.matrix_constants %w[%header]
          {matrix = #rnn.matrix<gates = 3, units = 8, lanes = 8, vectors = 1, depth = 64, kind = int8>}
          : vector<8xi32>, vector<8xf32>, vector<8xi32>, vector<8xf32>
      return
    }
    ```
  }];
  let arguments = (ins Rnn_Bytes:$weights, Index:$header, Rnn_MatrixAttr:$matrix);
  let results = (outs Variadic<Rnn_NumberVector>:$constants);
  let assemblyFormat = "$weights `[` $header `]` attr-dict `:` type($constants)";
  let hasVerifier = 1;
}

def Rnn_PanelDotOp
    : Rnn_Op<"panel_dot", [MemoryEffects<[MemRead, MemWrite]>, AttrSizedOperandSegments]> {
  let summary = "the micro-kernel: products of panels' units with a few rows, in registers";
  let description = [{
    Of every panel, row, gate and vector of units

    ```
    sum over k in [first, first + count) of weights[k][gate][unit + lane] * x[row][k]
    ```

    as [panel][row][gate][vector] and, with `packed`, behind each row's the vector that the last
    units share. A panel begins at each of the bytes `starts` of the weights: several are read
    side by side, as so many streams, each with the same `unit`. `rows` has where each row
    of `x` begins, and unit the first of the `vectors`. Sums are taken in the fixed order
    (SumOrder.h): in blocks of k, each by multiply-adds with k ascending, from 0; blocks, the
    first of which begins at `first`, are added in ascending order. `first` is a whole number
    of blocks. Where sums are given as `onto`, those of a block up to `first`, they go on within it;
    `first` is then a whole number of what a word of the weights holds (1 or 2 k).

    `rnn-expand-panel-dot` makes vector code of it, by what changes no bit: `unroll` k a turn
    of the loop, `beside` blocks side by side, and `one_by_one`, words of several k loaded
    once for each. With `ahead` it fetches a line for every k: that of byte
    `ahead` + k * `line_bytes` of the weights (which is why it may not be moved).

    Clauses: N1, N3, N4.

    Example: 3 gates of 8 units and two rows.

    ```mlir
    func.func @dot(%w: memref<?xi8>, %x: memref<?xf32>, %a: index, %b: index) -> vector<8xf32> {
      %zero = arith.constant 0 : index
      %sums:6 = rnn.panel_dot %w[%zero] unit %zero of %x[%a, %b] k %zero for 64
          {matrix = #rnn.matrix<gates = 3, units = 8, lanes = 8, vectors = 1, depth = 64>,
           vectors = 1} : memref<?xf32>
          -> vector<8xf32>, vector<8xf32>, vector<8xf32>, vector<8xf32>, vector<8xf32>, vector<8xf32>
      return %sums#0 : vector<8xf32>
    }
    ```
  }];
  let arguments = (ins
    Rnn_Bytes:$weights, Variadic<Index>:$starts, Variadic<Rnn_NumberVector>:$constants,
    Index:$unit, Rnn_Numbers:$x, Variadic<Index>:$rows, Index:$first,
    Variadic<Rnn_NumberVector>:$onto, Optional<Index>:$ahead,
    Rnn_Count:$count, Rnn_MatrixAttr:$matrix, Rnn_Count:$vectors, UnitAttr:$packed,
    UnitAttr:$tail, DefaultValuedAttr<Rnn_Count, "1">:$unroll,
    DefaultValuedAttr<Rnn_Count, "1">:$beside, UnitAttr:$one_by_one,
    DefaultValuedAttr<Rnn_Count, "64">:$line_bytes);
  let results = (outs Variadic<Rnn_NumberVector>:$sums);
  let assemblyFormat = [{
    $weights `[` $starts `]` (`constants` `(` $constants^ `:` type($constants) `)`)? `unit` $unit
    `of` $x `[` $rows `]` `k` $first `for` $count (`onto` `(` $onto^ `:` type($onto) `)`)?
    (`ahead` $ahead^)? attr-dict `:` type($x) `->` type($sums)
  }];
  let hasVerifier = 1;
}

def Rnn_PanelLoadOp
    : Rnn_Op<"panel_load", [MemoryEffects<[MemRead]>]> {
  let summary = "the weights of a few k of a panel of one vector, in registers";
  let description = [{
    Those of k in [`first`, `first` + `count`), as [k][gate].

    Example:

    ```mlir
    func.func @load(%w: memref<?xi8>, %start: index) -> vector<8xf32> {
      %kept:3 = rnn.panel_load %w[%start] k 4 for 1
          {matrix = #rnn.matrix<gates = 3, units = 8, lanes = 8, vectors = 1, depth = 8>}
          : vector<8xf32>, vector<8xf32>, vector<8xf32>
      return %kept#0 : vector<8xf32>
    }
    ```
  }];
  let arguments = (ins
    Rnn_Bytes:$weights, Index:$start, Variadic<Rnn_NumberVector>:$constants, Rnn_Count:$first,
    Rnn_Count:$count, Rnn_MatrixAttr:$matrix, UnitAttr:$tail);
  let results = (outs Variadic<Rnn_NumberVector>:$loaded);
  let assemblyFormat = [{
    $weights `[` $start `]` (`constants` `(` $constants^ `:` type($constants) `)`)?
    `k` $first `for` $count attr-dict `:` type($loaded)
  }];
  let hasVerifier = 1;
}

def Rnn_RegisterDotOp : Rnn_Op<"register_dot", [Pure]> {
  let summary = "products of weights and a state that are both in registers";
  let description = [{
    Of every gate the sum over k of weights[k][gate] * h[k], for a vector of units that is
    all of the state, in the order of sums of `rnn.panel_dot`. Weights are [k][gate].

    Clauses: N1, N3, N4.

    Example: 1 gate of 2 units.

    ```mlir
    func.func @dot(%w0: vector<4xf32>, %w1: vector<4xf32>, %h: vector<4xf32>) -> vector<4xf32> {
      %sum = rnn.register_dot (%w0, %w1) of %h : vector<4xf32> -> vector<4xf32>
      return %sum : vector<4xf32>
    }
    ```
  }];
  let arguments = (ins Variadic<Rnn_NumberVector>:$weights, Rnn_NumberVector:$h);
  let results = (outs Variadic<Rnn_NumberVector>:$sums);
  let assemblyFormat = [{
    `(` $weights `)` `of` $h attr-dict
    `:` custom<OneType>(type($h), type($weights), ref($weights)) `->` type($sums)
  }];
  let hasVerifier = 1;
}

def Rnn_CellUpdateOp
    : Rnn_Op<"cell_update", [Pure, AttrSizedOperandSegments]> {
  let summary = "the new state of units side by side, from the sums of their gates";
  let description = [{
    The equations of `cell`, an op that is a cell of one state, on numbers or vectors of
    units: of every gate the input part with its biases (`gates`) and the recurrent sum
    (`sums`); of the gates that keep theirs the recurrent bias, or none. A GRU's (C2):

    ```
    r = sigmoid(gates[0] + sums[0]);  z = sigmoid(gates[1] + sums[1])
    n = tanh(gates[2] + r * (sums[2] + biases[0]));  result = (1 - z) * n + z * h
    ```

    and a state of magnitude below 2^-64 is 0 (N7). `rnn-expand-cell` spells them out,
    with `rnn.sigmoid` and `rnn.tanh`.

    Of a cell of several rounds it is the last one: `sums` and `biases` are those of its
    gates, and `gates` begins with what `rnn.cell_round` made of the gates before.

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
    Rnn_Cell:$cell);
  let results = (outs Rnn_Float:$result);
  let assemblyFormat = [{
    `gates` `(` $gates `)` `sums` `(` $sums `)` `biases` `(` $biases `)` `h` `(` $h `)` attr-dict
    `:` custom<SameTypes>(type($h), type($result), type($gates), ref($gates), type($sums), ref($sums),
                          type($biases), ref($biases))
  }];
  let hasVerifier = 1;
}

def Rnn_CellRoundOp
    : Rnn_Op<"cell_round", [Pure, AttrSizedOperandSegments]> {
  let summary = "the gates of one round of a cell, and what the next round's product is of";
  let description = [{
    Of a `round` that another one follows, on numbers or vectors of units. `gates` are those of
    the rounds before, and the input parts of this round's; `sums` and `biases` are this
    round's alone. The results are this round's gates and, last, the `operand` of the next
    round's product (Cells.h). The first of the two rounds of a GRU whose reset gate comes
    before the product:

    ```
    r = sigmoid(gates[0] + sums[0]);  z = sigmoid(gates[1] + sums[1]);  operand = r * h
    ```

    Clauses: C2, N2, N4.

    Example, of a cell that tests have:

    ```mlir
    func.func @reset(%r: vector<8xf32>, %z: vector<8xf32>, %h: vector<8xf32>) -> vector<8xf32> {
      %a, %b, %operand = rnn.cell_round 0 gates(%r, %z) sums(%r, %z) biases() h(%h)
          {cell = #rnn.cell<"rnn.gru_cell", <reset = before>>} : vector<8xf32>
      return %operand : vector<8xf32>
    }
    ```
  }];
  let arguments = (ins
    Rnn_Count:$round,
    Variadic<Rnn_Float>:$gates,
    Variadic<Rnn_Float>:$sums,
    Variadic<Rnn_Float>:$biases,
    Rnn_Float:$h,
    Rnn_Cell:$cell);
  let results = (outs Variadic<Rnn_Float>:$activated, Rnn_Float:$operand);
  let assemblyFormat = [{
    $round `gates` `(` $gates `)` `sums` `(` $sums `)` `biases` `(` $biases `)` `h` `(` $h `)`
    attr-dict `:` custom<RoundTypes>(type($h), type($operand), type($activated), type($gates),
                                     ref($gates), type($sums), ref($sums), type($biases),
                                     ref($biases))
  }];
  let hasVerifier = 1;
}

#endif // RNN_KERNEL_OPS_TD
