// RUN: grucc-opt %s --rnn-select-schedule="machine=x86-64-v4 fields=register_k=2" \
// RUN:   --rnn-plan-model --rnn-pack-weights --rnn-lower-layers --rnn-outline-kernels --rnn-expand-workspace --rnn-walk-panels --rnn-expand-panel-dot --rnn-expand-cell | FileCheck %s
// RUN: grucc-opt %s --rnn-select-schedule="machine=x86-64-v4 fields=register_k=0" \
// RUN:   --rnn-plan-model --rnn-pack-weights --rnn-lower-layers --rnn-outline-kernels --rnn-expand-workspace --rnn-walk-panels --rnn-expand-panel-dot --rnn-expand-cell | FileCheck %s --check-prefix=NONE --implicit-check-not=scan_steps

// Five units in a vector of eight lanes: the weights of two k, three vectors each, are loaded
// before the first step, those of the other three k in every step. All of it is straight-line code.
// CHECK-LABEL: func.func private @net.scan_steps(
// CHECK-COUNT-6: vector.bitcast {{.*}} to vector<8xf32>
// CHECK: %[[H0:.*]] = vector.load {{.*}} : memref<?xf32>, vector<5xf32>
// CHECK: %[[START:.*]] = vector.insert_strided_slice %[[H0]]
// CHECK: scf.for {{.*}} iter_args(%{{.*}} = %{{.*}}, %{{.*}} = %{{.*}}, %[[H:.*]] = %[[START]])
// The state goes from a register to all lanes of another.
// CHECK-NOT: scf.for
// CHECK-COUNT-9: vector.bitcast {{.*}} to vector<8xf32>
// CHECK-NOT: vector.bitcast {{.*}} to vector<8xf32>
// CHECK: vector.shuffle %[[H]], %[[H]] [0, 0, 0, 0, 0, 0, 0, 0]
// CHECK-COUNT-3: math.fma
// CHECK: vector.shuffle %[[H]], %[[H]] [1, 1, 1, 1, 1, 1, 1, 1]
// CHECK: vector.shuffle %[[H]], %[[H]] [4, 4, 4, 4, 4, 4, 4, 4]
// CHECK-COUNT-3: math.fma
// CHECK-NOT: vector.shuffle
// CHECK: %[[NEXT:.*]] = arith.select {{.*}} : vector<8xi1>, vector<8xf32>
// CHECK: %[[UNITS:.*]] = vector.extract_strided_slice %[[NEXT]] {offsets = [0], sizes = [5]
// CHECK: vector.store %[[UNITS]]
// CHECK: scf.yield %{{.*}}, %{{.*}}, %[[NEXT]]
// CHECK: return

// One row takes it for a whole chunk of steps, several rows step by step.
// CHECK-LABEL: func.func private @net.layer(
// CHECK: scf.if
// CHECK: call @net.scan_steps(
// CHECK: } else {
// CHECK: scf.for
// CHECK: call @net.scan_rows(

// NONE-LABEL: func.func private @net.layer(
func.func @net(%x: tensor<?x?x2xf32>) -> (tensor<?x?x5xf32>, tensor<1x?x5xf32>)
    attributes {rnn.network = #rnn.network<input_size = 2, hidden_size = 5, bias = false>} {
  %w_ih = arith.constant dense<0.1> : tensor<15x2xf32>
  %w_hh = arith.constant dense<0.3> : tensor<15x5xf32>
  %g = rnn.project %x, %w_ih : (tensor<?x?x2xf32>, tensor<15x2xf32>) -> tensor<?x?x15xf32>
  %y, %hn = rnn.scan %g {
  ^bb0(%gates: tensor<?x15xf32>, %h: tensor<?x5xf32>):
    %next = rnn.gru_cell %gates, %h, %w_hh
        : (tensor<?x15xf32>, tensor<?x5xf32>, tensor<15x5xf32>) -> tensor<?x5xf32>
    rnn.yield %next : tensor<?x5xf32>
  } : (tensor<?x?x15xf32>) -> (tensor<?x?x5xf32>, tensor<?x5xf32>)
  %h_n = rnn.stack %hn : tensor<?x5xf32> -> tensor<1x?x5xf32>
  return %y, %h_n : tensor<?x?x5xf32>, tensor<1x?x5xf32>
}
