// RUN: grucc-opt %s --rnn-fold-biases --canonicalize | FileCheck %s

// H = 1: b_ih = [1, 2, 3], b_hh = [10, 20, 30]; b_hn = 30 stays with the cell.
// CHECK-LABEL: func.func @constants_are_folded_at_once
// CHECK-DAG: %[[BX:.*]] = arith.constant dense<[1.100000e+01, 2.200000e+01, 3.000000e+00]> : tensor<3xf32>
// CHECK-DAG: %[[BHN:.*]] = arith.constant dense<3.000000e+01> : tensor<1xf32>
// CHECK: rnn.project %{{.*}}, %{{.*}} bias(%[[BX]])
// CHECK: rnn.gru_cell %{{.*}}, %{{.*}}, %{{.*}} bias(%[[BHN]])
func.func @constants_are_folded_at_once(
    %x: tensor<?x?x2xf32>, %w_ih: tensor<3x2xf32>, %w_hh: tensor<3x1xf32>) -> tensor<?x?x1xf32> {
  %b_ih = arith.constant dense<[1.0, 2.0, 3.0]> : tensor<3xf32>
  %b_hh = arith.constant dense<[10.0, 20.0, 30.0]> : tensor<3xf32>
  %g = rnn.project %x, %w_ih bias(%b_ih)
      : (tensor<?x?x2xf32>, tensor<3x2xf32>, tensor<3xf32>) -> tensor<?x?x3xf32>
  %y, %hn = rnn.scan %g {
  ^bb0(%gates: tensor<?x3xf32>, %h: tensor<?x1xf32>):
    %next = rnn.gru_cell %gates, %h, %w_hh bias(%b_hh)
        : (tensor<?x3xf32>, tensor<?x1xf32>, tensor<3x1xf32>, tensor<3xf32>) -> tensor<?x1xf32>
    rnn.yield %next : tensor<?x1xf32>
  } : (tensor<?x?x3xf32>) -> (tensor<?x?x1xf32>, tensor<?x1xf32>)
  return %y : tensor<?x?x1xf32>
}

// CHECK-LABEL: func.func @unknown_biases_are_folded_by_an_op
// CHECK-SAME: %[[BIH:[a-z0-9]*]]: tensor<9xf32>, %[[BHH:[a-z0-9]*]]: tensor<9xf32>)
// CHECK: %[[BX:.*]], %[[BHN:.*]] = rnn.fold_biases %[[BIH]], %[[BHH]]
// CHECK: rnn.project %{{.*}}, %{{.*}} bias(%[[BX]])
// CHECK: rnn.gru_cell %{{.*}}, %{{.*}}, %{{.*}} bias(%[[BHN]])
func.func @unknown_biases_are_folded_by_an_op(
    %x: tensor<?x?x2xf32>, %w_ih: tensor<9x2xf32>, %w_hh: tensor<9x3xf32>, %b_ih: tensor<9xf32>,
    %b_hh: tensor<9xf32>) -> tensor<?x?x3xf32> {
  %g = rnn.project %x, %w_ih bias(%b_ih)
      : (tensor<?x?x2xf32>, tensor<9x2xf32>, tensor<9xf32>) -> tensor<?x?x9xf32>
  %y, %hn = rnn.scan %g {
  ^bb0(%gates: tensor<?x9xf32>, %h: tensor<?x3xf32>):
    %next = rnn.gru_cell %gates, %h, %w_hh bias(%b_hh)
        : (tensor<?x9xf32>, tensor<?x3xf32>, tensor<9x3xf32>, tensor<9xf32>) -> tensor<?x3xf32>
    rnn.yield %next : tensor<?x3xf32>
  } : (tensor<?x?x9xf32>) -> (tensor<?x?x3xf32>, tensor<?x3xf32>)
  return %y : tensor<?x?x3xf32>
}
