// RUN: grucc-opt --canonicalize %s | FileCheck %s

// transpose(transpose(x)) ==> x
// CHECK-LABEL: @two_transposes_are_none
// CHECK-SAME: (%[[X:.*]]: tensor<?x?x2xf32>)
// CHECK-NEXT: return %[[X]]
func.func @two_transposes_are_none(%x: tensor<?x?x2xf32>) -> tensor<?x?x2xf32> {
  %y = rnn.transpose %x : tensor<?x?x2xf32> -> tensor<?x?x2xf32>
  %z = rnn.transpose %y : tensor<?x?x2xf32> -> tensor<?x?x2xf32>
  return %z : tensor<?x?x2xf32>
}

// What a type says is not lost.
// CHECK-LABEL: @transposes_that_refine_their_type_stay
// CHECK-COUNT-2: rnn.transpose
func.func @transposes_that_refine_their_type_stay(%x: tensor<?x?x2xf32>) -> tensor<4x?x2xf32> {
  %y = rnn.transpose %x : tensor<?x?x2xf32> -> tensor<?x?x2xf32>
  %z = rnn.transpose %y : tensor<?x?x2xf32> -> tensor<4x?x2xf32>
  return %z : tensor<4x?x2xf32>
}

// state(stack(a, b))[1] ==> b
// CHECK-LABEL: @state_of_a_stack_is_its_operand
// CHECK-SAME: (%{{.*}}: tensor<?x3xf32>, %[[B:.*]]: tensor<?x3xf32>)
// CHECK-NEXT: return %[[B]]
func.func @state_of_a_stack_is_its_operand(%a: tensor<?x3xf32>, %b: tensor<?x3xf32>)
    -> tensor<?x3xf32> {
  %h = rnn.stack %a, %b : tensor<?x3xf32>, tensor<?x3xf32> -> tensor<2x?x3xf32>
  %y = rnn.state %h[1] : tensor<2x?x3xf32> -> tensor<?x3xf32>
  return %y : tensor<?x3xf32>
}

// CHECK-LABEL: @state_beyond_a_stack_of_unknown_height_stays
// CHECK: rnn.state
func.func @state_beyond_a_stack_of_unknown_height_stays(%a: tensor<?x3xf32>) -> tensor<?x3xf32> {
  %h = rnn.stack %a : tensor<?x3xf32> -> tensor<?x?x3xf32>
  %y = rnn.state %h[1] : tensor<?x?x3xf32> -> tensor<?x3xf32>
  return %y : tensor<?x3xf32>
}

// The recurrence of nobody's use goes; so does a scan.
// CHECK-LABEL: @unused_networks_go
// CHECK-NEXT: return
func.func @unused_networks_go(%x: tensor<?x?x3xf32>, %w: tensor<9x3xf32>) {
  %y, %h_n = rnn.gru %x weights(%w, %w) {input_size = 3, hidden_size = 3, bias = false}
      : (tensor<?x?x3xf32>, tensor<9x3xf32>, tensor<9x3xf32>)
      -> (tensor<?x?x3xf32>, tensor<1x?x3xf32>)
  %g = rnn.project %x, %w : (tensor<?x?x3xf32>, tensor<9x3xf32>) -> tensor<?x?x9xf32>
  %z, %z_n = rnn.scan %g {
  ^bb0(%gates: tensor<?x9xf32>, %h: tensor<?x3xf32>):
    %next = rnn.gru_cell %gates, %h, %w
        : (tensor<?x9xf32>, tensor<?x3xf32>, tensor<9x3xf32>) -> tensor<?x3xf32>
    rnn.yield %next : tensor<?x3xf32>
  } : (tensor<?x?x9xf32>) -> (tensor<?x?x3xf32>, tensor<?x3xf32>)
  return
}

// CHECK-LABEL: @constant_biases_fold
// CHECK-DAG: %[[X:.*]] = arith.constant dense<[5.000000e+00, 7.000000e+00, 3.000000e+00]>
// CHECK-DAG: %[[N:.*]] = arith.constant dense<6.000000e+00>
// CHECK: return %[[X]], %[[N]]
func.func @constant_biases_fold() -> (tensor<3xf32>, tensor<1xf32>) {
  %b_ih = arith.constant dense<[1.0, 2.0, 3.0]> : tensor<3xf32>
  %b_hh = arith.constant dense<[4.0, 5.0, 6.0]> : tensor<3xf32>
  %b_x, %b_hn = rnn.fold_biases %b_ih, %b_hh
      : (tensor<3xf32>, tensor<3xf32>) -> (tensor<3xf32>, tensor<1xf32>)
  return %b_x, %b_hn : tensor<3xf32>, tensor<1xf32>
}
