// RUN: grucc-opt %s --split-input-file --rnn-split-layers --verify-diagnostics

// A function that says already what its network is.
// expected-note @+1 {{which is here}}
func.func @said(%x: tensor<?x?x2xf32>, %w_ih: tensor<9x2xf32>, %w_hh: tensor<9x3xf32>)
    -> (tensor<?x?x3xf32>, tensor<1x?x3xf32>)
    attributes {rnn.network = #rnn.network<input_size = 2, hidden_size = 4>} {
  // expected-error @+1 {{rnn.network: found #rnn.network<input_size = 2, hidden_size = 3, bias = false, external_weights = true>, expected #rnn.network<input_size = 2, hidden_size = 4> as its function says}}
  %y, %h_n = rnn.gru %x weights(%w_ih, %w_hh) {input_size = 2, hidden_size = 3, bias = false}
      : (tensor<?x?x2xf32>, tensor<9x2xf32>, tensor<9x3xf32>) -> (tensor<?x?x3xf32>, tensor<1x?x3xf32>)
  return %y, %h_n : tensor<?x?x3xf32>, tensor<1x?x3xf32>
}

// -----

// Sizes that the op allows and no artifact holds.
func.func @too_large(%x: tensor<?x?x65536xf32>, %w_ih: tensor<196608x65536xf32>,
                     %w_hh: tensor<196608x65536xf32>)
    -> (tensor<?x?x65536xf32>, tensor<1x?x65536xf32>) {
  // expected-error @+1 {{network: weights: found 103079215104 bytes (input_size 65536, hidden_size 65536, num_layers 1), expected at most 2147483647 bytes}}
  %y, %h_n = rnn.gru %x weights(%w_ih, %w_hh) {input_size = 65536, hidden_size = 65536, bias = false}
      : (tensor<?x?x65536xf32>, tensor<196608x65536xf32>, tensor<196608x65536xf32>)
      -> (tensor<?x?x65536xf32>, tensor<1x?x65536xf32>)
  return %y, %h_n : tensor<?x?x65536xf32>, tensor<1x?x65536xf32>
}
