// RUN: cells-opt %s --rnn-hoist-projection --rnn-select-gpu-schedule=gpu=sm_80 \
// RUN:   --rnn-emit-gpu-kernels --verify-diagnostics

// Kernels of a GPU take all gates' products at once.
func.func @reset_before(%x: tensor<?x?x2xf32>, %w_ih: tensor<9x2xf32>, %w_hh: tensor<9x3xf32>)
    -> (tensor<?x?x3xf32>, tensor<1x?x3xf32>) attributes {rnn.network = #rnn.network<
        input_size = 2, hidden_size = 3, bias = false, external_weights = true>} {
  // expected-error @+1 {{cell: found test.gru_reset_before_cell of 2 rounds and 1 states, expected one of each for kernels}}
  %y, %e = rnn.layer %x weights(%w_ih, %w_hh) {cell = #rnn.cell<"test.gru_reset_before_cell">}
      : (tensor<?x?x2xf32>, tensor<9x2xf32>, tensor<9x3xf32>)
      -> (tensor<?x?x3xf32>, tensor<?x3xf32>)
  %h_n = rnn.stack %e : tensor<?x3xf32> -> tensor<1x?x3xf32>
  return %y, %h_n : tensor<?x?x3xf32>, tensor<1x?x3xf32>
}
