// RUN: grucc-opt %s --split-input-file --verify-diagnostics

// expected-error @+1 {{variant: reset: found during, expected after or before}}
#v = #rnn.variant<reset = during>

// -----

// expected-error @+1 {{variant: gate_activation: found 'mish', expected sigmoid, tanh, relu, hard_sigmoid(alpha, beta), softsign, softplus, affine(alpha, beta), leaky_relu(alpha), thresholded_relu(alpha), scaled_tanh(alpha, beta) or elu(alpha)}}
#v = #rnn.variant<gate_activation = "mish">

// -----

// One number too few, one that is none, and a bracket that stays open.
// expected-error @+1 {{variant: gate_activation: found 'hard_sigmoid(0.2)', expected sigmoid}}
#v = #rnn.variant<gate_activation = "hard_sigmoid(0.2)">

// -----

// expected-error @+1 {{variant: candidate_activation: found 'elu(x)', expected sigmoid}}
#v = #rnn.variant<candidate_activation = "elu(x)">

// -----

// expected-error @+1 {{variant: candidate_activation: found 'elu(1', expected sigmoid}}
#v = #rnn.variant<candidate_activation = "elu(1">

// -----

// expected-error @+1 {{variant: candidate_activation: found 'elu(inf)', expected sigmoid}}
#v = #rnn.variant<candidate_activation = "elu(inf)">

// -----

// expected-error @+1 {{variant: clip: found -1, expected a finite number above 0}}
#v = #rnn.variant<clip = -1.0>

// -----

// expected-error @+1 {{variant: clip: found inf, expected a finite number above 0}}
#v = #rnn.variant<clip = 0x7FF0000000000000>

// -----

// expected-error @+1 {{variant: found reset twice, expected it once}}
#v = #rnn.variant<reset = after, reset = before>

// -----

// expected-error @+1 {{variant: found field speed, expected reset, gate_activation, candidate_activation or clip}}
#v = #rnn.variant<speed = 11>

// -----

// expected-error @+1 {{network: direction: found reverse with bidirectional, expected one of the two}}
#n = #rnn.network<input_size = 1, hidden_size = 2, bidirectional = true, reverse = true>

// -----

func.func @both(%x: tensor<?x?x2xf32>, %w_ih: tensor<9x2xf32>, %w_hh: tensor<9x3xf32>) {
  // expected-error @+1 {{reverse: found it, expected none beside 'bidirectional'}}
  %output, %h_n = rnn.gru %x weights(%w_ih, %w_hh, %w_ih, %w_hh)
      {input_size = 2, hidden_size = 3, bias = false, reverse = true, bidirectional = true}
      : (tensor<?x?x2xf32>, tensor<9x2xf32>, tensor<9x3xf32>, tensor<9x2xf32>, tensor<9x3xf32>)
      -> (tensor<?x?x6xf32>, tensor<2x?x3xf32>)
  return
}

// -----

func.func @cell(%x: tensor<?x?x2xf32>, %w_ih: tensor<9x2xf32>, %w_hh: tensor<9x3xf32>) {
  // expected-error @+1 {{cell: found 'rnn.gru', expected the name of an op that is a cell}}
  %y, %h = rnn.layer %x weights(%w_ih, %w_hh) {cell = #rnn.cell<"rnn.gru">}
      : (tensor<?x?x2xf32>, tensor<9x2xf32>, tensor<9x3xf32>) -> (tensor<?x?x3xf32>, tensor<?x3xf32>)
  return
}
