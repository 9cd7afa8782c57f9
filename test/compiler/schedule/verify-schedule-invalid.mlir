// RUN: grucc-opt %s --split-input-file --rnn-verify-schedule --verify-diagnostics

// Scans that no schedule can be checked for.

// No cell.
#machine = #rnn.machine<name = "m", target = "x86-64-v3", fma_per_cycle = 2, loads_per_cycle = 2, mhz = 3000, l1_bytes = 32768, l2_bytes = 524288, l3_bytes = 16777216, l2_bandwidth = 32, l3_bandwidth = 12>
#schedule = #rnn.schedule<lanes = 4, panel = 1, tiles = [4, 1, 1, 1], k_block = 64, pair_blocks = true, k_chunk = 64, group_rows = 32, prefetch = false, chunk_rows = 512, zigzag = false, fuse_step = true, unroll = 1>
func.func @scan(%g: tensor<?x?x2xf32>) -> tensor<?x?x3xf32> attributes {rnn.machine = #machine} {
  // expected-error @+1 {{cell: found none, expected one that the body ends with}}
  %y, %e = rnn.scan %g {
  ^bb0(%a: tensor<?x2xf32>, %h: tensor<?x3xf32>):
    rnn.yield %h : tensor<?x3xf32>
  } {schedule = #schedule} : (tensor<?x?x2xf32>) -> (tensor<?x?x3xf32>, tensor<?x3xf32>)
  return %y : tensor<?x?x3xf32>
}

// -----

// Units that are known at run time.
#machine = #rnn.machine<name = "m", target = "x86-64-v3", fma_per_cycle = 2, loads_per_cycle = 2, mhz = 3000, l1_bytes = 32768, l2_bytes = 524288, l3_bytes = 16777216, l2_bandwidth = 32, l3_bandwidth = 12>
#schedule = #rnn.schedule<lanes = 4, panel = 1, tiles = [4, 1, 1, 1], k_block = 64, pair_blocks = true, k_chunk = 64, group_rows = 32, prefetch = false, chunk_rows = 512, zigzag = false, fuse_step = true, unroll = 1>
func.func @scan(%g: tensor<?x?x?xf32>, %w: tensor<?x?xf32>) -> tensor<?x?x?xf32> attributes {rnn.machine = #machine} {
  // expected-error @+1 {{hidden_size: found one of run time, expected a number}}
  %y, %e = rnn.scan %g {
  ^bb0(%a: tensor<?x?xf32>, %h: tensor<?x?xf32>):
    %n = rnn.gru_cell %a, %h, %w : (tensor<?x?xf32>, tensor<?x?xf32>, tensor<?x?xf32>) -> tensor<?x?xf32>
    rnn.yield %n : tensor<?x?xf32>
  } {schedule = #schedule} : (tensor<?x?x?xf32>) -> (tensor<?x?x?xf32>, tensor<?x?xf32>)
  return %y : tensor<?x?x?xf32>
}

// -----

// No cell and no units: rows of no bytes.
#machine = #rnn.machine<name = "m", target = "x86-64-v3", fma_per_cycle = 2, loads_per_cycle = 2, mhz = 3000, l1_bytes = 32768, l2_bytes = 524288, l3_bytes = 16777216, l2_bandwidth = 32, l3_bandwidth = 12>
#schedule = #rnn.schedule<lanes = 4, panel = 1, tiles = [4, 1, 1, 1], k_block = 64, pair_blocks = true, k_chunk = 64, group_rows = 32, prefetch = false, chunk_rows = 512, zigzag = false, fuse_step = true, unroll = 1>
func.func @scan(%g: tensor<?x?x2xf32>) -> tensor<?x?x0xf32> attributes {rnn.machine = #machine} {
  // expected-error @+1 {{cell: found none, expected one that the body ends with}}
  %y, %e = rnn.scan %g {
  ^bb0(%a: tensor<?x2xf32>, %h: tensor<?x0xf32>):
    rnn.yield %h : tensor<?x0xf32>
  } {schedule = #schedule} : (tensor<?x?x2xf32>) -> (tensor<?x?x0xf32>, tensor<?x0xf32>)
  return %y : tensor<?x?x0xf32>
}
