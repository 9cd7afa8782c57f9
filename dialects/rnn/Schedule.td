//===- Schedule.td - How a network runs -------------------------*- tablegen -*-===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef RNN_SCHEDULE_TD
#define RNN_SCHEDULE_TD

// Printed as [8, 1, 4, 2, 1, 2].
def Rnn_Tiles : ArrayRefParameter<"int64_t", "rows, vectors pairs"> {
  let parser = [{
    [&]() -> ::mlir::FailureOr<::llvm::SmallVector<int64_t>> {
      ::llvm::SmallVector<int64_t> values;
      if ($_parser.parseCommaSeparatedList(::mlir::AsmParser::Delimiter::Square,
              [&]() { return $_parser.parseInteger(values.emplace_back()); }))
        return ::mlir::failure();
      return values;
    }()
  }];
  let printer = "$_printer << '['; ::llvm::interleaveComma($_self, $_printer); $_printer << ']';";
}

class Rnn_Attr<string name, string mnemonicName> : AttrDef<Rnn_Dialect, name> {
  let mnemonic = mnemonicName;
  let assemblyFormat = "`<` struct(params) `>`";
}

def Rnn_ScheduleAttr : Rnn_Attr<"Schedule", "schedule"> {
  let summary = "how a projection or a scan runs; never what it computes";
  let description = [{
    | field | unit | before ==> after |
    |---|---|---|
    | `lanes` | floats | units one at a time ==> `lanes` units in one vector |
    | `row_lanes` | floats | one row: `lanes` as for many ==> that many, in as many more vectors, over the same weights (where whole vectors of either are as many units); 0 stands for `lanes` |
    | `panel` | vectors | weights `[G, K]` ==> panels `[units / (panel * lanes)][K][gate][panel * lanes]` |
    | `tiles` | rows, vectors | rows one at a time ==> `rows x 3 gates x vectors` accumulators live over the whole k loop; flat pairs, most rows first: the rows of a call are divided among them; kernels of many rows take the vectors of the first, kernels of one row those of the last, which has one row |
    | `k_block` | k | the largest block of the fixed order of sums: 64 everywhere (N3); where a sum has more than two blocks, their size divides it |
    | `pair_blocks` | | one row sums block after block ==> two blocks side by side, so that twice as many sums are under way |
    | `k_chunk` | k | each tile of rows goes through all k ==> the tiles of a group go through that many k in turn, so that these weights stay in L1; a multiple of `k_block` |
    | `group_rows` | rows | a group is all rows ==> that many rows, whose sums wait on the stack |
    | `prefetch` | | the next chunk of weights comes when it is read ==> it is fetched to L2 a line at a time by the tiles before it (most rows, more than one chunk) |
    | `chunk_rows` | rows | all projections before the scan ==> that many rows (steps x batch) at a time, so that they stay in cache |
    | `zigzag` | | panels in ascending order ==> descending on odd steps, so that what was touched last is still in cache |
    | `fuse_step` | | `step` projects all gates into memory, then scans ==> each panel is projected and scanned in one go (one row) |
    | `unroll` | k | one row: the k loop rolled ==> that many k a turn |
    | `register_k` | k | one row: a loop over k reads W_hh in every step ==> all k are straight-line code, the state stays in a register from step to step, and so do the weights of the first `register_k` k (units in one vector) |
    | `late_limits` | | sigmoid and tanh limit their input first ==> their result last, by comparisons that wait for nothing: more operations, but fewer in a row |
    | `order` | | `layers`: a layer goes through the whole sequence before the next one begins, forward and then in reverse when there are two directions ==> `reverse`: the reverse direction first; `chunks`: all layers go through `turn_rows` rows (steps x batch), then through the next, while these are in cache (one direction, rows of one length) |
    | `split` | | one thread ==> `rows`: rows of the batch, and directions, on several threads; `units`: units of every step, which then meet after each; `layers`: layers, a chunk of steps behind each other, which meet after each chunk; `auto`: the first of rows, layers and units that gives no fewer threads work than units do; `none`: one thread |
    | `split_units` | units x rows | split by units: at least that many a thread in one step |
    | `split_rows` | rows | split by rows: at least that many a thread |
    | `turn_rows` | rows | layers in chunks, or split: that many rows (steps x batch) between two meetings |
    | `split_turns` | | split = `auto`: layers only where the sequence has that many such chunks |
    | `split_from` | rows | a run of fewer rows (steps x batch) stays on one thread |

    No field changes a result bit (N3).

    Example:

    ```mlir
    module attributes {rnn.schedule = #rnn.schedule<
        lanes = 16, row_lanes = 8, panel = 2, tiles = [8, 1, 1, 2], k_block = 64, pair_blocks = true,
        k_chunk = 128, group_rows = 32, prefetch = true, chunk_rows = 64,
        zigzag = true, fuse_step = true, unroll = 1, register_k = 0, late_limits = true,
        order = "chunks", split = "auto", split_units = 32, split_rows = 8,
        turn_rows = 8, split_turns = 8, split_from = 16>} {}
    ```
  }];
  let parameters = (ins
    "int64_t":$lanes,
    DefaultValuedParameter<"int64_t", "0">:$row_lanes,
    "int64_t":$panel,
    Rnn_Tiles:$tiles,
    "int64_t":$k_block,
    "bool":$pair_blocks,
    "int64_t":$k_chunk,
    "int64_t":$group_rows,
    "bool":$prefetch,
    "int64_t":$chunk_rows,
    "bool":$zigzag,
    "bool":$fuse_step,
    "int64_t":$unroll,
    DefaultValuedParameter<"int64_t", "0">:$register_k,
    DefaultValuedParameter<"bool", "false">:$late_limits,
    StringRefParameter<"layers, reverse or chunks", "\"layers\"">:$order,
    StringRefParameter<"auto, rows, layers, units or none", "\"auto\"">:$split,
    DefaultValuedParameter<"int64_t", "1">:$split_units,
    DefaultValuedParameter<"int64_t", "1">:$split_rows,
    DefaultValuedParameter<"int64_t", "8">:$turn_rows,
    DefaultValuedParameter<"int64_t", "1">:$split_turns,
    DefaultValuedParameter<"int64_t", "1">:$split_from);
  let genVerifyDecl = 1;

  let extraClassDeclaration = [{
    /// What kernels of one row go by: row_lanes for lanes.
    ScheduleAttr forOneRow() const;
  }];
}

#endif // RNN_SCHEDULE_TD
