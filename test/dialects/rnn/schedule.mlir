// RUN: grucc-opt %s | grucc-opt | FileCheck %s

// CHECK: module attributes {
// CHECK-SAME: rnn.machine = #rnn.machine<name = "generic-v3", level = "x86-64-v3", vector_bits = 256,
// CHECK-SAME: registers = 16, fma = true, fma_per_cycle = 2, mhz = 3000, l1_bytes = 32768,
// CHECK-SAME: l2_bytes = 262144, l3_bytes = 8388608, l1_bandwidth = 64, l2_bandwidth = 32, l3_bandwidth = 16>
// CHECK-SAME: rnn.schedule = #rnn.schedule<lanes = 8, row_lanes = 4, panel = 2, tiles = [8, 1, 4, 2, 1, 2],
// CHECK-SAME: k_block = 64, pair_blocks = true, k_chunk = 192, group_rows = 16, prefetch = false, chunk_rows = 256, zigzag = false, fuse_step = false, unroll = 4, register_k = 3, late_limits = true, split = "units", split_units = 40, split_from = 9>}
module attributes {
  rnn.machine = #rnn.machine<name = "generic-v3", level = "x86-64-v3", vector_bits = 256,
    registers = 16, fma = true, fma_per_cycle = 2, mhz = 3000, l1_bytes = 32768,
    l2_bytes = 262144, l3_bytes = 8388608, l1_bandwidth = 64, l2_bandwidth = 32,
    l3_bandwidth = 16>,
  rnn.schedule = #rnn.schedule<lanes = 8, row_lanes = 4, panel = 2, tiles = [8, 1, 4, 2, 1, 2], k_block = 64, pair_blocks = true,
    k_chunk = 192, group_rows = 16, prefetch = false, chunk_rows = 256, zigzag = false,
    fuse_step = false, unroll = 4, register_k = 3, late_limits = true, split = "units",
    split_units = 40, split_from = 9>
} {}
