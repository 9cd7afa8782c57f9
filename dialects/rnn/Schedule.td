//===- Schedule.td - How a network runs -------------------------*- tablegen -*-===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef RNN_SCHEDULE_TD
#define RNN_SCHEDULE_TD

include "dialects/rnn/Fields.td"

class Rnn_Attr<string name, string mnemonicName> : AttrDef<Rnn_Dialect, name> {
  let mnemonic = mnemonicName;
  let assemblyFormat = "`<` struct(params) `>`";
}

def Rnn_Order : I32Enum<"Order", "which layer and direction goes first", [
    I32EnumCase<"Layers", 0, "layers">,
    I32EnumCase<"Reverse", 1, "reverse">,
    I32EnumCase<"Chunks", 2, "chunks">]> {
  let cppNamespace = "::grucc::rnn";
}

def Rnn_Split : I32Enum<"Split", "what several threads share", [
    I32EnumCase<"Auto", 0, "auto">,
    I32EnumCase<"Rows", 1, "rows">,
    I32EnumCase<"Layers", 2, "layers">,
    I32EnumCase<"Units", 3, "units">,
    I32EnumCase<"None", 4, "none">]> {
  let cppNamespace = "::grucc::rnn";
}

// In the order of the attribute's text.
defvar Rnn_scheduleFields = [
  Rnn_Number<"tiling", "lanes", "floats", Rnn_AnyPowerOfTwo,
    "units one at a time ==> `lanes` units in one vector">,
  Rnn_Number<"tiling", "rowLanes", "floats", Rnn_AtLeast<0>,
    "one row: `lanes` as for many ==> that many, a power of two, in as many more "
    "vectors, over the same weights (where whole vectors of either are as many units); "
    "0 stands for `lanes`",
    "0", [0]>,
  Rnn_Number<"tiling", "panel", "vectors", Rnn_Within<1, 64>,
    "weights `[G, K]` ==> panels `[units / (panel * lanes)][K][gate][panel * lanes]`",
    "", [1, 2, 4]>,
  Rnn_Tiles<"tiling", "tiles",
    "rows one at a time ==> `rows x gates x vectors` accumulators live over the whole "
    "k loop; flat pairs, most rows first: the rows of a call are divided among them; "
    "kernels of many rows take the vectors of the first, kernels of one row those of "
    "the last, which has one row">,
  Rnn_Number<"tiling", "roundRows", "rows", Rnn_Within<1, 64>,
    "a cell of several rounds: each takes its gates' products by `tiles` ==> a tile of up to that "
    "many rows comes first, where it has more rows than the first of `tiles` and no more sums than "
    "that has with all gates",
    "1">,
  Rnn_Number<"tiling", "kBlock", "k", Rnn_Exactly<64>, // N3, N4: no choice of the schedule
    "the largest block of the fixed order of sums: 64 everywhere (N3); where a sum has "
    "more than two blocks, their size divides it">,
  Rnn_Flag<"tiling", "pairBlocks",
    "one row sums block after block ==> two blocks side by side, so that twice as many "
    "sums are under way">,
  Rnn_Number<"tiling", "kChunk", "k", Rnn_Multiple<64, 64, 1048576>,
    "each tile of rows goes through all k ==> the tiles of a group go through that "
    "many k in turn, so that these weights stay in L1",
    "", [64, 128, 256]>,
  Rnn_Number<"tiling", "groupRows", "rows", Rnn_AtLeast<1>,
    "a group is all rows ==> that many rows, whose sums wait on the stack">,
  Rnn_Flag<"traversal", "prefetch",
    "the next chunk of weights comes when it is read ==> it is fetched to L2 a line at a "
    "time by the tiles before it (most rows, more than one chunk)">,
  Rnn_Number<"traversal", "chunkRows", "rows", Rnn_Within<1, 65536>,
    "all projections before the scan ==> that many rows (steps x batch) at a time, so "
    "that they stay in cache">,
  Rnn_Flag<"traversal", "zigzag",
    "panels in ascending order ==> descending on odd steps, so that what was touched "
    "last is still in cache">,
  Rnn_Number<"traversal", "streams", "panels", Rnn_Within<1, 8>,
    "one row: panel after panel ==> that many side by side, so that their weights, from beyond "
    "L2, come as that many streams",
    "1", [1, 2, 4]>,
  Rnn_Number<"traversal", "roundStreams", "panels", Rnn_Within<1, 8>,
    "one row, a cell of several rounds: `streams` panels side by side ==> up to that many where a "
    "round has fewer gates, with no more sums than `streams` panels of all gates have",
    "1">,
  Rnn_Number<"traversal", "streamRows", "rows", Rnn_Within<1, 64>,
    "more than one row: panel after panel ==> up to that many rows walk `streams` panels side by "
    "side, a few k of each in turn; the sums wait on the stack",
    "1">,
  Rnn_Flag<"traversal", "fuseStep",
    "`step` projects all gates into memory, then scans ==> each panel is projected and "
    "scanned in one go (one row)">,
  Rnn_Number<"tiling", "unroll", "k", Rnn_Within<1, 64>,
    "one row: the k loop rolled ==> that many k a turn", "", [1, 2, 4]>,
  Rnn_Number<"tiling", "registerK", "k", Rnn_AtLeast<0>,
    "one row: a loop over k reads W_hh in every step ==> all k are straight-line code, "
    "the state stays in a register from step to step, and so do the weights of the "
    "first `register_k` k (units in one vector)",
    "0", [0, 1]>,
  Rnn_Flag<"tiling", "lateLimits",
    "sigmoid and tanh limit their input first ==> their result last, by comparisons that "
    "wait for nothing: more operations, but fewer in a row",
    "false">,
  Rnn_Word<"traversal", "order", Rnn_Order,
    "`layers`: a layer goes through the whole sequence before the next one begins, forward "
    "and then in reverse when there are two directions ==> `reverse`: the reverse direction "
    "first; `chunks`: all layers go through `turn_rows` rows (steps x batch), then through "
    "the next, while these are in cache (one direction, rows of one length)">,
  Rnn_Word<"sharing", "split", Rnn_Split,
    "one thread ==> `rows`: rows of the batch, and directions, on several threads; `units`: "
    "units of every step, which then meet after each; `layers`: layers, a chunk of steps "
    "behind each other, which meet after each chunk; `auto`: the first of rows, layers and "
    "units that gives no fewer threads work than units do; `none`: one thread">,
  Rnn_Number<"sharing", "splitUnits", "units x rows", Rnn_AtLeast<1>,
    "split by units: at least that many a thread in one step", "1">,
  Rnn_Number<"sharing", "splitRows", "rows", Rnn_AtLeast<1>,
    "split by rows: at least that many a thread", "1">,
  Rnn_Number<"sharing", "turnRows", "rows", Rnn_AtLeast<1>,
    "layers in chunks, or split: that many rows (steps x batch) between two meetings",
    "8">,
  Rnn_Number<"sharing", "splitTurns", "", Rnn_AtLeast<1>,
    "split = `auto`: layers only where the sequence has that many such chunks", "1">,
  Rnn_Number<"sharing", "splitFrom", "rows", Rnn_AtLeast<1>,
    "a run of fewer rows (steps x batch) stays on one thread", "1">,
  Rnn_Number<"sharing", "stepFrom", "rows", Rnn_AtLeast<1>,
    "the same of one step alone, where it is less: its threads are awake", "2147483647">];

def Rnn_ScheduleAttr
    : Rnn_FieldsAttr<"Schedule", "schedule", Rnn_scheduleFields,
                     [Rnn_Part<"tiling">, Rnn_Part<"traversal">, Rnn_Part<"sharing">]> {
  let summary = "how a projection or a scan runs; never what it computes";
  let description = [{
    Tiling: what a kernel has in registers, and how its weights lie in memory.
}] # Rnn_FieldTable<!filter(f, Rnn_scheduleFields, !eq(f.part, "tiling"))>.text # [{
    Traversal: which rows, panels and layers come next.
}] # Rnn_FieldTable<!filter(f, Rnn_scheduleFields, !eq(f.part, "traversal"))>.text # [{
    Sharing: what several threads do.
}] # Rnn_FieldTable<!filter(f, Rnn_scheduleFields, !eq(f.part, "sharing"))>.text # [{
    No field changes a result bit (N3).

    Example:

    ```mlir
    func.func private @gru() attributes {rnn.schedule = #rnn.schedule<
        lanes = 16, row_lanes = 8, panel = 2, tiles = [8, 1, 1, 2], round_rows = 8, k_block = 64,
        pair_blocks = true, k_chunk = 128, group_rows = 32, prefetch = true, chunk_rows = 64,
        zigzag = true, streams = 4, stream_rows = 5, fuse_step = true, unroll = 1, register_k = 0, late_limits = true,
        order = "chunks", split = "auto", split_units = 32, split_rows = 8,
        turn_rows = 8, split_turns = 8, split_from = 16>}
    ```
  }];
}

#endif // RNN_SCHEDULE_TD
