// RUN: grucc-opt %s | grucc-opt | FileCheck %s

// CHECK: module attributes {
// CHECK-SAME: rnn.schedule = #rnn.schedule<lanes = 8, row_lanes = 4, panel = 2, tiles = [8, 1, 4, 2, 1, 2], round_rows = 12,
// CHECK-SAME: k_block = 64, pair_blocks = true, k_chunk = 192, group_rows = 16, prefetch = false, chunk_rows = 256, zigzag = false, streams = 4, round_streams = 6, stream_rows = 5, fuse_step = false, unroll = 4, register_k = 3, late_limits = true, split = "units", split_units = 40, split_from = 9>}
module attributes {
  rnn.schedule = #rnn.schedule<lanes = 8, row_lanes = 4, panel = 2, tiles = [8, 1, 4, 2, 1, 2], round_rows = 12, k_block = 64, pair_blocks = true,
    k_chunk = 192, group_rows = 16, prefetch = false, chunk_rows = 256, zigzag = false, streams = 4, round_streams = 6, stream_rows = 5,
    fuse_step = false, unroll = 4, register_k = 3, late_limits = true, split = "units",
    split_units = 40, split_from = 9>
} {}
