// RUN: cells-opt %s --split-input-file --rnn-hoist-projection --rnn-fold-biases --canonicalize | FileCheck %s

// A layer becomes the projection and the scan of the cell that it names. H = 1: b_ih and
// b_hh are added for all four gates, and nothing stays with the cell.
// CHECK-LABEL: func.func @lstm
// CHECK-DAG: %[[BX:.*]] = arith.constant dense<[1.100000e+01, 2.200000e+01, 3.300000e+01, 4.400000e+01]>
// CHECK: rnn.project %{{.*}}, %{{.*}} bias(%[[BX]]) {cell = #rnn.cell<"test.lstm_cell">}
// CHECK: test.lstm_cell %{{[^,]*}}, %{{[^,]*}}, %{{[^,]*}} :
func.func @lstm(%x: tensor<?x?x2xf32>, %w_ih: tensor<4x2xf32>, %w_hh: tensor<4x1xf32>)
    -> (tensor<?x?x1xf32>, tensor<?x2xf32>) {
  %b_ih = arith.constant dense<[1.0, 2.0, 3.0, 4.0]> : tensor<4xf32>
  %b_hh = arith.constant dense<[10.0, 20.0, 30.0, 40.0]> : tensor<4xf32>
  %y, %h_n = rnn.layer %x weights(%w_ih, %w_hh) biases(%b_ih, %b_hh) {cell = #rnn.cell<"test.lstm_cell">}
      : (tensor<?x?x2xf32>, tensor<4x2xf32>, tensor<4x1xf32>, tensor<4xf32>, tensor<4xf32>)
      -> (tensor<?x?x1xf32>, tensor<?x2xf32>)
  return %y, %h_n : tensor<?x?x1xf32>, tensor<?x2xf32>
}

// -----

// CHECK-LABEL: func.func @rnn
// CHECK-DAG: %[[BX:.*]] = arith.constant dense<1.100000e+01>
// CHECK: rnn.project %{{.*}}, %{{.*}} bias(%[[BX]]) {cell = #rnn.cell<"test.rnn_cell">}
// CHECK: test.rnn_cell %{{[^,]*}}, %{{[^,]*}}, %{{[^,]*}} :
func.func @rnn(%x: tensor<?x?x2xf32>, %w_ih: tensor<1x2xf32>, %w_hh: tensor<1x1xf32>)
    -> (tensor<?x?x1xf32>, tensor<?x1xf32>) {
  %b_ih = arith.constant dense<[1.0]> : tensor<1xf32>
  %b_hh = arith.constant dense<[10.0]> : tensor<1xf32>
  %y, %h_n = rnn.layer %x weights(%w_ih, %w_hh) biases(%b_ih, %b_hh) {cell = #rnn.cell<"test.rnn_cell">}
      : (tensor<?x?x2xf32>, tensor<1x2xf32>, tensor<1x1xf32>, tensor<1xf32>, tensor<1xf32>)
      -> (tensor<?x?x1xf32>, tensor<?x1xf32>)
  return %y, %h_n : tensor<?x?x1xf32>, tensor<?x1xf32>
}

// -----

// b_hn comes to the recurrent sum before that meets the input part: it stays there.
// CHECK-LABEL: func.func @reset_before
// CHECK-SAME: %[[BIH:[a-z0-9]*]]: tensor<9xf32>, %[[BHH:[a-z0-9]*]]: tensor<9xf32>)
// CHECK: %[[BX:.*]], %[[BHN:.*]] = rnn.fold_biases %[[BIH]], %[[BHH]] {cell = #rnn.cell<"test.gru_reset_before_cell">} : (tensor<9xf32>, tensor<9xf32>) -> (tensor<9xf32>, tensor<3xf32>)
// CHECK: rnn.project %{{.*}}, %{{.*}} bias(%[[BX]])
// CHECK: test.gru_reset_before_cell %{{.*}} bias(%[[BHN]])
func.func @reset_before(%x: tensor<?x?x2xf32>, %w_ih: tensor<9x2xf32>, %w_hh: tensor<9x3xf32>,
                        %b_ih: tensor<9xf32>, %b_hh: tensor<9xf32>) -> tensor<?x?x3xf32> {
  %y, %h_n = rnn.layer %x weights(%w_ih, %w_hh) biases(%b_ih, %b_hh)
      {cell = #rnn.cell<"test.gru_reset_before_cell">}
      : (tensor<?x?x2xf32>, tensor<9x2xf32>, tensor<9x3xf32>, tensor<9xf32>, tensor<9xf32>)
      -> (tensor<?x?x3xf32>, tensor<?x3xf32>)
  return %y : tensor<?x?x3xf32>
}
