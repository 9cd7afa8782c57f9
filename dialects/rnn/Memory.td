//===- Memory.td - The memory of a model ------------------------*- tablegen -*-===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What a model's memory is divided into: packed weights, states, and the workspace that the
// caller gives a run. `rnn-plan-model` decides it, before there is any code.
//
//===----------------------------------------------------------------------===//

#ifndef RNN_MEMORY_TD
#define RNN_MEMORY_TD

def Rnn_PlaceAttr : Rnn_Attr<"Place", "place"> {
  let summary = "where the weights and the state of a projection or a scan stand";
  let description = [{
    | field | unit | meaning |
    |---|---|---|
    | `weights` | bytes | where its matrix begins in the model's packed weights |
    | `bias` | bytes | where its biases do; left out without any |
    | `state` | | of a scan: its states are the rows [`state` * B, (`state` + 1) * B) of h_0, h_n and of a stream's state |

    On every projection and scan of a network, as `rnn.place`.

    Example: of a second layer.

    ```mlir
    func.func private @scan() attributes {place = #rnn.place<weights = 1024, bias = 1984, state = 1>}
    ```
  }];
  let parameters = (ins
    "int64_t":$weights,
    OptionalParameter<"std::optional<int64_t>">:$bias,
    OptionalParameter<"std::optional<int64_t>">:$state);
  let assemblyFormat = "`<` struct(params) `>`";
  let genVerifyDecl = 1;
}

def Rnn_CountedBy : I32Enum<"CountedBy", "what a part of a workspace has so many bytes for", [
    I32EnumCase<"ChunkRow", 0, "chunk_row">,
    I32EnumCase<"Row", 1, "row">,
    I32EnumCase<"BatchRow", 2, "batch_row">,
    I32EnumCase<"Step", 3, "step">]> {
  let cppNamespace = "::grucc::rnn";
}

def Rnn_PartAttr : Rnn_Attr<"Part", "part"> {
  let summary = "a part of a workspace";
  let description = [{
    So many bytes for each row of a chunk (`chunk_row`), each row of each step (`row`), each
    row of the batch (`batch_row`) or each step (`step`); together rounded up to whole lines of
    64 bytes. A part may have none.

    Example: three gates of four units, of every row of a chunk.

    ```mlir
    func.func private @f() attributes {part = #rnn.part<"gates", 48, chunk_row>}
    ```
  }];
  let parameters = (ins StringRefParameter<"name">:$name, "int64_t":$bytes,
                        EnumParameter<Rnn_CountedBy>:$for_each);
  let assemblyFormat = "`<` $name `,` $bytes `,` $for_each `>`";
  let genVerifyDecl = 1;
}

def Rnn_MemoryAttr : Rnn_Attr<"Memory", "memory"> {
  let summary = "the memory of a model";
  let description = [{
    | field | unit | meaning |
    |---|---|---|
    | `weights` | bytes | of all packed weights |
    | `chunk_rows` | rows | of the steps whose projections are kept at a time; one step's at least |
    | workspace | | its parts (`#rnn.part`), one behind the other |

    On the function of a network and on what is made of it, as `rnn.memory`.

    Example:

    ```mlir
    func.func private @f() attributes {memory = #rnn.memory<weights = 1024, chunk_rows = 512, workspace = [
        <"gates", 48, chunk_row>, <"states", 24, batch_row>]>}
    ```
  }];
  let parameters = (ins
    "int64_t":$weights,
    "int64_t":$chunk_rows,
    ArrayRefParameter<"PartAttr">:$parts);
  let assemblyFormat = [{
    `<` `weights` `=` $weights `,` `chunk_rows` `=` $chunk_rows `,` `workspace` `=` `[` $parts `]` `>`
  }];
  let genVerifyDecl = 1;
}

class Rnn_MemoryOp<string mnemonic> : Rnn_Op<mnemonic, [Pure]> {
  let hasVerifier = 1;
}

def Rnn_WorkspacePartOp : Rnn_MemoryOp<"workspace_part"> {
  let summary = "a part of a workspace";
  let description = [{
    Of a run over `seq_len` steps of `batch` rows, in the workspace that `rnn.memory` of the
    function says. It begins where the parts before it end:

    ```
    count = seq_len * batch                                   a row
            min(seq_len * batch, max(chunk_rows, batch))      a chunk_row
            batch                                             a batch_row
            seq_len                                           a step
    begin(next) = begin(part) + round up(count(part) * bytes(part), 64)
    ```

    `rnn-expand-workspace` makes a `memref.view` of it.

    Example:

    ```mlir
    func.func @gates(%workspace: memref<?xi8>, %seq_len: i64, %batch: i64) -> memref<?xf32>
        attributes {rnn.memory = #rnn.memory<weights = 1024, chunk_rows = 512, workspace = [
            <"gates", 48, chunk_row>, <"states", 24, batch_row>]>} {
      %gates = rnn.workspace_part "gates" of %workspace(%seq_len, %batch) : memref<?xf32>
      return %gates : memref<?xf32>
    }
    ```
  }];
  let arguments = (ins StrAttr:$part, Rnn_Bytes:$workspace, I64:$seq_len, I64:$batch);
  let results = (outs MemRefRankOf<[F32, F64, I64], [1]>:$result);
  let assemblyFormat = "$part `of` $workspace `(` $seq_len `,` $batch `)` attr-dict `:` type($result)";
}

def Rnn_WorkspaceBytesOp : Rnn_MemoryOp<"workspace_bytes"> {
  let summary = "how large a workspace must be";
  let description = [{
    All parts (`rnn.workspace_part`), and never less than a line of 64 bytes.

    Example:

    ```mlir
    func.func @bytes(%seq_len: i64, %batch: i64) -> i64
        attributes {rnn.memory = #rnn.memory<weights = 1024, chunk_rows = 512, workspace = [
            <"gates", 48, chunk_row>, <"states", 24, batch_row>]>} {
      %bytes = rnn.workspace_bytes(%seq_len, %batch)
      return %bytes : i64
    }
    ```
  }];
  let arguments = (ins I64:$seq_len, I64:$batch);
  let results = (outs I64:$result);
  let assemblyFormat = "`(` $seq_len `,` $batch `)` attr-dict";
}

def Rnn_ChunkRowsOp : Rnn_MemoryOp<"chunk_rows"> {
  let summary = "rows of the steps whose projections are kept at a time";
  let description = [{
    min(seq_len * batch, max(chunk_rows, batch)), with `chunk_rows` of `rnn.memory`.

    Example:

    ```mlir
    func.func @rows(%seq_len: i64, %batch: i64) -> i64
        attributes {rnn.memory = #rnn.memory<weights = 1024, chunk_rows = 512, workspace = [
            <"gates", 48, chunk_row>]>} {
      %rows = rnn.chunk_rows(%seq_len, %batch)
      return %rows : i64
    }
    ```
  }];
  let arguments = (ins I64:$seq_len, I64:$batch);
  let results = (outs I64:$result);
  let assemblyFormat = "`(` $seq_len `,` $batch `)` attr-dict";
}

#endif // RNN_MEMORY_TD
