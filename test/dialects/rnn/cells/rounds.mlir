// RUN: cells-opt %s | cells-opt | FileCheck %s
// RUN: cells-opt --mlir-print-op-generic %s | cells-opt | FileCheck %s

#first = #rnn.matrix<gates = 2, units = 20, lanes = 8, vectors = 1, depth = 20, packs = false>
#last = #rnn.matrix<gates = 1, units = 20, lanes = 8, vectors = 1, depth = 20, packs = false>

// r and z of the first round, and r * h; then n, under z as the first round left it.
// CHECK-LABEL: @cell
func.func @cell(%r: vector<8xf32>, %z: vector<8xf32>, %n: vector<8xf32>, %h: vector<8xf32>) {
  // CHECK: %{{.*}}:2, %[[OPERAND:.*]] = rnn.cell_round 0 gates(%{{.*}}, %{{.*}}) sums(%{{.*}}, %{{.*}}) biases() h(%{{.*}}) {cell = #rnn.cell<"test.gru_reset_before_cell">} : vector<8xf32>
  %a, %b, %operand = rnn.cell_round 0 gates(%r, %z) sums(%r, %z) biases() h(%h)
      {cell = #rnn.cell<"test.gru_reset_before_cell">} : vector<8xf32>
  // CHECK: rnn.cell_update gates(%{{.*}}#0, %{{.*}}#1, %{{.*}}) sums(%{{.*}}) biases(%{{.*}}) h(%{{.*}}) {cell = #rnn.cell<"test.gru_reset_before_cell">} : vector<8xf32>
  %0 = rnn.cell_update gates(%a, %b, %n) sums(%operand) biases(%n) h(%h)
      {cell = #rnn.cell<"test.gru_reset_before_cell">} : vector<8xf32>
  return
}

// CHECK-LABEL: @scan
func.func @scan(%w: memref<?xi8>, %g: memref<?xf32>, %h: memref<?xf32>, %y: memref<?xf32>, %i: index) {
  // CHECK: rnn.scan_round 0 %{{.*}}[%{{.*}}] gates %{{.*}}[%{{.*}}] from %{{.*}}[%{{.*}}, %{{.*}}] rows %{{.*}} descending %{{.*}} panels %{{.*}} to %{{.*}} {cell = #rnn.cell<"test.gru_reset_before_cell">, matrix = #{{.*}}, one_row} : memref<?xf32>
  rnn.scan_round 0 %w[%i] gates %g[%i] from %h[%i, %i] rows %i descending %i panels %i to %i
      {matrix = #first, cell = #rnn.cell<"test.gru_reset_before_cell">, one_row} : memref<?xf32>
  // CHECK: rnn.scan_rows {{.*}} {bias = 64 : i64, cell = #rnn.cell<"test.gru_reset_before_cell">, matrix = #{{.*}}} : memref<?xf32>
  rnn.scan_rows %w[%i] gates %g[%i] from %h[%i, %i] into %y[%i, %i] rows %i descending %i
      panels %i to %i {matrix = #last, cell = #rnn.cell<"test.gru_reset_before_cell">, bias = 64} : memref<?xf32>
  return
}
