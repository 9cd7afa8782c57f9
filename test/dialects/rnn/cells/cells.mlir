// RUN: cells-opt %s --split-input-file --verify-diagnostics | cells-opt --split-input-file | FileCheck %s

// One gate: G = H. One kept bias of none: b_hh whole or nothing.
// CHECK-LABEL: @one_gate
func.func @one_gate(%g: tensor<4x3xf32>, %h: tensor<4x3xf32>, %w_hh: tensor<3x3xf32>,
                    %b_hh: tensor<3xf32>) -> tensor<4x3xf32> {
  // CHECK: test.rnn_cell %{{.*}}, %{{.*}}, %{{.*}} bias(%{{.*}})
  %next = test.rnn_cell %g, %h, %w_hh bias(%b_hh)
      : (tensor<4x3xf32>, tensor<4x3xf32>, tensor<3x3xf32>, tensor<3xf32>) -> tensor<4x3xf32>
  return %next : tensor<4x3xf32>
}

// Four gates, and two states side by side: [B, 2H]. What a scan puts out is the first.
// CHECK-LABEL: @two_states
func.func @two_states(%gates: tensor<?x4x12xf32>, %w_hh: tensor<12x3xf32>)
    -> (tensor<?x4x3xf32>, tensor<4x6xf32>) {
  // CHECK: rnn.scan
  %y, %h_n = rnn.scan %gates {
  ^bb0(%g: tensor<4x12xf32>, %states: tensor<4x6xf32>):
    // CHECK: test.lstm_cell
    %next = test.lstm_cell %g, %states, %w_hh
        : (tensor<4x12xf32>, tensor<4x6xf32>, tensor<12x3xf32>) -> tensor<4x6xf32>
    rnn.yield %next : tensor<4x6xf32>
  // CHECK: (tensor<?x4x12xf32>) -> (tensor<?x4x3xf32>, tensor<4x6xf32>)
  } : (tensor<?x4x12xf32>) -> (tensor<?x4x3xf32>, tensor<4x6xf32>)
  return %y, %h_n : tensor<?x4x3xf32>, tensor<4x6xf32>
}

// -----

func.func @output_is_one_state(%gates: tensor<?x4x12xf32>, %w_hh: tensor<12x3xf32>) {
  // expected-error @+2 {{inferred type(s) 'tensor<?x4x3xf32>', 'tensor<4x6xf32>' are incompatible}}
  // expected-error @+1 {{failed to infer returned types}}
  %y, %h_n = rnn.scan %gates {
  ^bb0(%g: tensor<4x12xf32>, %states: tensor<4x6xf32>):
    %next = test.lstm_cell %g, %states, %w_hh
        : (tensor<4x12xf32>, tensor<4x6xf32>, tensor<12x3xf32>) -> tensor<4x6xf32>
    rnn.yield %next : tensor<4x6xf32>
  } : (tensor<?x4x12xf32>) -> (tensor<?x4x6xf32>, tensor<4x6xf32>)
  return
}

// -----

func.func @four_row_blocks(%g: tensor<4x9xf32>, %h: tensor<4x6xf32>, %w_hh: tensor<9x3xf32>) {
  // expected-error @+1 {{gates: found shape [4, 9], expected [4, 12]}}
  %n = test.lstm_cell %g, %h, %w_hh
      : (tensor<4x9xf32>, tensor<4x6xf32>, tensor<9x3xf32>) -> tensor<4x6xf32>
  return
}

// -----

func.func @two_states_of_h(%g: tensor<4x12xf32>, %h: tensor<4x3xf32>, %w_hh: tensor<12x3xf32>) {
  // expected-error @+1 {{h: found shape [4, 3], expected [4, 6]}}
  %n = test.lstm_cell %g, %h, %w_hh
      : (tensor<4x12xf32>, tensor<4x3xf32>, tensor<12x3xf32>) -> tensor<4x6xf32>
  return
}

// -----

// An LSTM's gates keep no bias apart.
func.func @bias_is_whole(%g: tensor<4x12xf32>, %h: tensor<4x6xf32>, %w_hh: tensor<12x3xf32>,
                         %b: tensor<3xf32>) {
  // expected-error @+1 {{bias: found shape [3], expected [0]}}
  %n = test.lstm_cell %g, %h, %w_hh bias(%b)
      : (tensor<4x12xf32>, tensor<4x6xf32>, tensor<12x3xf32>, tensor<3xf32>) -> tensor<4x6xf32>
  return
}

// -----

func.func @layer_of_no_cell(%x: tensor<?x4x2xf32>, %w_ih: tensor<9x2xf32>, %w_hh: tensor<9x3xf32>) {
  // expected-error @+1 {{cell: found 'rnn.tanh', expected the name of an op that is a cell}}
  %y, %h_n = rnn.layer %x weights(%w_ih, %w_hh) {cell = #rnn.cell<"rnn.tanh">}
      : (tensor<?x4x2xf32>, tensor<9x2xf32>, tensor<9x3xf32>) -> (tensor<?x4x3xf32>, tensor<4x3xf32>)
  return
}

// -----

func.func @layer_of_another_cell(%x: tensor<?x4x2xf32>, %w_ih: tensor<9x2xf32>,
                                 %w_hh: tensor<9x3xf32>) {
  // expected-error @+1 {{w_ih: found shape [9, 2], expected [12, 2]}}
  %y, %h_n = rnn.layer %x weights(%w_ih, %w_hh) {cell = #rnn.cell<"test.lstm_cell">}
      : (tensor<?x4x2xf32>, tensor<9x2xf32>, tensor<9x3xf32>) -> (tensor<?x4x3xf32>, tensor<4x6xf32>)
  return
}

// -----

func.func @projection_of_no_cell(%x: tensor<?x4x2xf32>, %w: tensor<9x2xf32>) {
  // expected-error @+1 {{cell: found 'rnn.cell', expected the name of an op that is a cell}}
  %g = rnn.project %x, %w {cell = #rnn.cell<"rnn.cell">}
      : (tensor<?x4x2xf32>, tensor<9x2xf32>) -> tensor<?x4x9xf32>
  return
}

// -----

func.func @biases_of_a_row_block_each(%b_ih: tensor<9xf32>, %b_hh: tensor<9xf32>) {
  // expected-error @+1 {{b_ih: found 9 rows, expected a multiple of 4}}
  %b_x, %kept = rnn.fold_biases %b_ih, %b_hh {cell = #rnn.cell<"test.lstm_cell">}
      : (tensor<9xf32>, tensor<9xf32>) -> (tensor<9xf32>, tensor<0xf32>)
  return
}
