// RUN: grucc-opt %s --rnn-select-schedule="machine=x86-64-v4" --rnn-plan-model --rnn-pack-weights --rnn-lower-layers --rnn-outline-kernels --rnn-expand-workspace --rnn-walk-panels --rnn-expand-panel-dot --rnn-expand-cell | FileCheck %s
// RUN: grucc-opt %s --rnn-select-schedule="machine=x86-64-v4" --rnn-plan-model --rnn-pack-weights --rnn-lower-layers --rnn-outline-kernels --rnn-expand-workspace --rnn-walk-panels --rnn-expand-panel-dot --rnn-expand-cell > %t.halved
// RUN: grucc-opt %s --rnn-select-schedule="machine=x86-64-v4 fields=row_lanes=0" \
// RUN:   --rnn-plan-model --rnn-pack-weights --rnn-lower-layers --rnn-outline-kernels --rnn-expand-workspace --rnn-walk-panels --rnn-expand-panel-dot --rnn-expand-cell > %t.whole
// RUN: grep llvm.mlir.global %t.halved > %t.halved-weights
// RUN: grep llvm.mlir.global %t.whole | diff %t.halved-weights -
// RUN: FileCheck %s --check-prefix=WHOLE < %t.whole

// Twelve units in one vector of 16 lanes, or for one row in two of 8: the second one's cells in
// as few lanes as its four units fill. Weights lie as they do for 16.
// CHECK-LABEL: func.func private @net.project_2(
// CHECK: math.fma {{.*}} : vector<16xf32>
// CHECK-LABEL: func.func private @net.scan_row(
// CHECK-NOT: vector<16xf32>
// CHECK: math.fma {{.*}} : vector<8xf32>
// CHECK: rnn.tanh {{.*}} : vector<8xf32>
// CHECK: rnn.tanh {{.*}} : vector<4xf32>
// CHECK-NOT: vector<16xf32>
// CHECK-LABEL: func.func private @net.scan_rows(
// CHECK-NOT: vector<8xf32>
// CHECK: math.fma {{.*}} : vector<16xf32>
// CHECK: rnn.tanh {{.*}} : vector<16xf32>
// CHECK-LABEL: func.func private @net.step_2(
// CHECK-NOT: vector<16xf32>
// CHECK: rnn.tanh {{.*}} : vector<8xf32>
// WHOLE-LABEL: func.func private @net.scan_row(
// WHOLE: rnn.tanh {{.*}} : vector<16xf32>
func.func @net(%x: tensor<?x?x2xf32>) -> (tensor<?x?x12xf32>, tensor<1x?x12xf32>)
    attributes {rnn.network = #rnn.network<input_size = 2, hidden_size = 12, bias = false>} {
  %w_ih = arith.constant dense<0.1> : tensor<36x2xf32>
  %w_hh = arith.constant dense<0.3> : tensor<36x12xf32>
  %g = rnn.project %x, %w_ih : (tensor<?x?x2xf32>, tensor<36x2xf32>) -> tensor<?x?x36xf32>
  %y, %hn = rnn.scan %g {
  ^bb0(%gates: tensor<?x36xf32>, %h: tensor<?x12xf32>):
    %next = rnn.gru_cell %gates, %h, %w_hh
        : (tensor<?x36xf32>, tensor<?x12xf32>, tensor<36x12xf32>) -> tensor<?x12xf32>
    rnn.yield %next : tensor<?x12xf32>
  } : (tensor<?x?x36xf32>) -> (tensor<?x?x12xf32>, tensor<?x12xf32>)
  %h_n = rnn.stack %hn : tensor<?x12xf32> -> tensor<1x?x12xf32>
  return %y, %h_n : tensor<?x?x12xf32>, tensor<1x?x12xf32>
}
