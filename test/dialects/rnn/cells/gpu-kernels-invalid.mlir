// RUN: cells-opt %s --split-input-file --rnn-hoist-projection --rnn-select-gpu-schedule=gpu=sm_80 \
// RUN:   --rnn-emit-gpu-kernels --verify-diagnostics

// Kernels of a GPU carry one state.
func.func @lstm(%x: tensor<?x?x2xf32>, %w_ih: tensor<12x2xf32>, %w_hh: tensor<12x3xf32>)
    -> (tensor<?x?x3xf32>, tensor<1x?x6xf32>) attributes {rnn.network = #rnn.network<
        input_size = 2, hidden_size = 3, bias = false, external_weights = true>} {
  // expected-error @+1 {{cell: found test.lstm_cell of 2 states, expected one for kernels}}
  %y, %e = rnn.layer %x weights(%w_ih, %w_hh) {cell = #rnn.cell<"test.lstm_cell">}
      : (tensor<?x?x2xf32>, tensor<12x2xf32>, tensor<12x3xf32>)
      -> (tensor<?x?x3xf32>, tensor<?x6xf32>)
  %h_n = rnn.stack %e : tensor<?x6xf32> -> tensor<1x?x6xf32>
  return %y, %h_n : tensor<?x?x3xf32>, tensor<1x?x6xf32>
}
