// RUN: grucc-opt %s --rnn-hoist-projection | FileCheck %s

// CHECK-LABEL: func.func @projection_leaves_the_loop
// CHECK-SAME: (%[[X:.*]]: tensor<?x?x2xf32>, %[[H0:.*]]: tensor<?x3xf32>, %[[WIH:.*]]: tensor<9x2xf32>, %[[WHH:.*]]: tensor<9x3xf32>, %[[BIH:.*]]: tensor<9xf32>, %[[BHH:.*]]: tensor<9xf32>)
// CHECK: %[[G:.*]] = rnn.project %[[X]], %[[WIH]] bias(%[[BIH]])
// CHECK: %[[Y:.*]], %[[HN:.*]] = rnn.scan %[[G]] h_0(%[[H0]]) {
// CHECK: ^bb0(%[[GATES:.*]]: tensor<?x9xf32>, %[[H:.*]]: tensor<?x3xf32>):
// CHECK: %[[NEXT:.*]] = rnn.gru_cell %[[GATES]], %[[H]], %[[WHH]] bias(%[[BHH]])
// CHECK: rnn.yield %[[NEXT]]
// CHECK: return %[[Y]], %[[HN]]
func.func @projection_leaves_the_loop(
    %x: tensor<?x?x2xf32>, %h: tensor<?x3xf32>, %w_ih: tensor<9x2xf32>, %w_hh: tensor<9x3xf32>,
    %b_ih: tensor<9xf32>, %b_hh: tensor<9xf32>) -> (tensor<?x?x3xf32>, tensor<?x3xf32>) {
  %y, %hn = rnn.layer %x h_0(%h) weights(%w_ih, %w_hh) biases(%b_ih, %b_hh)
      : (tensor<?x?x2xf32>, tensor<?x3xf32>, tensor<9x2xf32>, tensor<9x3xf32>, tensor<9xf32>,
         tensor<9xf32>) -> (tensor<?x?x3xf32>, tensor<?x3xf32>)
  return %y, %hn : tensor<?x?x3xf32>, tensor<?x3xf32>
}

// CHECK-LABEL: func.func @reverse_and_absent_arguments_are_kept
// CHECK: %[[G:.*]] = rnn.project %{{.*}}, %{{.*}} :
// CHECK: rnn.scan %[[G]] reverse {
// CHECK: rnn.gru_cell %{{.*}}, %{{.*}}, %{{.*}} :
func.func @reverse_and_absent_arguments_are_kept(
    %x: tensor<?x?x2xf32>, %w_ih: tensor<9x2xf32>, %w_hh: tensor<9x3xf32>)
    -> (tensor<?x?x3xf32>, tensor<?x3xf32>) {
  %y, %hn = rnn.layer %x weights(%w_ih, %w_hh) reverse
      : (tensor<?x?x2xf32>, tensor<9x2xf32>, tensor<9x3xf32>)
      -> (tensor<?x?x3xf32>, tensor<?x3xf32>)
  return %y, %hn : tensor<?x?x3xf32>, tensor<?x3xf32>
}

// C10: lengths are the scan's affair; the projection takes every step of every row.
// CHECK-LABEL: func.func @lengths_stay_with_the_scan
// CHECK-SAME: %[[LENGTHS:[a-z0-9]*]]: tensor<?xi64>
// CHECK: %[[G:.*]] = rnn.project %{{.*}}, %{{.*}} : (tensor<?x?x2xf64>, tensor<9x2xf64>)
// CHECK: rnn.scan %[[G]] lengths(%[[LENGTHS]]) reverse {
func.func @lengths_stay_with_the_scan(
    %x: tensor<?x?x2xf64>, %n: tensor<?xi64>, %w_ih: tensor<9x2xf64>, %w_hh: tensor<9x3xf64>)
    -> (tensor<?x?x3xf64>, tensor<?x3xf64>) {
  %y, %hn = rnn.layer %x lengths(%n) weights(%w_ih, %w_hh) reverse
      : (tensor<?x?x2xf64>, tensor<?xi64>, tensor<9x2xf64>, tensor<9x3xf64>)
      -> (tensor<?x?x3xf64>, tensor<?x3xf64>)
  return %y, %hn : tensor<?x?x3xf64>, tensor<?x3xf64>
}

// What a matrix is kept in stays with it.
// CHECK-LABEL: func.func @storage_goes_with_the_weights
// CHECK: rnn.project {{.*}} {storage = #rnn.storage<bfloat16>}
// CHECK: rnn.gru_cell {{.*}} {storage = #rnn.storage<int8, exponent = -3>}
func.func @storage_goes_with_the_weights(
    %x: tensor<?x?x2xf32>, %w_ih: tensor<9x2xf32>, %w_hh: tensor<9x3xf32>) -> tensor<?x?x3xf32> {
  %y, %hn = rnn.layer %x weights(%w_ih, %w_hh)
      {w_ih_storage = #rnn.storage<bfloat16>, w_hh_storage = #rnn.storage<int8, exponent = -3>}
      : (tensor<?x?x2xf32>, tensor<9x2xf32>, tensor<9x3xf32>)
      -> (tensor<?x?x3xf32>, tensor<?x3xf32>)
  return %y : tensor<?x?x3xf32>
}
