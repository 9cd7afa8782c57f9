// RUN: grucc-opt %s --split-input-file --verify-diagnostics

// C1
func.func @f(%x: tensor<?x8x2xf32>, %w0: tensor<9x2xf32>, %w1: tensor<9x3xf32>) {
  // expected-error @+1 {{input_size: found 0, expected at least 1}}
  %y, %h_n = rnn.gru %x weights(%w0, %w1) {input_size = 0, hidden_size = 3, bias = false}
      : (tensor<?x8x2xf32>, tensor<9x2xf32>, tensor<9x3xf32>) -> (tensor<?x?x?xf32>, tensor<?x?x?xf32>)
  return
}

// -----

// C1: no size is dynamic
func.func @f(%x: tensor<?x8x2xf32>, %w0: tensor<9x2xf32>, %w1: tensor<9x3xf32>) {
  // expected-error @+1 {{hidden_size: found -9223372036854775808, expected at least 1}}
  %y, %h_n = rnn.gru %x weights(%w0, %w1) {input_size = 2, hidden_size = -9223372036854775808, bias = false}
      : (tensor<?x8x2xf32>, tensor<9x2xf32>, tensor<9x3xf32>) -> (tensor<?x?x?xf32>, tensor<?x?x?xf32>)
  return
}

// -----

// C1
func.func @f(%x: tensor<?x8x2xf32>, %w0: tensor<9x2xf32>, %w1: tensor<9x3xf32>) {
  // expected-error @+1 {{hidden_size: found -1, expected at least 1}}
  %y, %h_n = rnn.gru %x weights(%w0, %w1) {input_size = 2, hidden_size = -1, bias = false}
      : (tensor<?x8x2xf32>, tensor<9x2xf32>, tensor<9x3xf32>) -> (tensor<?x?x?xf32>, tensor<?x?x?xf32>)
  return
}

// -----

// C1
func.func @f(%x: tensor<?x8x2xf32>, %w0: tensor<9x2xf32>, %w1: tensor<9x3xf32>) {
  // expected-error @+1 {{num_layers: found 0, expected at least 1}}
  %y, %h_n = rnn.gru %x weights(%w0, %w1) {input_size = 2, hidden_size = 3, num_layers = 0, bias = false}
      : (tensor<?x8x2xf32>, tensor<9x2xf32>, tensor<9x3xf32>) -> (tensor<?x?x?xf32>, tensor<?x?x?xf32>)
  return
}

// -----

// C6
func.func @f(%x: tensor<?x8x2xf32>, %w0: tensor<9x2xf32>, %w1: tensor<9x3xf32>) {
  // expected-error @+1 {{dropout: found 1.500000e+00, expected a number in [0, 1]}}
  %y, %h_n = rnn.gru %x weights(%w0, %w1) {input_size = 2, hidden_size = 3, bias = false, dropout = 1.5 : f64}
      : (tensor<?x8x2xf32>, tensor<9x2xf32>, tensor<9x3xf32>) -> (tensor<?x?x?xf32>, tensor<?x?x?xf32>)
  return
}

// -----

// C6: NaN is no probability
func.func @f(%x: tensor<?x8x2xf32>, %w0: tensor<9x2xf32>, %w1: tensor<9x3xf32>) {
  // expected-error @+1 {{dropout: found nan, expected a number in [0, 1]}}
  %y, %h_n = rnn.gru %x weights(%w0, %w1) {input_size = 2, hidden_size = 3, bias = false, dropout = 0x7FF8000000000000 : f64}
      : (tensor<?x8x2xf32>, tensor<9x2xf32>, tensor<9x3xf32>) -> (tensor<?x?x?xf32>, tensor<?x?x?xf32>)
  return
}

// -----

// Sizes beyond what 3H can hold
func.func @f(%x: tensor<?x8x2xf32>, %w0: tensor<9x2xf32>, %w1: tensor<9x3xf32>) {
  // expected-error @+1 {{hidden_size: found 4611686018427387904, expected at most 3074457345618258602}}
  %y, %h_n = rnn.gru %x weights(%w0, %w1) {input_size = 2, hidden_size = 4611686018427387904, bias = false}
      : (tensor<?x8x2xf32>, tensor<9x2xf32>, tensor<9x3xf32>) -> (tensor<?x?x?xf32>, tensor<?x?x?xf32>)
  return
}

// -----

// D*L beyond 64 bits
func.func @f(%x: tensor<?x8x2xf32>, %w0: tensor<9x2xf32>, %w1: tensor<9x3xf32>) {
  // expected-error @+1 {{num_layers: found 4611686018427387904, expected at most 2305843009213693951}}
  %y, %h_n = rnn.gru %x weights(%w0, %w1) {input_size = 2, hidden_size = 3, num_layers = 4611686018427387904, bidirectional = true, bias = false}
      : (tensor<?x8x2xf32>, tensor<9x2xf32>, tensor<9x3xf32>) -> (tensor<?x?x?xf32>, tensor<?x?x?xf32>)
  return
}

// -----

// L beyond the weights there are
func.func @f(%x: tensor<?x8x2xf32>, %w0: tensor<9x2xf32>, %w1: tensor<9x3xf32>) {
  // expected-error @+1 {{weights: found 2 tensors, expected 4611686018427387904: 2 per layer and direction}}
  %y, %h_n = rnn.gru %x weights(%w0, %w1) {input_size = 2, hidden_size = 3, num_layers = 2305843009213693952, bias = false}
      : (tensor<?x8x2xf32>, tensor<9x2xf32>, tensor<9x3xf32>) -> (tensor<?x?x?xf32>, tensor<?x?x?xf32>)
  return
}

// -----

// 3H * H beyond 64 bits
func.func @f(%x: tensor<?x8x2xf32>, %w0: tensor<6442450944x2xf32>, %w1: tensor<6442450944x2147483648xf32>) {
  // expected-error @+1 {{weight_hh_l0: found shape [6442450944, 2147483648], expected fewer than 2^63 bytes}}
  %y, %h_n = rnn.gru %x weights(%w0, %w1) {input_size = 2, hidden_size = 2147483648, bias = false}
      : (tensor<?x8x2xf32>, tensor<6442450944x2xf32>, tensor<6442450944x2147483648xf32>) -> (tensor<?x?x?xf32>, tensor<?x?x?xf32>)
  return
}

// -----

// C4: two tensors without bias, four with it
func.func @f(%x: tensor<?x8x2xf32>, %w0: tensor<9x2xf32>, %w1: tensor<9x3xf32>) {
  // expected-error @+1 {{weights: found 2 tensors, expected 4: 4 per layer and direction}}
  %y, %h_n = rnn.gru %x weights(%w0, %w1) {input_size = 2, hidden_size = 3}
      : (tensor<?x8x2xf32>, tensor<9x2xf32>, tensor<9x3xf32>) -> (tensor<?x?x?xf32>, tensor<?x?x?xf32>)
  return
}

// -----

// C1: both directions of the layer below
func.func @f(%x: tensor<?x8x2xf32>, %w0: tensor<9x2xf32>, %w1: tensor<9x3xf32>, %w2: tensor<9x2xf32>, %w3: tensor<9x3xf32>, %w4: tensor<9x6xf32>, %w5: tensor<9x3xf32>, %w6: tensor<9x3xf32>, %w7: tensor<9x3xf32>) {
  // expected-error @+1 {{weight_ih_l1_reverse: found shape [9, 3], expected [9, 6]}}
  %y, %h_n = rnn.gru %x weights(%w0, %w1, %w2, %w3, %w4, %w5, %w6, %w7) {input_size = 2, hidden_size = 3, num_layers = 2, bidirectional = true, bias = false}
      : (tensor<?x8x2xf32>, tensor<9x2xf32>, tensor<9x3xf32>, tensor<9x2xf32>, tensor<9x3xf32>, tensor<9x6xf32>, tensor<9x3xf32>, tensor<9x3xf32>, tensor<9x3xf32>) -> (tensor<?x?x?xf32>, tensor<?x?x?xf32>)
  return
}

// -----

// C3
func.func @f(%x: tensor<?x8x2xf32>, %w0: tensor<12x2xf32>, %w1: tensor<9x3xf32>) {
  // expected-error @+1 {{weight_ih_l0: found shape [12, 2], expected [9, 2]}}
  %y, %h_n = rnn.gru %x weights(%w0, %w1) {input_size = 2, hidden_size = 3, num_layers = 1, bias = false}
      : (tensor<?x8x2xf32>, tensor<12x2xf32>, tensor<9x3xf32>) -> (tensor<?x?x?xf32>, tensor<?x?x?xf32>)
  return
}

// -----

// C3
func.func @f(%x: tensor<?x8x2xf32>, %w0: tensor<9x2xf32>, %w1: tensor<9x4xf32>) {
  // expected-error @+1 {{weight_hh_l0: found shape [9, 4], expected [9, 3]}}
  %y, %h_n = rnn.gru %x weights(%w0, %w1) {input_size = 2, hidden_size = 3, num_layers = 1, bias = false}
      : (tensor<?x8x2xf32>, tensor<9x2xf32>, tensor<9x4xf32>) -> (tensor<?x?x?xf32>, tensor<?x?x?xf32>)
  return
}

// -----

// C3
func.func @f(%x: tensor<?x8x2xf32>, %w0: tensor<9x2xf32>, %w1: tensor<9x3xf32>, %w2: tensor<3xf32>, %w3: tensor<9xf32>) {
  // expected-error @+1 {{bias_ih_l0: found shape [3], expected [9]}}
  %y, %h_n = rnn.gru %x weights(%w0, %w1, %w2, %w3) {input_size = 2, hidden_size = 3}
      : (tensor<?x8x2xf32>, tensor<9x2xf32>, tensor<9x3xf32>, tensor<3xf32>, tensor<9xf32>) -> (tensor<?x?x?xf32>, tensor<?x?x?xf32>)
  return
}

// -----

// C3: a bias is a vector
func.func @f(%x: tensor<?x8x2xf32>, %w0: tensor<9x2xf32>, %w1: tensor<9x3xf32>, %w2: tensor<9xf32>, %w3: tensor<9x1xf32>) {
  // expected-error @+1 {{bias_hh_l0: found shape [9, 1], expected [9]}}
  %y, %h_n = rnn.gru %x weights(%w0, %w1, %w2, %w3) {input_size = 2, hidden_size = 3}
      : (tensor<?x8x2xf32>, tensor<9x2xf32>, tensor<9x3xf32>, tensor<9xf32>, tensor<9x1xf32>) -> (tensor<?x?x?xf32>, tensor<?x?x?xf32>)
  return
}

// -----

// C12
func.func @f(%x: tensor<?x8x2xf32>, %w0: tensor<9x2xf32>, %w1: tensor<9x3xf64>) {
  // expected-error @+1 {{weight_hh_l0: found dtype float64, expected float32}}
  %y, %h_n = rnn.gru %x weights(%w0, %w1) {input_size = 2, hidden_size = 3, num_layers = 1, bias = false}
      : (tensor<?x8x2xf32>, tensor<9x2xf32>, tensor<9x3xf64>) -> (tensor<?x?x?xf32>, tensor<?x?x?xf32>)
  return
}

// -----

// C12
func.func @f(%x: tensor<?x8x2xf64>, %h: tensor<1x8x3xf32>, %w0: tensor<9x2xf64>, %w1: tensor<9x3xf64>) {
  // expected-error @+1 {{h_0: found dtype float32, expected float64}}
  %y, %h_n = rnn.gru %x h_0(%h) weights(%w0, %w1) {input_size = 2, hidden_size = 3, num_layers = 1, bias = false}
      : (tensor<?x8x2xf64>, tensor<1x8x3xf32>, tensor<9x2xf64>, tensor<9x3xf64>) -> (tensor<?x?x?xf32>, tensor<?x?x?xf32>)
  return
}

// -----

// C1
func.func @f(%x: tensor<?x8x4xf32>, %w0: tensor<9x2xf32>, %w1: tensor<9x3xf32>) {
  // expected-error @+1 {{input: found shape [?, 8, 4], expected [?, ?, 2]}}
  %y, %h_n = rnn.gru %x weights(%w0, %w1) {input_size = 2, hidden_size = 3, num_layers = 1, bias = false}
      : (tensor<?x8x4xf32>, tensor<9x2xf32>, tensor<9x3xf32>) -> (tensor<?x?x?xf32>, tensor<?x?x?xf32>)
  return
}

// -----

// C7: D*L states
func.func @f(%x: tensor<?x8x2xf32>, %h: tensor<1x8x3xf32>, %w0: tensor<9x2xf32>, %w1: tensor<9x3xf32>, %w2: tensor<9x2xf32>, %w3: tensor<9x3xf32>) {
  // expected-error @+1 {{h_0: found shape [1, 8, 3], expected [2, 8, 3]}}
  %y, %h_n = rnn.gru %x h_0(%h) weights(%w0, %w1, %w2, %w3) {input_size = 2, hidden_size = 3, bidirectional = true, bias = false}
      : (tensor<?x8x2xf32>, tensor<1x8x3xf32>, tensor<9x2xf32>, tensor<9x3xf32>, tensor<9x2xf32>, tensor<9x3xf32>) -> (tensor<?x?x?xf32>, tensor<?x?x?xf32>)
  return
}

// -----

// C5: h_0 is never batch first
func.func @f(%x: tensor<8x?x2xf32>, %h: tensor<8x1x3xf32>, %w0: tensor<9x2xf32>, %w1: tensor<9x3xf32>) {
  // expected-error @+1 {{h_0: found shape [8, 1, 3], expected [1, 8, 3]}}
  %y, %h_n = rnn.gru %x h_0(%h) weights(%w0, %w1) {input_size = 2, hidden_size = 3, batch_first = true, bias = false}
      : (tensor<8x?x2xf32>, tensor<8x1x3xf32>, tensor<9x2xf32>, tensor<9x3xf32>) -> (tensor<?x?x?xf32>, tensor<?x?x?xf32>)
  return
}

// -----

// C9: the state of an unbatched input
func.func @f(%x: tensor<5x2xf32>, %h: tensor<1x1x3xf32>, %w0: tensor<9x2xf32>, %w1: tensor<9x3xf32>) {
  // expected-error @+1 {{h_0: found shape [1, 1, 3], expected [1, 3]}}
  %y, %h_n = rnn.gru %x h_0(%h) weights(%w0, %w1) {input_size = 2, hidden_size = 3, num_layers = 1, bias = false}
      : (tensor<5x2xf32>, tensor<1x1x3xf32>, tensor<9x2xf32>, tensor<9x3xf32>) -> (tensor<5x3xf32>, tensor<?x?x?xf32>)
  return
}

// -----

// C10
func.func @f(%x: tensor<?x8x2xf32>, %o: tensor<7xi64>, %w0: tensor<9x2xf32>, %w1: tensor<9x3xf32>) {
  // expected-error @+1 {{lengths: found shape [7], expected [8]}}
  %y, %h_n = rnn.gru %x lengths(%o) weights(%w0, %w1) {input_size = 2, hidden_size = 3, num_layers = 1, bias = false}
      : (tensor<?x8x2xf32>, tensor<7xi64>, tensor<9x2xf32>, tensor<9x3xf32>) -> (tensor<?x?x?xf32>, tensor<?x?x?xf32>)
  return
}

// -----

// C10
func.func @f(%x: tensor<5x2xf32>, %o: tensor<5xi64>, %w0: tensor<9x2xf32>, %w1: tensor<9x3xf32>) {
  // expected-error @+1 {{lengths: found it, expected none for an unbatched 'input'}}
  %y, %h_n = rnn.gru %x lengths(%o) weights(%w0, %w1) {input_size = 2, hidden_size = 3, num_layers = 1, bias = false}
      : (tensor<5x2xf32>, tensor<5xi64>, tensor<9x2xf32>, tensor<9x3xf32>) -> (tensor<?x?x?xf32>, tensor<?x?x?xf32>)
  return
}

// -----

// C10: packed data has no batch axis
func.func @f(%x: tensor<?x8x2xf32>, %o: tensor<?xi64>, %w0: tensor<9x2xf32>, %w1: tensor<9x3xf32>) {
  // expected-error @+1 {{input: found shape [?, 8, 2], expected [?, 2]}}
  %y, %h_n = rnn.gru %x batch_sizes(%o) weights(%w0, %w1) {input_size = 2, hidden_size = 3, num_layers = 1, bias = false}
      : (tensor<?x8x2xf32>, tensor<?xi64>, tensor<9x2xf32>, tensor<9x3xf32>) -> (tensor<?x?x?xf32>, tensor<?x?x?xf32>)
  return
}

// -----

// C10
func.func @f(%x: tensor<5x2xf32>, %o: tensor<?xi64>, %w0: tensor<9x2xf32>, %w1: tensor<9x3xf32>) {
  // expected-error @+1 {{lengths: found it, expected none beside 'batch_sizes'}}
  %y, %h_n = rnn.gru %x lengths(%o) batch_sizes(%o) weights(%w0, %w1) {input_size = 2, hidden_size = 3, num_layers = 1, bias = false}
      : (tensor<5x2xf32>, tensor<?xi64>, tensor<?xi64>, tensor<9x2xf32>, tensor<9x3xf32>) -> (tensor<?x?x?xf32>, tensor<?x?x?xf32>)
  return
}

// -----

// C10
func.func @f(%x: tensor<?x8x2xf32>, %o: tensor<8xi64>, %w0: tensor<9x2xf32>, %w1: tensor<9x3xf32>) {
  // expected-error @+1 {{sorted_indices: found it, expected only with 'batch_sizes'}}
  %y, %h_n = rnn.gru %x sorted_indices(%o) weights(%w0, %w1) {input_size = 2, hidden_size = 3, num_layers = 1, bias = false}
      : (tensor<?x8x2xf32>, tensor<8xi64>, tensor<9x2xf32>, tensor<9x3xf32>) -> (tensor<?x?x?xf32>, tensor<?x?x?xf32>)
  return
}

// -----

// C10
func.func @f(%x: tensor<?x8x2xf32>, %o: tensor<8xi64>, %w0: tensor<9x2xf32>, %w1: tensor<9x3xf32>) {
  // expected-error @+1 {{unsorted_indices: found it, expected only with 'batch_sizes'}}
  %y, %h_n = rnn.gru %x unsorted_indices(%o) weights(%w0, %w1) {input_size = 2, hidden_size = 3, num_layers = 1, bias = false}
      : (tensor<?x8x2xf32>, tensor<8xi64>, tensor<9x2xf32>, tensor<9x3xf32>) -> (tensor<?x?x?xf32>, tensor<?x?x?xf32>)
  return
}

// -----

// C10
func.func @f(%x: tensor<?x2xf32>, %o: tensor<?xi64>, %p: tensor<7xi64>, %q: tensor<8xi64>, %w0: tensor<9x2xf32>, %w1: tensor<9x3xf32>) {
  // expected-error @+1 {{unsorted_indices: found shape [8], expected [7]}}
  %y, %h_n = rnn.gru %x batch_sizes(%o) sorted_indices(%p) unsorted_indices(%q) weights(%w0, %w1) {input_size = 2, hidden_size = 3, num_layers = 1, bias = false}
      : (tensor<?x2xf32>, tensor<?xi64>, tensor<7xi64>, tensor<8xi64>, tensor<9x2xf32>, tensor<9x3xf32>) -> (tensor<?x?x?xf32>, tensor<?x?x?xf32>)
  return
}

// -----

// C6
func.func @f(%x: tensor<?x8x2xf32>, %o: i64, %w0: tensor<9x2xf32>, %w1: tensor<9x3xf32>) {
  // expected-error @+1 {{dropout_seed: found it, expected only with 'training'}}
  %y, %h_n = rnn.gru %x dropout_seed(%o) weights(%w0, %w1) {input_size = 2, hidden_size = 3, num_layers = 1, bias = false}
      : (tensor<?x8x2xf32>, i64, tensor<9x2xf32>, tensor<9x3xf32>) -> (tensor<?x?x?xf32>, tensor<?x?x?xf32>)
  return
}

// -----

// C6
func.func @f(%x: tensor<?x8x2xf32>, %o: tensor<0x?x8x3xf32>, %w0: tensor<9x2xf32>, %w1: tensor<9x3xf32>) {
  // expected-error @+1 {{dropout_mask: found it, expected only with 'training'}}
  %y, %h_n = rnn.gru %x dropout_mask(%o) weights(%w0, %w1) {input_size = 2, hidden_size = 3, num_layers = 1, bias = false}
      : (tensor<?x8x2xf32>, tensor<0x?x8x3xf32>, tensor<9x2xf32>, tensor<9x3xf32>) -> (tensor<?x?x?xf32>, tensor<?x?x?xf32>)
  return
}

// -----

// C6
func.func @f(%x: tensor<?x8x2xf32>, %o: i64, %p: tensor<0x?x8x3xf32>, %w0: tensor<9x2xf32>, %w1: tensor<9x3xf32>) {
  // expected-error @+1 {{dropout_mask: found it, expected none beside 'dropout_seed'}}
  %y, %h_n = rnn.gru %x dropout_seed(%o) dropout_mask(%p) weights(%w0, %w1) {input_size = 2, hidden_size = 3, bias = false, training = true}
      : (tensor<?x8x2xf32>, i64, tensor<0x?x8x3xf32>, tensor<9x2xf32>, tensor<9x3xf32>) -> (tensor<?x?x?xf32>, tensor<?x?x?xf32>)
  return
}

// -----

// C6, N5: one layer drops nothing
func.func @f(%x: tensor<?x8x2xf32>, %o: tensor<1x?x8x3xf32>, %w0: tensor<9x2xf32>, %w1: tensor<9x3xf32>) {
  // expected-error @+1 {{dropout_mask: found shape [1, ?, 8, 3], expected [0, ?, 8, 3]}}
  %y, %h_n = rnn.gru %x dropout_mask(%o) weights(%w0, %w1) {input_size = 2, hidden_size = 3, bias = false, training = true}
      : (tensor<?x8x2xf32>, tensor<1x?x8x3xf32>, tensor<9x2xf32>, tensor<9x3xf32>) -> (tensor<?x?x?xf32>, tensor<?x?x?xf32>)
  return
}

// -----

// C5
func.func @f(%x: tensor<?x8x2xf32>, %w0: tensor<9x2xf32>, %w1: tensor<9x3xf32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{inferred type(s) 'tensor<?x8x3xf32>', 'tensor<1x8x3xf32>' are incompatible with return type(s)}}
  %y, %h_n = rnn.gru %x weights(%w0, %w1) {input_size = 2, hidden_size = 3, num_layers = 1, bias = false}
      : (tensor<?x8x2xf32>, tensor<9x2xf32>, tensor<9x3xf32>) -> (tensor<?x7x3xf32>, tensor<?x?x?xf32>)
  return
}
