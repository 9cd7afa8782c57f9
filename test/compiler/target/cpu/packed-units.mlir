// RUN: grucc-opt %s --rnn-select-schedule="machine=x86-64-v4" --rnn-plan-model --rnn-pack-weights --rnn-lower-layers --rnn-outline-kernels --rnn-expand-workspace --rnn-walk-panels --rnn-expand-panel-dot --rnn-expand-cell | FileCheck %s

// Twenty units in vectors of 16: the gates of the last four share one. A k has 3 * 16 + 16
// weights, so that W_ih and W_hh have (2 + 20) * 256 bytes.
// CHECK: llvm.mlir.global internal constant @net.weights({{.*}}tensor<5632xi8>

// Four sums a row and k, each of 16 lanes.
// CHECK-LABEL: func.func private @net.project_2(
// CHECK: scf.while
// CHECK-COUNT-16: math.fma {{.*}} : vector<16xf32>
// CHECK-NOT: math.fma
// CHECK: scf.if

// One row: the packed gates are taken apart, and go on in a vector of four.
// CHECK-LABEL: func.func private @net.scan_row(
// CHECK: %[[R:.*]] = vector.extract_strided_slice %[[P:.*]] {offsets = [0], sizes = [4]
// CHECK: %[[Z:.*]] = vector.extract_strided_slice %[[P]] {offsets = [4], sizes = [4]
// CHECK: %[[N:.*]] = vector.extract_strided_slice %[[P]] {offsets = [8], sizes = [4]
// CHECK: %[[RS:.*]] = vector.extract_strided_slice %[[S:.*]] {offsets = [0], sizes = [4]
// CHECK: arith.addf %[[R]], %[[RS]] : vector<4xf32>
// CHECK: rnn.sigmoid {{.*}} : vector<4xf32>
// CHECK: rnn.tanh {{.*}} : vector<4xf32>

// Many rows: those of one at a time, then the last units of four rows in one vector; where
// there are no four, the last row stands in.
// CHECK-LABEL: func.func private @net.scan_rows(
// CHECK: rnn.tanh {{.*}} : vector<16xf32>
// CHECK: scf.for %[[FIRST:.*]] = %{{.*}} to %[[COUNT:.*]] step %c4
// CHECK: %[[LAST:.*]] = arith.subi %[[COUNT]], %c1
// CHECK: arith.minsi %[[FIRST]], %[[LAST]]
// CHECK-COUNT-3: arith.minsi
// CHECK: %[[TWO:.*]] = vector.shuffle {{.*}} : vector<4xf32>, vector<4xf32>
// CHECK: %[[FOUR:.*]] = vector.shuffle {{.*}} : vector<4xf32>, vector<4xf32>
// CHECK: vector.shuffle %[[TWO]], %[[FOUR]] {{.*}} : vector<8xf32>, vector<8xf32>
// CHECK: rnn.tanh {{.*}} : vector<16xf32>
// CHECK-NOT: rnn.tanh
// CHECK-COUNT-4: vector.store {{.*}} : memref<?xf32>, vector<4xf32>
// CHECK: return
func.func @net(%x: tensor<?x?x2xf32>) -> (tensor<?x?x20xf32>, tensor<1x?x20xf32>)
    attributes {rnn.network = #rnn.network<input_size = 2, hidden_size = 20, bias = false>} {
  %w_ih = arith.constant dense<0.1> : tensor<60x2xf32>
  %w_hh = arith.constant dense<0.3> : tensor<60x20xf32>
  %g = rnn.project %x, %w_ih : (tensor<?x?x2xf32>, tensor<60x2xf32>) -> tensor<?x?x60xf32>
  %y, %hn = rnn.scan %g {
  ^bb0(%gates: tensor<?x60xf32>, %h: tensor<?x20xf32>):
    %next = rnn.gru_cell %gates, %h, %w_hh
        : (tensor<?x60xf32>, tensor<?x20xf32>, tensor<60x20xf32>) -> tensor<?x20xf32>
    rnn.yield %next : tensor<?x20xf32>
  } : (tensor<?x?x60xf32>) -> (tensor<?x?x20xf32>, tensor<?x20xf32>)
  %h_n = rnn.stack %hn : tensor<?x20xf32> -> tensor<1x?x20xf32>
  return %y, %h_n : tensor<?x?x20xf32>, tensor<1x?x20xf32>
}
