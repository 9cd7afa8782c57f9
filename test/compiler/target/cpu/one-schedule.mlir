// RUN: grucc-opt %s --split-input-file --rnn-emit-kernels --verify-diagnostics

// Projections and scans of a network share kernels and threads, and so their schedule: that of
// none is ignored.
#machine = #rnn.machine<name = "example", level = "x86-64-v3", vector_bits = 256, registers = 16, fma = true, fma_per_cycle = 2, mhz = 3000, l1_bytes = 32768, l2_bytes = 262144, l3_bytes = 2097152, l1_bandwidth = 64, l2_bandwidth = 32, l3_bandwidth = 16>
#narrow = #rnn.schedule<lanes = 4, panel = 1, tiles = [1, 1], k_block = 64, pair_blocks = true, k_chunk = 128, group_rows = 8, prefetch = false, chunk_rows = 64, zigzag = false, fuse_step = true, unroll = 1>
#wide = #rnn.schedule<lanes = 8, panel = 1, tiles = [1, 1], k_block = 64, pair_blocks = true, k_chunk = 128, group_rows = 8, prefetch = false, chunk_rows = 64, zigzag = false, fuse_step = true, unroll = 1>

module attributes {rnn.machine = #machine} {
  func.func @projection(%x: tensor<?x?x2xf32>) -> (tensor<?x?x5xf32>, tensor<1x?x5xf32>) {
    %w_ih = arith.constant dense<0.5> : tensor<15x2xf32>
    %w_hh = arith.constant dense<0.25> : tensor<15x5xf32>
    // expected-error @+1 {{schedule: found #rnn.schedule<lanes = 4, panel = 1, tiles = [1, 1], k_block = 64, pair_blocks = true, k_chunk = 128, group_rows = 8, prefetch = false, chunk_rows = 64, zigzag = false, fuse_step = true, unroll = 1>, expected that of every projection and scan}}
    %g = rnn.project %x, %w_ih {schedule = #narrow} : (tensor<?x?x2xf32>, tensor<15x2xf32>) -> tensor<?x?x15xf32>
    // expected-note @+1 {{which is #rnn.schedule<lanes = 8, panel = 1,}}
    %y, %hn = rnn.scan %g {
    ^bb0(%gates: tensor<?x15xf32>, %h: tensor<?x5xf32>):
      %next = rnn.gru_cell %gates, %h, %w_hh
          : (tensor<?x15xf32>, tensor<?x5xf32>, tensor<15x5xf32>) -> tensor<?x5xf32>
      rnn.yield %next : tensor<?x5xf32>
    } {schedule = #wide} : (tensor<?x?x15xf32>) -> (tensor<?x?x5xf32>, tensor<?x5xf32>)
    %h_n = rnn.stack %hn : tensor<?x5xf32> -> tensor<1x?x5xf32>
    return %y, %h_n : tensor<?x?x5xf32>, tensor<1x?x5xf32>
  }
}

// -----

#machine = #rnn.machine<name = "example", level = "x86-64-v3", vector_bits = 256, registers = 16, fma = true, fma_per_cycle = 2, mhz = 3000, l1_bytes = 32768, l2_bytes = 262144, l3_bytes = 2097152, l1_bandwidth = 64, l2_bandwidth = 32, l3_bandwidth = 16>
#wide = #rnn.schedule<lanes = 8, panel = 1, tiles = [1, 1], k_block = 64, pair_blocks = true, k_chunk = 128, group_rows = 8, prefetch = false, chunk_rows = 64, zigzag = false, fuse_step = true, unroll = 1>

module attributes {rnn.machine = #machine} {
  func.func @second_layer(%x: tensor<?x?x5xf32>) -> (tensor<?x?x5xf32>, tensor<2x?x5xf32>) {
    %w = arith.constant dense<0.5> : tensor<15x5xf32>
    %g = rnn.project %x, %w {schedule = #wide} : (tensor<?x?x5xf32>, tensor<15x5xf32>) -> tensor<?x?x15xf32>
    // expected-note @+1 {{which is #rnn.schedule<lanes = 8, panel = 1,}}
    %y, %hn = rnn.scan %g {
    ^bb0(%gates: tensor<?x15xf32>, %h: tensor<?x5xf32>):
      %next = rnn.gru_cell %gates, %h, %w
          : (tensor<?x15xf32>, tensor<?x5xf32>, tensor<15x5xf32>) -> tensor<?x5xf32>
      rnn.yield %next : tensor<?x5xf32>
    } {schedule = #wide} : (tensor<?x?x15xf32>) -> (tensor<?x?x5xf32>, tensor<?x5xf32>)
    %g1 = rnn.project %y, %w {schedule = #wide} : (tensor<?x?x5xf32>, tensor<15x5xf32>) -> tensor<?x?x15xf32>
    // expected-error @+1 {{schedule: found none, expected that of every projection and scan}}
    %y1, %hn1 = rnn.scan %g1 {
    ^bb0(%gates: tensor<?x15xf32>, %h: tensor<?x5xf32>):
      %next = rnn.gru_cell %gates, %h, %w
          : (tensor<?x15xf32>, tensor<?x5xf32>, tensor<15x5xf32>) -> tensor<?x5xf32>
      rnn.yield %next : tensor<?x5xf32>
    } : (tensor<?x?x15xf32>) -> (tensor<?x?x5xf32>, tensor<?x5xf32>)
    %h_n = rnn.stack %hn, %hn1 : tensor<?x5xf32>, tensor<?x5xf32> -> tensor<2x?x5xf32>
    return %y1, %h_n : tensor<?x?x5xf32>, tensor<2x?x5xf32>
  }
}
