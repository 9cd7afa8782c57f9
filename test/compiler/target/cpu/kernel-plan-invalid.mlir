// RUN: grucc-opt %s --split-input-file --rnn-plan-model --rnn-pack-weights --verify-diagnostics

// As network-graph-invalid.mlir: what kernels for a CPU need beside the network.

// A projection with another schedule than its function.
#machine = #rnn.machine<name = "m", target = "x86-64-v3", fma_per_cycle = 2, loads_per_cycle = 2, mhz = 3000, l1_bytes = 32768, l2_bytes = 524288, l3_bytes = 16777216, l2_bandwidth = 32, l3_bandwidth = 12>
#schedule = #rnn.schedule<lanes = 4, panel = 1, tiles = [4, 1, 1, 1], k_block = 64, pair_blocks = true, k_chunk = 64, group_rows = 32, prefetch = false, chunk_rows = 512, zigzag = false, fuse_step = true, unroll = 1>
#other = #rnn.schedule<lanes = 4, panel = 1, tiles = [4, 1, 1, 1], k_block = 64, pair_blocks = true, k_chunk = 64, group_rows = 32, prefetch = false, chunk_rows = 512, zigzag = false, fuse_step = true, unroll = 2>
// expected-note @+1 {{which is here}}
func.func @projection(%x: tensor<?x?x2xf32>) -> (tensor<?x?x2xf32>, tensor<1x?x2xf32>)
    attributes {rnn.network = #rnn.network<input_size = 2, hidden_size = 2, bias = false>, rnn.machine = #machine, rnn.schedule = #schedule} {
  %w = arith.constant dense<0.5> : tensor<6x2xf32>
  %u = arith.constant dense<0.5> : tensor<6x2xf32>
  // expected-error @+1 {{schedule: found #rnn.schedule<lanes = 4,}}
  %g = rnn.project %x, %w {schedule = #other} : (tensor<?x?x2xf32>, tensor<6x2xf32>) -> tensor<?x?x6xf32>
  %y, %e = rnn.scan %g {
  ^bb0(%a: tensor<?x6xf32>, %h: tensor<?x2xf32>):
    %n = rnn.gru_cell %a, %h, %u : (tensor<?x6xf32>, tensor<?x2xf32>, tensor<6x2xf32>) -> tensor<?x2xf32>
    rnn.yield %n : tensor<?x2xf32>
  } {schedule = #schedule} : (tensor<?x?x6xf32>) -> (tensor<?x?x2xf32>, tensor<?x2xf32>)
  %s = rnn.stack %e : tensor<?x2xf32> -> tensor<1x?x2xf32>
  return %y, %s : tensor<?x?x2xf32>, tensor<1x?x2xf32>
}

// -----

// A scan without one.
#machine = #rnn.machine<name = "m", target = "x86-64-v3", fma_per_cycle = 2, loads_per_cycle = 2, mhz = 3000, l1_bytes = 32768, l2_bytes = 524288, l3_bytes = 16777216, l2_bandwidth = 32, l3_bandwidth = 12>
#schedule = #rnn.schedule<lanes = 4, panel = 1, tiles = [4, 1, 1, 1], k_block = 64, pair_blocks = true, k_chunk = 64, group_rows = 32, prefetch = false, chunk_rows = 512, zigzag = false, fuse_step = true, unroll = 1>
#other = #rnn.schedule<lanes = 4, panel = 1, tiles = [4, 1, 1, 1], k_block = 64, pair_blocks = true, k_chunk = 64, group_rows = 32, prefetch = false, chunk_rows = 512, zigzag = false, fuse_step = true, unroll = 2>
// expected-note @+1 {{which is here}}
func.func @scan(%x: tensor<?x?x2xf32>) -> (tensor<?x?x2xf32>, tensor<1x?x2xf32>)
    attributes {rnn.network = #rnn.network<input_size = 2, hidden_size = 2, bias = false>, rnn.machine = #machine, rnn.schedule = #schedule} {
  %w = arith.constant dense<0.5> : tensor<6x2xf32>
  %u = arith.constant dense<0.5> : tensor<6x2xf32>
  %g = rnn.project %x, %w {schedule = #schedule} : (tensor<?x?x2xf32>, tensor<6x2xf32>) -> tensor<?x?x6xf32>
  // expected-error @+1 {{schedule: found none, expected #rnn.schedule<lanes = 4,}}
  %y, %e = rnn.scan %g {
  ^bb0(%a: tensor<?x6xf32>, %h: tensor<?x2xf32>):
    %n = rnn.gru_cell %a, %h, %u : (tensor<?x6xf32>, tensor<?x2xf32>, tensor<6x2xf32>) -> tensor<?x2xf32>
    rnn.yield %n : tensor<?x2xf32>
  } : (tensor<?x?x6xf32>) -> (tensor<?x?x2xf32>, tensor<?x2xf32>)
  %s = rnn.stack %e : tensor<?x2xf32> -> tensor<1x?x2xf32>
  return %y, %s : tensor<?x?x2xf32>, tensor<1x?x2xf32>
}

// -----

// Ops' schedules alone, and no machine, are not what rnn-select-schedule leaves.
#machine = #rnn.machine<name = "m", target = "x86-64-v3", fma_per_cycle = 2, loads_per_cycle = 2, mhz = 3000, l1_bytes = 32768, l2_bytes = 524288, l3_bytes = 16777216, l2_bandwidth = 32, l3_bandwidth = 12>
#schedule = #rnn.schedule<lanes = 4, panel = 1, tiles = [4, 1, 1, 1], k_block = 64, pair_blocks = true, k_chunk = 64, group_rows = 32, prefetch = false, chunk_rows = 512, zigzag = false, fuse_step = true, unroll = 1>
#other = #rnn.schedule<lanes = 4, panel = 1, tiles = [4, 1, 1, 1], k_block = 64, pair_blocks = true, k_chunk = 64, group_rows = 32, prefetch = false, chunk_rows = 512, zigzag = false, fuse_step = true, unroll = 2>
// expected-error @+1 {{found no machine, expected rnn-select-schedule to have run}}
func.func @no_machine(%x: tensor<?x?x2xf32>) -> (tensor<?x?x2xf32>, tensor<1x?x2xf32>)
    attributes {rnn.network = #rnn.network<input_size = 2, hidden_size = 2, bias = false>, rnn.schedule = #schedule} {
  %w = arith.constant dense<0.5> : tensor<6x2xf32>
  %u = arith.constant dense<0.5> : tensor<6x2xf32>
  %g = rnn.project %x, %w {schedule = #schedule} : (tensor<?x?x2xf32>, tensor<6x2xf32>) -> tensor<?x?x6xf32>
  %y, %e = rnn.scan %g {
  ^bb0(%a: tensor<?x6xf32>, %h: tensor<?x2xf32>):
    %n = rnn.gru_cell %a, %h, %u : (tensor<?x6xf32>, tensor<?x2xf32>, tensor<6x2xf32>) -> tensor<?x2xf32>
    rnn.yield %n : tensor<?x2xf32>
  } {schedule = #schedule} : (tensor<?x?x6xf32>) -> (tensor<?x?x2xf32>, tensor<?x2xf32>)
  %s = rnn.stack %e : tensor<?x2xf32> -> tensor<1x?x2xf32>
  return %y, %s : tensor<?x?x2xf32>, tensor<1x?x2xf32>
}

// -----

#machine = #rnn.machine<name = "m", target = "x86-64-v3", fma_per_cycle = 2, loads_per_cycle = 2, mhz = 3000, l1_bytes = 32768, l2_bytes = 524288, l3_bytes = 16777216, l2_bandwidth = 32, l3_bandwidth = 12>
#schedule = #rnn.schedule<lanes = 4, panel = 1, tiles = [4, 1, 1, 1], k_block = 64, pair_blocks = true, k_chunk = 64, group_rows = 32, prefetch = false, chunk_rows = 512, zigzag = false, fuse_step = true, unroll = 1>
#other = #rnn.schedule<lanes = 4, panel = 1, tiles = [4, 1, 1, 1], k_block = 64, pair_blocks = true, k_chunk = 64, group_rows = 32, prefetch = false, chunk_rows = 512, zigzag = false, fuse_step = true, unroll = 2>
// expected-error @+1 {{found no schedule, expected rnn-select-schedule to have run}}
func.func @no_schedule(%x: tensor<?x?x2xf32>) -> (tensor<?x?x2xf32>, tensor<1x?x2xf32>)
    attributes {rnn.network = #rnn.network<input_size = 2, hidden_size = 2, bias = false>, rnn.machine = #machine} {
  %w = arith.constant dense<0.5> : tensor<6x2xf32>
  %u = arith.constant dense<0.5> : tensor<6x2xf32>
  %g = rnn.project %x, %w {schedule = #schedule} : (tensor<?x?x2xf32>, tensor<6x2xf32>) -> tensor<?x?x6xf32>
  %y, %e = rnn.scan %g {
  ^bb0(%a: tensor<?x6xf32>, %h: tensor<?x2xf32>):
    %n = rnn.gru_cell %a, %h, %u : (tensor<?x6xf32>, tensor<?x2xf32>, tensor<6x2xf32>) -> tensor<?x2xf32>
    rnn.yield %n : tensor<?x2xf32>
  } {schedule = #schedule} : (tensor<?x?x6xf32>) -> (tensor<?x?x2xf32>, tensor<?x2xf32>)
  %s = rnn.stack %e : tensor<?x2xf32> -> tensor<1x?x2xf32>
  return %y, %s : tensor<?x?x2xf32>, tensor<1x?x2xf32>
}

// -----

// NAME_pack copies numbers as they are.
#machine = #rnn.machine<name = "m", target = "x86-64-v3", fma_per_cycle = 2, loads_per_cycle = 2, mhz = 3000, l1_bytes = 32768, l2_bytes = 524288, l3_bytes = 16777216, l2_bandwidth = 32, l3_bandwidth = 12>
#schedule = #rnn.schedule<lanes = 4, panel = 1, tiles = [4, 1, 1, 1], k_block = 64, pair_blocks = true, k_chunk = 64, group_rows = 32, prefetch = false, chunk_rows = 512, zigzag = false, fuse_step = true, unroll = 1>
#other = #rnn.schedule<lanes = 4, panel = 1, tiles = [4, 1, 1, 1], k_block = 64, pair_blocks = true, k_chunk = 64, group_rows = 32, prefetch = false, chunk_rows = 512, zigzag = false, fuse_step = true, unroll = 2>
// expected-error @+1 {{found narrow storage of external weights, expected exact}}
func.func @narrow(%x: tensor<?x?x2xf32>, %w: tensor<6x2xf32>, %u: tensor<6x2xf32>) -> (tensor<?x?x2xf32>, tensor<1x?x2xf32>)
    attributes {rnn.network = #rnn.network<input_size = 2, hidden_size = 2, bias = false, external_weights = true>, rnn.machine = #machine, rnn.schedule = #schedule} {
  %g = rnn.project %x, %w {schedule = #schedule, storage = #rnn.storage<bfloat16>} : (tensor<?x?x2xf32>, tensor<6x2xf32>) -> tensor<?x?x6xf32>
  %y, %e = rnn.scan %g {
  ^bb0(%a: tensor<?x6xf32>, %h: tensor<?x2xf32>):
    %n = rnn.gru_cell %a, %h, %u : (tensor<?x6xf32>, tensor<?x2xf32>, tensor<6x2xf32>) -> tensor<?x2xf32>
    rnn.yield %n : tensor<?x2xf32>
  } {schedule = #schedule} : (tensor<?x?x6xf32>) -> (tensor<?x?x2xf32>, tensor<?x2xf32>)
  %s = rnn.stack %e : tensor<?x2xf32> -> tensor<1x?x2xf32>
  return %y, %s : tensor<?x?x2xf32>, tensor<1x?x2xf32>
}

// -----

// A schedule that nobody checked against the machine.
#machine = #rnn.machine<name = "m", target = "x86-64-v3", fma_per_cycle = 2, loads_per_cycle = 2, mhz = 3000, l1_bytes = 32768, l2_bytes = 524288, l3_bytes = 16777216, l2_bandwidth = 32, l3_bandwidth = 12>
#schedule = #rnn.schedule<lanes = 16, panel = 1, tiles = [4, 1, 1, 1], k_block = 64, pair_blocks = true, k_chunk = 64, group_rows = 32, prefetch = false, chunk_rows = 512, zigzag = false, fuse_step = true, unroll = 1>
// expected-error @+1 {{schedule: lanes: found 16, expected at most 8 on m}}
func.func @gru(%x: tensor<?x?x2xf32>) -> (tensor<?x?x2xf32>, tensor<1x?x2xf32>)
    attributes {rnn.network = #rnn.network<input_size = 2, hidden_size = 2, bias = false>, rnn.machine = #machine, rnn.schedule = #schedule} {
  %w = arith.constant dense<0.5> : tensor<6x2xf32>
  %g = rnn.project %x, %w {schedule = #schedule} : (tensor<?x?x2xf32>, tensor<6x2xf32>) -> tensor<?x?x6xf32>
  %y, %e = rnn.scan %g {
  ^bb0(%a: tensor<?x6xf32>, %h: tensor<?x2xf32>):
    %n = rnn.gru_cell %a, %h, %w : (tensor<?x6xf32>, tensor<?x2xf32>, tensor<6x2xf32>) -> tensor<?x2xf32>
    rnn.yield %n : tensor<?x2xf32>
  } {schedule = #schedule} : (tensor<?x?x6xf32>) -> (tensor<?x?x2xf32>, tensor<?x2xf32>)
  %s = rnn.stack %e : tensor<?x2xf32> -> tensor<1x?x2xf32>
  return %y, %s : tensor<?x?x2xf32>, tensor<1x?x2xf32>
}

// -----

#machine = #rnn.machine<name = "m", target = "x86-64-v3", fma_per_cycle = 2, loads_per_cycle = 2, mhz = 3000, l1_bytes = 32768, l2_bytes = 524288, l3_bytes = 16777216, l2_bandwidth = 32, l3_bandwidth = 12>
#schedule = #rnn.schedule<lanes = 4611686018427387904, panel = 1, tiles = [4, 1, 1, 1], k_block = 64, pair_blocks = true, k_chunk = 64, group_rows = 32, prefetch = false, chunk_rows = 512, zigzag = false, fuse_step = true, unroll = 1>
// expected-error @+1 {{schedule: lanes: found 4611686018427387904, expected at most 8 on m}}
func.func @gru(%x: tensor<?x?x2xf32>) -> (tensor<?x?x2xf32>, tensor<1x?x2xf32>)
    attributes {rnn.network = #rnn.network<input_size = 2, hidden_size = 2, bias = false>, rnn.machine = #machine, rnn.schedule = #schedule} {
  %w = arith.constant dense<0.5> : tensor<6x2xf32>
  %g = rnn.project %x, %w {schedule = #schedule} : (tensor<?x?x2xf32>, tensor<6x2xf32>) -> tensor<?x?x6xf32>
  %y, %e = rnn.scan %g {
  ^bb0(%a: tensor<?x6xf32>, %h: tensor<?x2xf32>):
    %n = rnn.gru_cell %a, %h, %w : (tensor<?x6xf32>, tensor<?x2xf32>, tensor<6x2xf32>) -> tensor<?x2xf32>
    rnn.yield %n : tensor<?x2xf32>
  } {schedule = #schedule} : (tensor<?x?x6xf32>) -> (tensor<?x?x2xf32>, tensor<?x2xf32>)
  %s = rnn.stack %e : tensor<?x2xf32> -> tensor<1x?x2xf32>
  return %y, %s : tensor<?x?x2xf32>, tensor<1x?x2xf32>
}

// -----

#machine = #rnn.machine<name = "m", target = "x86-64-v3", fma_per_cycle = 2, loads_per_cycle = 2, mhz = 3000, l1_bytes = 32768, l2_bytes = 524288, l3_bytes = 16777216, l2_bandwidth = 32, l3_bandwidth = 12>
#schedule = #rnn.schedule<lanes = 4, panel = 1, tiles = [10000000, 1, 1, 1], k_block = 64, pair_blocks = true, k_chunk = 64, group_rows = 32, prefetch = false, chunk_rows = 512, zigzag = false, fuse_step = true, unroll = 1>
// expected-error @+1 {{schedule: tiles: found 10000000, expected at most 16}}
func.func @gru(%x: tensor<?x?x2xf32>) -> (tensor<?x?x2xf32>, tensor<1x?x2xf32>)
    attributes {rnn.network = #rnn.network<input_size = 2, hidden_size = 2, bias = false>, rnn.machine = #machine, rnn.schedule = #schedule} {
  %w = arith.constant dense<0.5> : tensor<6x2xf32>
  %g = rnn.project %x, %w {schedule = #schedule} : (tensor<?x?x2xf32>, tensor<6x2xf32>) -> tensor<?x?x6xf32>
  %y, %e = rnn.scan %g {
  ^bb0(%a: tensor<?x6xf32>, %h: tensor<?x2xf32>):
    %n = rnn.gru_cell %a, %h, %w : (tensor<?x6xf32>, tensor<?x2xf32>, tensor<6x2xf32>) -> tensor<?x2xf32>
    rnn.yield %n : tensor<?x2xf32>
  } {schedule = #schedule} : (tensor<?x?x6xf32>) -> (tensor<?x?x2xf32>, tensor<?x2xf32>)
  %s = rnn.stack %e : tensor<?x2xf32> -> tensor<1x?x2xf32>
  return %y, %s : tensor<?x?x2xf32>, tensor<1x?x2xf32>
}

// -----

#machine = #rnn.machine<name = "m", target = "x86-64-v3", fma_per_cycle = 2, loads_per_cycle = 2, mhz = 3000, l1_bytes = 32768, l2_bytes = 524288, l3_bytes = 16777216, l2_bandwidth = 32, l3_bandwidth = 12>
#schedule = #rnn.schedule<lanes = 4, panel = 1, tiles = [4, 1, 1, 1], k_block = 64, pair_blocks = true, k_chunk = 64, group_rows = 32, prefetch = false, chunk_rows = 512, zigzag = false, fuse_step = true, unroll = 1, register_k = 9223372036854775807>
// expected-error @+1 {{schedule: register_k: found 9223372036854775807, expected at most 2}}
func.func @gru(%x: tensor<?x?x2xf32>) -> (tensor<?x?x2xf32>, tensor<1x?x2xf32>)
    attributes {rnn.network = #rnn.network<input_size = 2, hidden_size = 2, bias = false>, rnn.machine = #machine, rnn.schedule = #schedule} {
  %w = arith.constant dense<0.5> : tensor<6x2xf32>
  %g = rnn.project %x, %w {schedule = #schedule} : (tensor<?x?x2xf32>, tensor<6x2xf32>) -> tensor<?x?x6xf32>
  %y, %e = rnn.scan %g {
  ^bb0(%a: tensor<?x6xf32>, %h: tensor<?x2xf32>):
    %n = rnn.gru_cell %a, %h, %w : (tensor<?x6xf32>, tensor<?x2xf32>, tensor<6x2xf32>) -> tensor<?x2xf32>
    rnn.yield %n : tensor<?x2xf32>
  } {schedule = #schedule} : (tensor<?x?x6xf32>) -> (tensor<?x?x2xf32>, tensor<?x2xf32>)
  %s = rnn.stack %e : tensor<?x2xf32> -> tensor<1x?x2xf32>
  return %y, %s : tensor<?x?x2xf32>, tensor<1x?x2xf32>
}

// -----

// Units that share their vector with other gates.
#machine = #rnn.machine<name = "m", target = "x86-64-v3", fma_per_cycle = 2, loads_per_cycle = 2, mhz = 3000, l1_bytes = 32768, l2_bytes = 524288, l3_bytes = 16777216, l2_bandwidth = 32, l3_bandwidth = 12>
#schedule = #rnn.schedule<lanes = 8, panel = 1, tiles = [4, 1, 1, 1], k_block = 64, pair_blocks = true, k_chunk = 64, group_rows = 32, prefetch = false, chunk_rows = 512, zigzag = false, fuse_step = true, unroll = 1, register_k = 1>
// expected-error @+1 {{schedule: register_k: found 1, expected 0, since 2 units are not one vector of 8}}
func.func @gru(%x: tensor<?x?x2xf32>) -> (tensor<?x?x2xf32>, tensor<1x?x2xf32>)
    attributes {rnn.network = #rnn.network<input_size = 2, hidden_size = 2, bias = false>, rnn.machine = #machine, rnn.schedule = #schedule} {
  %w = arith.constant dense<0.5> : tensor<6x2xf32>
  %g = rnn.project %x, %w {schedule = #schedule} : (tensor<?x?x2xf32>, tensor<6x2xf32>) -> tensor<?x?x6xf32>
  %y, %e = rnn.scan %g {
  ^bb0(%a: tensor<?x6xf32>, %h: tensor<?x2xf32>):
    %n = rnn.gru_cell %a, %h, %w : (tensor<?x6xf32>, tensor<?x2xf32>, tensor<6x2xf32>) -> tensor<?x2xf32>
    rnn.yield %n : tensor<?x2xf32>
  } {schedule = #schedule} : (tensor<?x?x6xf32>) -> (tensor<?x?x2xf32>, tensor<?x2xf32>)
  %s = rnn.stack %e : tensor<?x2xf32> -> tensor<1x?x2xf32>
  return %y, %s : tensor<?x?x2xf32>, tensor<1x?x2xf32>
}

// -----

#machine = #rnn.machine<name = "m", target = "x86-64-v3", fma_per_cycle = 2, loads_per_cycle = 2, mhz = 3000, l1_bytes = 32768, l2_bytes = 524288, l3_bytes = 16777216, l2_bandwidth = 32, l3_bandwidth = 12>
#schedule = #rnn.schedule<lanes = 8, panel = 1, tiles = [4, 1, 1, 1], k_block = 64, pair_blocks = true, k_chunk = 64, group_rows = 32, prefetch = false, chunk_rows = 512, zigzag = false, fuse_step = true, unroll = 1, row_lanes = 2>
// expected-error @+1 {{schedule: row_lanes: found 2, expected 0, since 2 units are other panels by 2 than by 8}}
func.func @gru(%x: tensor<?x?x2xf32>) -> (tensor<?x?x2xf32>, tensor<1x?x2xf32>)
    attributes {rnn.network = #rnn.network<input_size = 2, hidden_size = 2, bias = false>, rnn.machine = #machine, rnn.schedule = #schedule} {
  %w = arith.constant dense<0.5> : tensor<6x2xf32>
  %g = rnn.project %x, %w {schedule = #schedule} : (tensor<?x?x2xf32>, tensor<6x2xf32>) -> tensor<?x?x6xf32>
  %y, %e = rnn.scan %g {
  ^bb0(%a: tensor<?x6xf32>, %h: tensor<?x2xf32>):
    %n = rnn.gru_cell %a, %h, %w : (tensor<?x6xf32>, tensor<?x2xf32>, tensor<6x2xf32>) -> tensor<?x2xf32>
    rnn.yield %n : tensor<?x2xf32>
  } {schedule = #schedule} : (tensor<?x?x6xf32>) -> (tensor<?x?x2xf32>, tensor<?x2xf32>)
  %s = rnn.stack %e : tensor<?x2xf32> -> tensor<1x?x2xf32>
  return %y, %s : tensor<?x?x2xf32>, tensor<1x?x2xf32>
}

// -----

#machine = #rnn.machine<name = "m", target = "x86-64-v3", fma_per_cycle = 2, loads_per_cycle = 2, mhz = 3000, l1_bytes = 32768, l2_bytes = 524288, l3_bytes = 16777216, l2_bandwidth = 32, l3_bandwidth = 12>
#schedule = #rnn.schedule<lanes = 4, panel = 1, tiles = [4, 1, 1, 1], k_block = 64, pair_blocks = true, k_chunk = 64, group_rows = 9223372036854775807, prefetch = false, chunk_rows = 512, zigzag = false, fuse_step = true, unroll = 1>
// expected-error @+1 {{schedule: group_rows: found 9223372036854775807, expected at most 128}}
func.func @gru(%x: tensor<?x?x2xf32>) -> (tensor<?x?x2xf32>, tensor<1x?x2xf32>)
    attributes {rnn.network = #rnn.network<input_size = 2, hidden_size = 2, bias = false>, rnn.machine = #machine, rnn.schedule = #schedule} {
  %w = arith.constant dense<0.5> : tensor<6x2xf32>
  %g = rnn.project %x, %w {schedule = #schedule} : (tensor<?x?x2xf32>, tensor<6x2xf32>) -> tensor<?x?x6xf32>
  %y, %e = rnn.scan %g {
  ^bb0(%a: tensor<?x6xf32>, %h: tensor<?x2xf32>):
    %n = rnn.gru_cell %a, %h, %w : (tensor<?x6xf32>, tensor<?x2xf32>, tensor<6x2xf32>) -> tensor<?x2xf32>
    rnn.yield %n : tensor<?x2xf32>
  } {schedule = #schedule} : (tensor<?x?x6xf32>) -> (tensor<?x?x2xf32>, tensor<?x2xf32>)
  %s = rnn.stack %e : tensor<?x2xf32> -> tensor<1x?x2xf32>
  return %y, %s : tensor<?x?x2xf32>, tensor<1x?x2xf32>
}
