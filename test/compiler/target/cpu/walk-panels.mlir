// RUN: grucc-opt %s --split-input-file --rnn-walk-panels --canonicalize --verify-diagnostics | FileCheck %s

#machine = #rnn.machine<name = "m", target = "x86-64-v3", fma_per_cycle = 2, loads_per_cycle = 2, mhz = 3000, l1_bytes = 32768, l2_bytes = 262144, l3_bytes = 2097152, l2_bandwidth = 32, l3_bandwidth = 16>
#schedule = #rnn.schedule<lanes = 8, panel = 1, tiles = [4, 1, 1, 1], k_block = 64, pair_blocks = false, k_chunk = 256, group_rows = 32, unroll = 2, register_k = 0, chunk_rows = 128, zigzag = true, fuse_step = true, prefetch = false, split = "auto">
#matrix = #rnn.matrix<gates = 3, units = 20, lanes = 8, vectors = 1, depth = 20>

// Panels go up or down; the last one, of four units, has code of its own.
// CHECK-LABEL: @row(
// CHECK: scf.for
// CHECK: scf.if
// CHECK: %[[SUMS:.*]]:3 = rnn.panel_dot {{.*}}tail, unroll = 2
// CHECK: rnn.cell_update gates({{.*}}) sums({{.*}}) biases(%{{.*}}) h(%{{.*}}) : vector<4xf32>
// CHECK: vector.store {{.*}} : memref<?xf32>, vector<4xf32>
// CHECK: else
// CHECK: %[[SUMS:.*]]:3 = rnn.panel_dot {{.*}}unroll = 2
// CHECK: rnn.cell_update gates({{.*}}) sums(%[[SUMS]]#0, %[[SUMS]]#1, %[[SUMS]]#2) biases(%{{.*}}) h(%{{.*}}) : vector<8xf32>
// CHECK: vector.store {{.*}} : memref<?xf32>, vector<8xf32>
func.func @row(%w: memref<?xi8>, %g: memref<?xf32>, %h: memref<?xf32>, %y: memref<?xf32>, %down: index)
    attributes {rnn.machine = #machine, rnn.schedule = #schedule} {
  %0 = arith.constant 0 : index
  %1 = arith.constant 1 : index
  %3 = arith.constant 3 : index
  rnn.scan_rows %w[%0] gates %g[%0] from %h[%0, %0] into %y[%0, %0] rows %1 descending %down
      panels %0 to %3 {matrix = #matrix, bias = 4800, one_row} : memref<?xf32>
  return
}

// Rows go in tiles of four, what is left one by one; sums wait on the stack.
// CHECK-LABEL: @project(
// CHECK: memref.alloca() {alignment = 64 : i64}
// CHECK: scf.while
// CHECK: rnn.panel_dot {{.*}}[%{{.*}}, %{{.*}}, %{{.*}}, %{{.*}}] k {{.*}} for 20
// CHECK: rnn.panel_dot {{.*}}[%{{[^,]*}}] k {{.*}} for 20
// CHECK-NOT: rnn.panel_dot
// CHECK: return
func.func @project(%w: memref<?xi8>, %x: memref<?xf32>, %g: memref<?xf32>, %rows: index)
    attributes {rnn.machine = #machine, rnn.schedule = #schedule} {
  %0 = arith.constant 0 : index
  %3 = arith.constant 3 : index
  %20 = arith.constant 20 : index
  rnn.project_rows %w[%0] of %x[%0, %20] into %g[%0, %20] rows %rows panels %0 to %3
      {matrix = #matrix} : memref<?xf32>
  return
}

// -----

#machine = #rnn.machine<name = "m", target = "x86-64-v3", fma_per_cycle = 2, loads_per_cycle = 2, mhz = 3000, l1_bytes = 32768, l2_bytes = 262144, l3_bytes = 2097152, l2_bandwidth = 32, l3_bandwidth = 16>
#schedule = #rnn.schedule<lanes = 8, panel = 1, tiles = [4, 1, 1, 1], k_block = 64, pair_blocks = true, k_chunk = 256, group_rows = 32, unroll = 2, register_k = 0, chunk_rows = 128, zigzag = true, streams = 2, fuse_step = true, prefetch = false, split = "auto">
#matrix = #rnn.matrix<gates = 3, units = 44, lanes = 8, vectors = 1, depth = 44>

// Five whole panels and a tail: two pairs side by side, the fifth alone, the tail; descending the
// other way.
// CHECK-LABEL: @pairs(
// CHECK: %[[PAIRS:.*]] = arith.divui %{{.*}}, %c2
// CHECK: scf.for %[[I:[^ ]+]] =
// CHECK: %[[TURN:.*]] = arith.select %{{.*}}, %{{.*}}, %[[I]]
// CHECK: %[[IS_PAIR:.*]] = arith.cmpi slt, %[[TURN]], %[[PAIRS]]
// CHECK: scf.if %[[IS_PAIR]]
// CHECK: %[[SUMS:.*]]:6 = rnn.panel_dot %{{[^[]*}}[%{{[^,]*}}, %{{[^,]*}}]
// CHECK: rnn.cell_update {{.*}}sums(%[[SUMS]]#0, %[[SUMS]]#1, %[[SUMS]]#2)
// CHECK: rnn.cell_update {{.*}}sums(%[[SUMS]]#3, %[[SUMS]]#4, %[[SUMS]]#5)
// CHECK: else
// CHECK: rnn.panel_dot %{{[^[]*}}[%{{[^,]*}}] {{.*}}tail
// CHECK: rnn.panel_dot %{{[^[]*}}[%{{[^,]*}}] unit
// CHECK-NOT: rnn.panel_dot
func.func @pairs(%w: memref<?xi8>, %g: memref<?xf32>, %h: memref<?xf32>, %y: memref<?xf32>, %down: index, %first: index)
    attributes {rnn.machine = #machine, rnn.schedule = #schedule} {
  %0 = arith.constant 0 : index
  %1 = arith.constant 1 : index
  %6 = arith.constant 6 : index
  rnn.scan_rows %w[%0] gates %g[%0] from %h[%0, %0] into %y[%0, %0] rows %1 descending %down
      panels %first to %6 {matrix = #matrix, one_row} : memref<?xf32>
  return
}

// -----

#machine = #rnn.machine<name = "m", target = "x86-64-v3", fma_per_cycle = 2, loads_per_cycle = 2, mhz = 3000, l1_bytes = 32768, l2_bytes = 262144, l3_bytes = 2097152, l2_bandwidth = 32, l3_bandwidth = 16>
#schedule = #rnn.schedule<lanes = 8, panel = 1, tiles = [2, 1, 1, 1], k_block = 64, pair_blocks = true, k_chunk = 256, group_rows = 32, unroll = 2, register_k = 0, chunk_rows = 128, zigzag = true, streams = 2, stream_rows = 3, fuse_step = true, prefetch = false, split = "auto">
#matrix = #rnn.matrix<gates = 3, units = 148, lanes = 8, vectors = 1, depth = 148>

// Up to three rows go through two panels at a time, 8 k of each in turn, from what is on the stack
// on; of 148 k two blocks are whole, 16 more are in turns, and 4 are left. More rows go through one
// panel at a time.
// CHECK-LABEL: @few_rows(
// CHECK-SAME: %[[ROWS:[^:]*]]: index, %{{[^:]*}}: index)
// CHECK: %[[ASIDE:.*]] = memref.alloca() {{.*}}: memref<{{[0-9]+}}xf32>
// CHECK: %[[FEW:.*]] = arith.cmpi slt, %[[ROWS]], %c4
// CHECK: %[[SIZE:.*]] = arith.select %[[FEW]], %c2, %c1
// CHECK: scf.for
// CHECK: scf.if %[[FEW]]
// CHECK: scf.for %{{.*}} = %c0 to %c128 step %c64
// CHECK: scf.for %{{.*}} step %c8
// CHECK: vector.load %[[ASIDE]]
// CHECK: rnn.panel_dot {{.*}} for 8 onto(
// CHECK: vector.store %{{.*}}, %[[ASIDE]]
// CHECK: arith.addf
// CHECK: scf.for %{{.*}} = %c128 to %c144 step %c8
// CHECK: rnn.panel_dot {{.*}} for 8 onto(
// CHECK: rnn.panel_dot {{.*}}k %c144 for 4 onto(
// CHECK: arith.addf
// CHECK: rnn.cell_update
// CHECK: else
// CHECK: rnn.panel_dot
// CHECK-NOT: onto
func.func @few_rows(%w: memref<?xi8>, %g: memref<?xf32>, %h: memref<?xf32>, %y: memref<?xf32>, %rows: index, %down: index)
    attributes {rnn.machine = #machine, rnn.schedule = #schedule} {
  %0 = arith.constant 0 : index
  %19 = arith.constant 19 : index
  %148 = arith.constant 148 : index
  rnn.scan_rows %w[%0] gates %g[%0] from %h[%0, %148] into %y[%0, %148] rows %rows descending %down
      panels %0 to %19 {matrix = #matrix} : memref<?xf32>
  return
}

// -----

#matrix = #rnn.matrix<gates = 3, units = 20, lanes = 8, vectors = 1, depth = 20>
// expected-note @+1 {{which is here}}
func.func @unscheduled(%w: memref<?xi8>, %x: memref<?xf32>, %i: index) {
  // expected-error @+1 {{rnn.schedule: found none, expected it on the function}}
  rnn.project_rows %w[%i] of %x[%i, %i] into %x[%i, %i] rows %i panels %i to %i {matrix = #matrix}
      : memref<?xf32>
  return
}

// -----

#machine = #rnn.machine<name = "m", target = "x86-64-v3", fma_per_cycle = 2, loads_per_cycle = 2, mhz = 3000, l1_bytes = 32768, l2_bytes = 262144, l3_bytes = 2097152, l2_bandwidth = 32, l3_bandwidth = 16>
#schedule = #rnn.schedule<lanes = 4, panel = 1, tiles = [4, 1, 1, 1], k_block = 64, pair_blocks = false, k_chunk = 256, group_rows = 32, unroll = 2, register_k = 0, chunk_rows = 128, zigzag = true, fuse_step = true, prefetch = false, split = "auto">
#matrix = #rnn.matrix<gates = 3, units = 20, lanes = 8, vectors = 1, depth = 20>
// expected-note @+1 {{whose schedule is here}}
func.func @other(%w: memref<?xi8>, %x: memref<?xf32>, %i: index)
    attributes {rnn.machine = #machine, rnn.schedule = #schedule} {
  // expected-error @+1 {{matrix: found panels of 1 vectors of 8, expected 1 of 4 as scheduled}}
  rnn.project_rows %w[%i] of %x[%i, %i] into %x[%i, %i] rows %i panels %i to %i {matrix = #matrix}
      : memref<?xf32>
  return
}

// -----

#machine = #rnn.machine<name = "m", target = "x86-64-v3", fma_per_cycle = 2, loads_per_cycle = 2, mhz = 3000, l1_bytes = 32768, l2_bytes = 262144, l3_bytes = 2097152, l2_bandwidth = 32, l3_bandwidth = 16>
#schedule = #rnn.schedule<lanes = 8, panel = 1, tiles = [4, 1, 1, 1], k_block = 64, pair_blocks = false, k_chunk = 256, group_rows = 32, unroll = 2, register_k = 0, chunk_rows = 128, zigzag = true, fuse_step = true, prefetch = false, split = "auto">
#matrix = #rnn.matrix<gates = 3, units = 20, lanes = 8, vectors = 1, depth = 20>
func.func @not_outlined(%w: memref<?xi8>, %x: memref<?xf32>, %i: index)
    attributes {rnn.machine = #machine, rnn.schedule = #schedule} {
  // expected-error @+1 {{kernel: found 'net.project', expected rnn-outline-kernels to have run}}
  rnn.project_rows %w[%i] of %x[%i, %i] into %x[%i, %i] rows %i panels %i to %i
      {matrix = #matrix, kernel = "net.project"} : memref<?xf32>
  return
}

// -----

#machine = #rnn.machine<name = "m", target = "x86-64-v3", fma_per_cycle = 2, loads_per_cycle = 2, mhz = 3000, l1_bytes = 32768, l2_bytes = 262144, l3_bytes = 2097152, l2_bandwidth = 32, l3_bandwidth = 16>
#schedule = #rnn.schedule<lanes = 8, panel = 1, tiles = [4, 1, 1, 1], k_block = 64, pair_blocks = false, k_chunk = 256, group_rows = 32, unroll = 2, register_k = 6, chunk_rows = 128, zigzag = true, fuse_step = true, prefetch = false, split = "auto">
#matrix = #rnn.matrix<gates = 3, units = 5, lanes = 8, vectors = 1, depth = 5>
// expected-note @+1 {{whose schedule is here}}
func.func @more_than_all(%w: memref<?xi8>, %g: memref<?xf32>, %h: memref<?xf32>, %i: index)
    attributes {rnn.machine = #machine, rnn.schedule = #schedule} {
  // expected-error @+1 {{register_k: found 6, expected at most 5}}
  rnn.scan_steps %w[%i] gates %g[%i, %i] from %h[%i] into %g[%i, %i] steps %i {matrix = #matrix}
      : memref<?xf32>
  return
}
