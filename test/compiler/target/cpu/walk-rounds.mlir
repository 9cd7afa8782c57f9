// RUN: cells-opt %s --rnn-walk-panels --canonicalize | FileCheck %s

#machine = #rnn.machine<name = "m", target = "x86-64-v3", fma_per_cycle = 2, loads_per_cycle = 2, mhz = 3000, l1_bytes = 32768, l2_bytes = 262144, l3_bytes = 2097152, l2_bandwidth = 32, l3_bandwidth = 16>
#schedule = #rnn.schedule<lanes = 8, panel = 1, tiles = [4, 1, 1, 1], k_block = 64, pair_blocks = false, k_chunk = 256, group_rows = 32, unroll = 2, register_k = 0, chunk_rows = 128, zigzag = false, fuse_step = true, prefetch = false, split = "auto">

// A row has its gates r, z and n, eight units each, and behind them r * h of these: the first
// round writes r, z and r * h ...
// CHECK-LABEL: @first(
// CHECK-SAME: %[[W:.*]]: memref<?xi8>, %[[G:.*]]: memref<?xf32>, %[[H:.*]]: memref<?xf32>)
// CHECK-DAG: %[[AT0:.*]] = arith.constant 0 : index
// CHECK-DAG: %[[AT8:.*]] = arith.constant 8 : index
// CHECK-DAG: %[[AT24:.*]] = arith.constant 24 : index
// CHECK: %[[SUMS:.*]]:2 = rnn.panel_dot %[[W]]{{.*}} of %[[H]]
// CHECK: %[[R:.*]] = vector.load %[[G]][%[[AT0]]]
// CHECK: %[[Z:.*]] = vector.load %[[G]][%[[AT8]]]
// CHECK: %[[OLD:.*]] = vector.load %[[H]]
// CHECK: %[[GATES:.*]]:2, %[[OPERAND:.*]] = rnn.cell_round 0 gates(%[[R]], %[[Z]]) sums(%[[SUMS]]#0, %[[SUMS]]#1) biases() h(%[[OLD]])
// CHECK: vector.store %[[GATES]]#0, %[[G]][%[[AT0]]]
// CHECK: vector.store %[[GATES]]#1, %[[G]][%[[AT8]]]
// CHECK: vector.store %[[OPERAND]], %[[G]][%[[AT24]]]
func.func @first(%w: memref<?xi8>, %g: memref<?xf32>, %h: memref<?xf32>)
    attributes {rnn.machine = #machine, rnn.schedule = #schedule} {
  %0 = arith.constant 0 : index
  %1 = arith.constant 1 : index
  rnn.scan_round 0 %w[%0] gates %g[%0] from %h[%0, %0] rows %1 descending %0 panels %0 to %1
      {matrix = #rnn.matrix<gates = 2, units = 8, lanes = 8, vectors = 1, depth = 8, packs = false>,
       cell = #rnn.cell<"test.gru_reset_before_cell">, one_row} : memref<?xf32>
  return
}

// ... and the last one multiplies that r * h by W_hn. Rows are 32 elements and a line apart.
// CHECK-LABEL: @last(
// CHECK-SAME: %[[W:.*]]: memref<?xi8>, %[[G:.*]]: memref<?xf32>, %[[H:.*]]: memref<?xf32>, %[[Y:.*]]: memref<?xf32>,
// CHECK: %[[ASIDE:.*]] = memref.alloca
// CHECK: %[[AT:.*]] = arith.muli %{{.*}}, %c48
// CHECK: %[[FIRST:.*]] = arith.addi %[[AT]], %c24
// CHECK: rnn.panel_dot %[[W]]{{.*}} of %[[G]][%[[FIRST]], {{.*}} k %{{.*}} for 8
// CHECK: %[[SUM:.*]] = vector.load %[[ASIDE]]
// CHECK: %[[ROW:.*]] = arith.muli %{{.*}}, %c48
// CHECK: %[[R:.*]] = vector.load %[[G]][%[[ROW]]]
// CHECK: %[[Z:.*]] = vector.load %[[G]]
// CHECK: %[[N:.*]] = vector.load %[[G]]
// CHECK: %[[BIAS:.*]] = vector.bitcast
// CHECK: %[[OLD:.*]] = vector.load %[[H]]
// CHECK: %[[NEW:.*]] = rnn.cell_update gates(%[[R]], %[[Z]], %[[N]]) sums(%[[SUM]]) biases(%[[BIAS]]) h(%[[OLD]])
// CHECK: vector.store %[[NEW]], %[[Y]]
func.func @last(%w: memref<?xi8>, %g: memref<?xf32>, %h: memref<?xf32>, %y: memref<?xf32>, %rows: index)
    attributes {rnn.machine = #machine, rnn.schedule = #schedule} {
  %0 = arith.constant 0 : index
  %1 = arith.constant 1 : index
  %8 = arith.constant 8 : index
  rnn.scan_rows %w[%0] gates %g[%0] from %h[%0, %8] into %y[%0, %8] rows %rows descending %0
      panels %0 to %1
      {matrix = #rnn.matrix<gates = 1, units = 8, lanes = 8, vectors = 1, depth = 8, packs = false>,
       cell = #rnn.cell<"test.gru_reset_before_cell">, bias = 256} : memref<?xf32>
  return
}

// As many rows at a time as have no more sums than four with three gates, at most eight.
#wide = #rnn.schedule<lanes = 8, panel = 1, tiles = [4, 1, 1, 1], round_rows = 8, k_block = 64, pair_blocks = false, k_chunk = 256, group_rows = 32, unroll = 2, register_k = 0, chunk_rows = 128, zigzag = false, fuse_step = true, prefetch = false, split = "auto">

// CHECK-LABEL: @first_wide(
// CHECK: %{{.*}}:12 = rnn.panel_dot
// CHECK: %{{.*}}:8 = rnn.panel_dot
// CHECK: %{{.*}}:2 = rnn.panel_dot
func.func @first_wide(%w: memref<?xi8>, %g: memref<?xf32>, %h: memref<?xf32>, %rows: index)
    attributes {rnn.machine = #machine, rnn.schedule = #wide} {
  %0 = arith.constant 0 : index
  %1 = arith.constant 1 : index
  %8 = arith.constant 8 : index
  rnn.scan_round 0 %w[%0] gates %g[%0] from %h[%0, %8] rows %rows descending %0 panels %0 to %1
      {matrix = #rnn.matrix<gates = 2, units = 8, lanes = 8, vectors = 1, depth = 8, packs = false>,
       cell = #rnn.cell<"test.gru_reset_before_cell">} : memref<?xf32>
  return
}

// CHECK-LABEL: @last_wide(
// CHECK: %{{.*}}:8 = rnn.panel_dot
// CHECK: %{{.*}}:4 = rnn.panel_dot
// CHECK: %{{[0-9]+}} = rnn.panel_dot
func.func @last_wide(%w: memref<?xi8>, %g: memref<?xf32>, %h: memref<?xf32>, %y: memref<?xf32>, %rows: index)
    attributes {rnn.machine = #machine, rnn.schedule = #wide} {
  %0 = arith.constant 0 : index
  %1 = arith.constant 1 : index
  %8 = arith.constant 8 : index
  rnn.scan_rows %w[%0] gates %g[%0] from %h[%0, %8] into %y[%0, %8] rows %rows descending %0
      panels %0 to %1
      {matrix = #rnn.matrix<gates = 1, units = 8, lanes = 8, vectors = 1, depth = 8, packs = false>,
       cell = #rnn.cell<"test.gru_reset_before_cell">, bias = 256} : memref<?xf32>
  return
}

// One row: three panels of two gates at a time are no more sums than two of three; six of one gate
// are, too.
#streams = #rnn.schedule<lanes = 8, panel = 1, tiles = [4, 1, 1, 1], k_block = 64, pair_blocks = false, k_chunk = 256, group_rows = 32, unroll = 2, register_k = 0, chunk_rows = 128, zigzag = false, streams = 2, round_streams = 7, fuse_step = true, prefetch = false, split = "auto">

// CHECK-LABEL: @first_streams(
// CHECK: %{{.*}}:6 = rnn.panel_dot {{.*}}[%{{[a-z0-9_]+}}, %{{[a-z0-9_]+}}, %{{[a-z0-9_]+}}]
// CHECK: %{{.*}}:2 = rnn.panel_dot
// CHECK-LABEL: @last_streams(
// CHECK: %{{.*}}:6 = rnn.panel_dot
// CHECK: %{{[0-9]+}} = rnn.panel_dot
func.func @first_streams(%w: memref<?xi8>, %g: memref<?xf32>, %h: memref<?xf32>)
    attributes {rnn.machine = #machine, rnn.schedule = #streams} {
  %0 = arith.constant 0 : index
  %1 = arith.constant 1 : index
  %8 = arith.constant 8 : index
  rnn.scan_round 0 %w[%0] gates %g[%0] from %h[%0, %0] rows %1 descending %0 panels %0 to %8
      {matrix = #rnn.matrix<gates = 2, units = 64, lanes = 8, vectors = 1, depth = 64, packs = false>,
       cell = #rnn.cell<"test.gru_reset_before_cell">, one_row} : memref<?xf32>
  return
}
func.func @last_streams(%w: memref<?xi8>, %g: memref<?xf32>, %h: memref<?xf32>, %y: memref<?xf32>)
    attributes {rnn.machine = #machine, rnn.schedule = #streams} {
  %0 = arith.constant 0 : index
  %1 = arith.constant 1 : index
  %8 = arith.constant 8 : index
  rnn.scan_rows %w[%0] gates %g[%0] from %h[%0, %0] into %y[%0, %0] rows %1 descending %0
      panels %0 to %8
      {matrix = #rnn.matrix<gates = 1, units = 64, lanes = 8, vectors = 1, depth = 64, packs = false>,
       cell = #rnn.cell<"test.gru_reset_before_cell">, bias = 2048, one_row} : memref<?xf32>
  return
}
