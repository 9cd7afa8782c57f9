// Values that no type can check are checked by Reference when it runs.
// RUN: not rnn-evaluate %s float32 2>&1 | FileCheck %s

// CHECK: @negative_length: error: lengths: found -1, expected 0 to 3
func.func @negative_length(%x: tensor<3x2x1xf32>, %w: tensor<3x1xf32>) -> tensor<1x2x1xf32> {
  %lengths = arith.constant dense<[3, -1]> : tensor<2xi64>
  %y, %h_n = rnn.gru %x lengths(%lengths) weights(%w, %w)
      {input_size = 1, hidden_size = 1, bias = false}
      : (tensor<3x2x1xf32>, tensor<2xi64>, tensor<3x1xf32>, tensor<3x1xf32>)
      -> (tensor<3x2x1xf32>, tensor<1x2x1xf32>)
  return %h_n : tensor<1x2x1xf32>
}

// CHECK: @length_beyond_the_steps: error: lengths: found 4, expected 0 to 3
func.func @length_beyond_the_steps(%g: tensor<3x1x3xf32>, %w: tensor<3x1xf32>) -> tensor<1x1xf32> {
  %lengths = arith.constant dense<4> : tensor<1xi64>
  %y, %h_n = rnn.scan %g lengths(%lengths) {
  ^bb0(%gates: tensor<1x3xf32>, %h: tensor<1x1xf32>):
    %next = rnn.gru_cell %gates, %h, %w
        : (tensor<1x3xf32>, tensor<1x1xf32>, tensor<3x1xf32>) -> tensor<1x1xf32>
    rnn.yield %next : tensor<1x1xf32>
  } : (tensor<3x1x3xf32>, tensor<1xi64>) -> (tensor<3x1x1xf32>, tensor<1x1xf32>)
  return %h_n : tensor<1x1xf32>
}

// CHECK: @ascending_batch_sizes: error: batch_sizes: found 2 at step 1, expected 0 to 1
func.func @ascending_batch_sizes(%x: tensor<3x1xf32>, %w: tensor<3x1xf32>) -> tensor<3x1xf32> {
  %sizes = arith.constant dense<[1, 2]> : tensor<2xi64>
  %y, %h_n = rnn.gru %x batch_sizes(%sizes) weights(%w, %w)
      {input_size = 1, hidden_size = 1, bias = false}
      : (tensor<3x1xf32>, tensor<2xi64>, tensor<3x1xf32>, tensor<3x1xf32>)
      -> (tensor<3x1xf32>, tensor<1x?x1xf32>)
  return %y : tensor<3x1xf32>
}

// CHECK: @batch_sizes_beyond_64_bits: error: batch_sizes: found a sum beyond 2^63
func.func @batch_sizes_beyond_64_bits(%x: tensor<3x1xf32>, %w: tensor<3x1xf32>) -> tensor<3x1xf32> {
  %sizes = arith.constant dense<4611686018427387904> : tensor<2xi64>
  %y, %h_n = rnn.gru %x batch_sizes(%sizes) weights(%w, %w)
      {input_size = 1, hidden_size = 1, bias = false}
      : (tensor<3x1xf32>, tensor<2xi64>, tensor<3x1xf32>, tensor<3x1xf32>)
      -> (tensor<3x1xf32>, tensor<1x?x1xf32>)
  return %y : tensor<3x1xf32>
}

// CHECK: @packed_rows_missing: error: input: found shape [2, 1], expected [3, 1]
func.func @packed_rows_missing(%x: tensor<2x1xf32>, %w: tensor<3x1xf32>) -> tensor<2x1xf32> {
  %sizes = arith.constant dense<[2, 1]> : tensor<2xi64>
  %y, %h_n = rnn.gru %x batch_sizes(%sizes) weights(%w, %w)
      {input_size = 1, hidden_size = 1, bias = false}
      : (tensor<2x1xf32>, tensor<2xi64>, tensor<3x1xf32>, tensor<3x1xf32>)
      -> (tensor<2x1xf32>, tensor<1x?x1xf32>)
  return %y : tensor<2x1xf32>
}

// CHECK: @indices_twice: error: sorted_indices: found 1 at 1, expected each of 0 to 1 once
func.func @indices_twice(%x: tensor<3x1xf32>, %w: tensor<3x1xf32>) -> tensor<3x1xf32> {
  %sizes = arith.constant dense<[2, 1]> : tensor<2xi64>
  %sorted = arith.constant dense<[1, 1]> : tensor<2xi64>
  %y, %h_n = rnn.gru %x batch_sizes(%sizes) sorted_indices(%sorted) weights(%w, %w)
      {input_size = 1, hidden_size = 1, bias = false}
      : (tensor<3x1xf32>, tensor<2xi64>, tensor<2xi64>, tensor<3x1xf32>, tensor<3x1xf32>)
      -> (tensor<3x1xf32>, tensor<1x2x1xf32>)
  return %y : tensor<3x1xf32>
}

// CHECK: @indices_of_two_orders: error: unsorted_indices: found another order than that of sorted_indices
func.func @indices_of_two_orders(%x: tensor<3x1xf32>, %w: tensor<3x1xf32>) -> tensor<3x1xf32> {
  %sizes = arith.constant dense<[2, 1]> : tensor<2xi64>
  %sorted = arith.constant dense<[1, 0]> : tensor<2xi64>
  %unsorted = arith.constant dense<[0, 1]> : tensor<2xi64>
  %y, %h_n = rnn.gru %x batch_sizes(%sizes) sorted_indices(%sorted) unsorted_indices(%unsorted)
      weights(%w, %w) {input_size = 1, hidden_size = 1, bias = false}
      : (tensor<3x1xf32>, tensor<2xi64>, tensor<2xi64>, tensor<2xi64>, tensor<3x1xf32>,
         tensor<3x1xf32>) -> (tensor<3x1xf32>, tensor<1x2x1xf32>)
  return %y : tensor<3x1xf32>
}

// CHECK: @more_rows_than_states: error: batch_sizes: found 2, expected at most the 1 rows of the batch
func.func @more_rows_than_states(%x: tensor<2x1xf32>, %h: tensor<1x1x1xf32>, %w: tensor<3x1xf32>)
    -> tensor<2x1xf32> {
  %sizes = arith.constant dense<2> : tensor<1xi64>
  %y, %h_n = rnn.gru %x h_0(%h) batch_sizes(%sizes) weights(%w, %w)
      {input_size = 1, hidden_size = 1, bias = false}
      : (tensor<2x1xf32>, tensor<1x1x1xf32>, tensor<1xi64>, tensor<3x1xf32>, tensor<3x1xf32>)
      -> (tensor<2x1xf32>, tensor<1x1x1xf32>)
  return %y : tensor<2x1xf32>
}

// CHECK: @training_without_a_seed: error: dropout_seed: found neither a seed nor a mask, expected one in training
func.func @training_without_a_seed(%x: tensor<2x1x1xf32>, %w: tensor<3x1xf32>) -> tensor<2x1x1xf32> {
  %y, %h_n = rnn.gru %x weights(%w, %w, %w, %w)
      {input_size = 1, hidden_size = 1, num_layers = 2, bias = false, dropout = 0.5, training = true}
      : (tensor<2x1x1xf32>, tensor<3x1xf32>, tensor<3x1xf32>, tensor<3x1xf32>, tensor<3x1xf32>)
      -> (tensor<2x1x1xf32>, tensor<2x1x1xf32>)
  return %y : tensor<2x1x1xf32>
}

// CHECK: @foreign_op: error: arith.addf: found an operation that Reference does not know, expected one of the rnn dialect
func.func @foreign_op(%x: tensor<1xf32>) -> tensor<1xf32> {
  %y = arith.addf %x, %x : tensor<1xf32>
  return %y : tensor<1xf32>
}

// CHECK: function declared: expected a body of one block
func.func private @declared(%x: tensor<1xf32>) -> tensor<1xf32>
