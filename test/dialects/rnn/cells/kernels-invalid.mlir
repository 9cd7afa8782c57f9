// RUN: cells-opt %s --split-input-file --rnn-hoist-projection --rnn-select-schedule=machine=x86-64-v3 \
// RUN:   --rnn-emit-kernels --verify-diagnostics
// RUN: cells-opt %s --split-input-file --rnn-hoist-projection --rnn-select-gpu-schedule=gpu=sm_80 \
// RUN:   --rnn-emit-gpu-kernels --verify-diagnostics

// Kernels take all gates' products at once, and carry one state.
func.func @lstm(%x: tensor<?x?x2xf32>, %w_ih: tensor<4x2xf32>, %w_hh: tensor<4x1xf32>)
    -> (tensor<?x?x1xf32>, tensor<?x2xf32>) {
  // expected-error @+1 {{cell: found test.lstm_cell of 1 rounds and 2 states, expected one of each for kernels}}
  %y, %h_n = rnn.layer %x weights(%w_ih, %w_hh) {cell = "test.lstm_cell"}
      : (tensor<?x?x2xf32>, tensor<4x2xf32>, tensor<4x1xf32>)
      -> (tensor<?x?x1xf32>, tensor<?x2xf32>)
  return %y, %h_n : tensor<?x?x1xf32>, tensor<?x2xf32>
}

// -----

func.func @reset_before(%x: tensor<?x?x2xf32>, %w_ih: tensor<9x2xf32>, %w_hh: tensor<9x3xf32>)
    -> tensor<?x?x3xf32> {
  // expected-error @+1 {{cell: found test.gru_reset_before_cell of 2 rounds and 1 states, expected one of each for kernels}}
  %y, %h_n = rnn.layer %x weights(%w_ih, %w_hh) {cell = "test.gru_reset_before_cell"}
      : (tensor<?x?x2xf32>, tensor<9x2xf32>, tensor<9x3xf32>)
      -> (tensor<?x?x3xf32>, tensor<?x3xf32>)
  return %y : tensor<?x?x3xf32>
}
