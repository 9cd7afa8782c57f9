// RUN: grucc-opt %s | grucc-opt | FileCheck %s
// RUN: grucc-opt --mlir-print-op-generic %s | grucc-opt | FileCheck %s

#exact = #rnn.matrix<gates = 3, units = 20, lanes = 8, vectors = 2, depth = 70>
#bytes = #rnn.matrix<gates = 3, units = 8, lanes = 8, vectors = 1, depth = 8, kind = int8>

// CHECK-LABEL: @dot
func.func @dot(%w: memref<?xi8>, %x: memref<?xf32>, %at: index, %next: index) {
  %zero = arith.constant 0 : index
  // CHECK: rnn.panel_dot %{{.*}}[%{{.*}}] unit %{{.*}} of %{{.*}}[%{{.*}}, %{{.*}}] k %{{.*}} for 70 ahead %{{.*}} {matrix = #{{.*}}, vectors = 2 : i64}
  %0:12 = rnn.panel_dot %w[%at] unit %zero of %x[%at, %next] k %zero for 70 ahead %next
      {matrix = #exact, vectors = 2} : memref<?xf32>
      -> vector<8xf32>, vector<8xf32>, vector<8xf32>, vector<8xf32>, vector<8xf32>, vector<8xf32>,
         vector<8xf32>, vector<8xf32>, vector<8xf32>, vector<8xf32>, vector<8xf32>, vector<8xf32>
  return
}

// CHECK-LABEL: @narrow
func.func @narrow(%w: memref<?xi8>, %x: memref<?xf32>, %h: vector<8xf32>) {
  %zero = arith.constant 0 : index
  // CHECK: rnn.matrix_constants
  %c:4 = rnn.matrix_constants %w[%zero] {matrix = #bytes}
      : vector<8xi32>, vector<8xf32>, vector<8xi32>, vector<8xf32>
  // CHECK: rnn.panel_dot {{.*}} constants(%{{.*}} : vector<8xi32>, {{.*}}) unit {{.*}}beside = 2{{.*}}one_by_one{{.*}}unroll = 4
  %0:3 = rnn.panel_dot %w[%zero] constants(%c#0, %c#1, %c#2, %c#3 : vector<8xi32>, vector<8xf32>, vector<8xi32>, vector<8xf32>)
      unit %zero of %x[%zero] k %zero for 8 {matrix = #bytes, vectors = 1, unroll = 4, beside = 2, one_by_one}
      : memref<?xf32> -> vector<8xf32>, vector<8xf32>, vector<8xf32>
  // CHECK: rnn.panel_load
  %1:6 = rnn.panel_load %w[%zero] constants(%c#0, %c#1, %c#2, %c#3 : vector<8xi32>, vector<8xf32>, vector<8xi32>, vector<8xf32>)
      k 2 for 2 {matrix = #bytes}
      : vector<8xf32>, vector<8xf32>, vector<8xf32>, vector<8xf32>, vector<8xf32>, vector<8xf32>
  // CHECK: rnn.register_dot(%{{.*}}) of %{{.*}} : vector<8xf32> -> vector<8xf32>, vector<8xf32>, vector<8xf32>
  %2:3 = rnn.register_dot (%1#0, %1#1, %1#2, %1#3, %1#4, %1#5) of %h : vector<8xf32>
      -> vector<8xf32>, vector<8xf32>, vector<8xf32>
  // CHECK: rnn.cell_update gates(%{{.*}}) sums(%{{.*}}) biases(%{{.*}}) h(%{{.*}}) : vector<8xf32>
  %3 = rnn.cell_update gates(%0#0, %0#1, %0#2) sums(%2#0, %2#1, %2#2) biases(%h) h(%h) : vector<8xf32>
  return
}

// CHECK-LABEL: @scalars
func.func @scalars(%a: f64) -> f64 {
  // CHECK: rnn.cell_update {{.*}} biases() h(%{{.*}}) : f64
  %0 = rnn.cell_update gates(%a, %a, %a) sums(%a, %a, %a) biases() h(%a) : f64
  return %0 : f64
}
