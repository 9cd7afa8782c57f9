// RUN: cells-opt %s --split-input-file --rnn-hoist-projection --rnn-select-schedule=machine=x86-64-v3 \
// RUN:   --rnn-plan-model --rnn-pack-weights --verify-diagnostics
// RUN: cells-opt %s --split-input-file --rnn-hoist-projection --rnn-select-gpu-schedule=gpu=sm_80 \
// RUN:   --rnn-emit-gpu-kernels --verify-diagnostics

// Kernels carry one state.
func.func @lstm(%x: tensor<?x?x2xf32>, %w_ih: tensor<4x2xf32>, %w_hh: tensor<4x1xf32>)
    -> (tensor<?x?x1xf32>, tensor<1x?x2xf32>) attributes {rnn.network = #rnn.network<
        input_size = 2, hidden_size = 1, bias = false, external_weights = true>} {
  // expected-error-re @+1 {{cell: found test.lstm_cell of {{.*}}2 states, expected one{{.*}} for kernels}}
  %y, %e = rnn.layer %x weights(%w_ih, %w_hh) {cell = #rnn.cell<"test.lstm_cell">}
      : (tensor<?x?x2xf32>, tensor<4x2xf32>, tensor<4x1xf32>)
      -> (tensor<?x?x1xf32>, tensor<?x2xf32>)
  %h_n = rnn.stack %e : tensor<?x2xf32> -> tensor<1x?x2xf32>
  return %y, %h_n : tensor<?x?x1xf32>, tensor<1x?x2xf32>
}

// -----

// The layers of a network have one cell.
func.func @another_above(%x: tensor<?x?x2xf32>, %w_ih: tensor<6x2xf32>, %w_hh: tensor<6x2xf32>,
                         %v_ih: tensor<2x2xf32>, %v_hh: tensor<2x2xf32>)
    -> (tensor<?x?x2xf32>, tensor<2x?x2xf32>) attributes {rnn.network = #rnn.network<
        input_size = 2, hidden_size = 2, num_layers = 2, bias = false, external_weights = true>} {
  // expected-note @+1 {{layer 0 is here}}
  %y, %e = rnn.layer %x weights(%w_ih, %w_hh)
      : (tensor<?x?x2xf32>, tensor<6x2xf32>, tensor<6x2xf32>)
      -> (tensor<?x?x2xf32>, tensor<?x2xf32>)
  // expected-error @+1 {{cell: found 'test.rnn_cell', expected 'rnn.gru_cell' as in the other layers}}
  %z, %f = rnn.layer %y weights(%v_ih, %v_hh) {cell = #rnn.cell<"test.rnn_cell">}
      : (tensor<?x?x2xf32>, tensor<2x2xf32>, tensor<2x2xf32>)
      -> (tensor<?x?x2xf32>, tensor<?x2xf32>)
  %h_n = rnn.stack %e, %f : tensor<?x2xf32>, tensor<?x2xf32> -> tensor<2x?x2xf32>
  return %z, %h_n : tensor<?x?x2xf32>, tensor<2x?x2xf32>
}

// -----

// A projection is of as many gates as its scan's cell, and of that cell.
func.func @another_projection(%x: tensor<?x?x2xf32>, %w_ih: tensor<6x2xf32>, %w_hh: tensor<6x2xf32>)
    -> (tensor<?x?x2xf32>, tensor<1x?x2xf32>) attributes {rnn.network = #rnn.network<
        input_size = 2, hidden_size = 2, bias = false, external_weights = true>} {
  // expected-error @+1 {{cell: found 'test.gru_reset_before_cell', expected 'rnn.gru_cell' as in its scan}}
  %g = rnn.project %x, %w_ih {cell = #rnn.cell<"test.gru_reset_before_cell">}
      : (tensor<?x?x2xf32>, tensor<6x2xf32>) -> tensor<?x?x6xf32>
  %y, %e = rnn.scan %g {
  ^bb0(%a: tensor<?x6xf32>, %h: tensor<?x2xf32>):
    // expected-note @+1 {{which is here}}
    %n = rnn.gru_cell %a, %h, %w_hh : (tensor<?x6xf32>, tensor<?x2xf32>, tensor<6x2xf32>) -> tensor<?x2xf32>
    rnn.yield %n : tensor<?x2xf32>
  } : (tensor<?x?x6xf32>) -> (tensor<?x?x2xf32>, tensor<?x2xf32>)
  %h_n = rnn.stack %e : tensor<?x2xf32> -> tensor<1x?x2xf32>
  return %y, %h_n : tensor<?x?x2xf32>, tensor<1x?x2xf32>
}

// -----

// The gates of a tanh RNN keep no bias: all are added to its projection's.
func.func @unfolded(%x: tensor<?x?x2xf32>) -> (tensor<?x?x2xf32>, tensor<1x?x2xf32>)
    attributes {rnn.network = #rnn.network<input_size = 2, hidden_size = 2>} {
  %w = arith.constant dense<0.5> : tensor<2x2xf32>
  %b = arith.constant dense<0.5> : tensor<2xf32>
  // expected-note @+1 {{which is here}}
  %g = rnn.project %x, %w bias(%b) {cell = #rnn.cell<"test.rnn_cell">}
      : (tensor<?x?x2xf32>, tensor<2x2xf32>, tensor<2xf32>) -> tensor<?x?x2xf32>
  %y, %e = rnn.scan %g {
  ^bb0(%a: tensor<?x2xf32>, %h: tensor<?x2xf32>):
    // expected-error @+1 {{bias: found one, expected none: its gates keep none}}
    %n = test.rnn_cell %a, %h, %w bias(%b) : (tensor<?x2xf32>, tensor<?x2xf32>, tensor<2x2xf32>, tensor<2xf32>) -> tensor<?x2xf32>
    rnn.yield %n : tensor<?x2xf32>
  } : (tensor<?x?x2xf32>) -> (tensor<?x?x2xf32>, tensor<?x2xf32>)
  %h_n = rnn.stack %e : tensor<?x2xf32> -> tensor<1x?x2xf32>
  return %y, %h_n : tensor<?x?x2xf32>, tensor<1x?x2xf32>
}
