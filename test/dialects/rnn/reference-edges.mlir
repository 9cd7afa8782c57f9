// What the contract says about the edges, where torch has nothing to compare.
// RUN: rnn-evaluate %s float32 | FileCheck %s
// RUN: rnn-evaluate %s float64 | FileCheck %s

// C13: no steps leave h_n = h_0.
// CHECK: @no_steps [0, 2, 1]
// CHECK-NEXT: @no_steps [1, 2, 1] 0.25 -0.5
func.func @no_steps(%w: tensor<3x1xf32>) -> (tensor<0x2x1xf32>, tensor<1x2x1xf32>) {
  %x = arith.constant dense<> : tensor<0x2x1xf32>
  %h = arith.constant dense<[[[0.25], [-0.5]]]> : tensor<1x2x1xf32>
  %y, %h_n = rnn.gru %x h_0(%h) weights(%w, %w) {input_size = 1, hidden_size = 1, bias = false}
      : (tensor<0x2x1xf32>, tensor<1x2x1xf32>, tensor<3x1xf32>, tensor<3x1xf32>)
      -> (tensor<0x2x1xf32>, tensor<1x2x1xf32>)
  return %y, %h_n : tensor<0x2x1xf32>, tensor<1x2x1xf32>
}

// C13: no rows.
// CHECK: @no_rows [3, 0, 2]
// CHECK-NEXT: @no_rows [2, 0, 1]
func.func @no_rows(%w: tensor<3x1xf32>) -> (tensor<3x0x2xf32>, tensor<2x0x1xf32>) {
  %x = arith.constant dense<> : tensor<3x0x1xf32>
  %y, %h_n = rnn.gru %x weights(%w, %w, %w, %w)
      {input_size = 1, hidden_size = 1, bias = false, bidirectional = true}
      : (tensor<3x0x1xf32>, tensor<3x1xf32>, tensor<3x1xf32>, tensor<3x1xf32>, tensor<3x1xf32>)
      -> (tensor<3x0x2xf32>, tensor<2x0x1xf32>)
  return %y, %h_n : tensor<3x0x2xf32>, tensor<2x0x1xf32>
}

// C10: a row of length 0 keeps its state; its outputs are 0.
// CHECK: @length_zero [1, 1, 1] 0{{$}}
// CHECK-NEXT: @length_zero [1, 1, 1] 0.25
func.func @length_zero(%x: tensor<1x1x1xf32>, %w: tensor<3x1xf32>)
    -> (tensor<1x1x1xf32>, tensor<1x1x1xf32>) {
  %h = arith.constant dense<0.25> : tensor<1x1x1xf32>
  %lengths = arith.constant dense<0> : tensor<1xi64>
  %y, %h_n = rnn.gru %x h_0(%h) lengths(%lengths) weights(%w, %w)
      {input_size = 1, hidden_size = 1, bias = false}
      : (tensor<1x1x1xf32>, tensor<1x1x1xf32>, tensor<1xi64>, tensor<3x1xf32>, tensor<3x1xf32>)
      -> (tensor<1x1x1xf32>, tensor<1x1x1xf32>)
  return %y, %h_n : tensor<1x1x1xf32>, tensor<1x1x1xf32>
}

// C10: packed rows of length 0 are in no batch.
// CHECK: @packed_length_zero [1, 1]
// CHECK-NEXT: @packed_length_zero [1, 2, 1] 0.25
func.func @packed_length_zero(%x: tensor<1x1xf32>, %w: tensor<3x1xf32>)
    -> (tensor<1x1xf32>, tensor<1x2x1xf32>) {
  %h = arith.constant dense<0.25> : tensor<1x2x1xf32>
  %sizes = arith.constant dense<1> : tensor<1xi64>
  %sorted = arith.constant dense<[1, 0]> : tensor<2xi64>
  %y, %h_n = rnn.gru %x h_0(%h) batch_sizes(%sizes) sorted_indices(%sorted) weights(%w, %w)
      {input_size = 1, hidden_size = 1, bias = false}
      : (tensor<1x1xf32>, tensor<1x2x1xf32>, tensor<1xi64>, tensor<2xi64>, tensor<3x1xf32>,
         tensor<3x1xf32>) -> (tensor<1x1xf32>, tensor<1x2x1xf32>)
  return %y, %h_n : tensor<1x1xf32>, tensor<1x2x1xf32>
}

// N7: a new state below 2^-64 is stored as 0; 2^-64 = 5.4e-20 is not below.
// With zero weights, z = 1/2, n = 0 and h' = h / 2.
// CHECK: @small_states [3, 1, 1] 1.0842021724855044e-19 5.4210108624275222e-20 0
// CHECK-NEXT: @small_states [1, 1, 1] 0
func.func @small_states() -> (tensor<3x1x1xf32>, tensor<1x1x1xf32>) {
  %x = arith.constant dense<0.0> : tensor<3x1x1xf32>
  %w = arith.constant dense<0.0> : tensor<3x1xf32>
  %h = arith.constant dense<0x20800000> : tensor<1x1x1xf32>
  %y, %h_n = rnn.gru %x h_0(%h) weights(%w, %w) {input_size = 1, hidden_size = 1, bias = false}
      : (tensor<3x1x1xf32>, tensor<1x1x1xf32>, tensor<3x1xf32>, tensor<3x1xf32>)
      -> (tensor<3x1x1xf32>, tensor<1x1x1xf32>)
  return %y, %h_n : tensor<3x1x1xf32>, tensor<1x1x1xf32>
}

// Activations on scalars and vectors; weights of a dense resource; other ops.
// CHECK: @activations [] 0.5
// CHECK-NEXT: @activations [2] 0 1
func.func @activations() -> (f32, vector<2xf64>) {
  %zero = arith.constant 0.0 : f32
  %far = arith.constant dense<[0.0, 1000.0]> : vector<2xf64>
  %0 = rnn.sigmoid %zero : f32
  %1 = rnn.tanh %far : vector<2xf64>
  return %0, %1 : f32, vector<2xf64>
}

// CHECK: @resource [2] 1.5 -2
func.func @resource() -> tensor<2xf32> {
  %w = arith.constant dense_resource<weights> : tensor<2xf32>
  return %w : tensor<2xf32>
}

// C2: b_hh whole, under the reset gate in its last third, as b_hn alone is.
// CHECK: @cell_biases [2, 1] [[FIRST:.*]]
// CHECK-NEXT: @cell_biases [2, 1] [[FIRST]]
func.func @cell_biases(%g: tensor<2x3xf32>, %h: tensor<2x1xf32>, %w: tensor<3x1xf32>)
    -> (tensor<2x1xf32>, tensor<2x1xf32>) {
  %alone = arith.constant dense<0.75> : tensor<1xf32>
  %whole = arith.constant dense<[0.0, 0.0, 0.75]> : tensor<3xf32>
  %0 = rnn.gru_cell %g, %h, %w bias(%alone)
      : (tensor<2x3xf32>, tensor<2x1xf32>, tensor<3x1xf32>, tensor<1xf32>) -> tensor<2x1xf32>
  %1 = rnn.gru_cell %g, %h, %w bias(%whole)
      : (tensor<2x3xf32>, tensor<2x1xf32>, tensor<3x1xf32>, tensor<3xf32>) -> tensor<2x1xf32>
  return %0, %1 : tensor<2x1xf32>, tensor<2x1xf32>
}

{-#
  dialect_resources: {
    builtin: { weights: "0x040000000000C03F000000C0" }
  }
#-}
