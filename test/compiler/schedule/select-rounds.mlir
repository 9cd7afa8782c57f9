// RUN: grucc-opt %s --split-input-file --rnn-select-schedule="machine=zen3" --rnn-verify-schedule | FileCheck %s
// RUN: grucc-opt %s --split-input-file --rnn-select-schedule="machine=zen4" --rnn-verify-schedule \
// RUN:   | FileCheck %s --check-prefix=WIDE

// 16 registers: four rows are twelve sums of three gates, but only four of one.
// CHECK-LABEL: @before
// CHECK-SAME: tiles = [4, 1, 3, 1, 2, 1, 1, 1], round_rows = 8, k_block
// 32 registers: eight rows are eight sums.
// WIDE-LABEL: @before
// WIDE-SAME: rnn.schedule =
// WIDE-NOT: round_rows
func.func @before(%x: tensor<?x?x8xf32>, %w_ih: tensor<600x8xf32>, %w_hh: tensor<600x200xf32>)
    -> tensor<?x?x200xf32>
    attributes {rnn.network = #rnn.network<input_size = 8, hidden_size = 200, bias = false, external_weights = true, variant = <reset = before>>} {
  %g = rnn.project %x, %w_ih {cell = #rnn.cell<"rnn.gru_cell", <reset = before>>}
      : (tensor<?x?x8xf32>, tensor<600x8xf32>) -> tensor<?x?x600xf32>
  %y, %hn = rnn.scan %g {
  ^bb0(%gates: tensor<?x600xf32>, %h: tensor<?x200xf32>):
    %next = rnn.gru_cell %gates, %h, %w_hh {variant = #rnn.variant<reset = before>}
        : (tensor<?x600xf32>, tensor<?x200xf32>, tensor<600x200xf32>) -> tensor<?x200xf32>
    rnn.yield %next : tensor<?x200xf32>
  } : (tensor<?x?x600xf32>) -> (tensor<?x?x200xf32>, tensor<?x200xf32>)
  return %y : tensor<?x?x200xf32>
}

// -----

// One round: nothing to add.
// CHECK-LABEL: @after
// CHECK-SAME: rnn.schedule =
// CHECK-NOT: round_rows
func.func @after(%x: tensor<?x?x8xf32>, %w_ih: tensor<600x8xf32>, %w_hh: tensor<600x200xf32>)
    -> tensor<?x?x200xf32>
    attributes {rnn.network = #rnn.network<input_size = 8, hidden_size = 200, bias = false, external_weights = true>} {
  %g = rnn.project %x, %w_ih : (tensor<?x?x8xf32>, tensor<600x8xf32>) -> tensor<?x?x600xf32>
  %y, %hn = rnn.scan %g {
  ^bb0(%gates: tensor<?x600xf32>, %h: tensor<?x200xf32>):
    %next = rnn.gru_cell %gates, %h, %w_hh
        : (tensor<?x600xf32>, tensor<?x200xf32>, tensor<600x200xf32>) -> tensor<?x200xf32>
    rnn.yield %next : tensor<?x200xf32>
  } : (tensor<?x?x600xf32>) -> (tensor<?x?x200xf32>, tensor<?x200xf32>)
  return %y : tensor<?x?x200xf32>
}

// -----

// 9.3 MiB, which L3 holds.
// CHECK-LABEL: @before_900
// CHECK-SAME: streams = 4, round_streams = 6
// WIDE-LABEL: @before_900
// WIDE-SAME: streams = 2, round_streams = 6
func.func @before_900(%x: tensor<?x?x8xf32>, %w_ih: tensor<2700x8xf32>, %w_hh: tensor<2700x900xf32>)
    -> tensor<?x?x900xf32>
    attributes {rnn.network = #rnn.network<input_size = 8, hidden_size = 900, bias = false, external_weights = true, variant = <reset = before>>} {
  %g = rnn.project %x, %w_ih {cell = #rnn.cell<"rnn.gru_cell", <reset = before>>}
      : (tensor<?x?x8xf32>, tensor<2700x8xf32>) -> tensor<?x?x2700xf32>
  %y, %hn = rnn.scan %g {
  ^bb0(%gates: tensor<?x2700xf32>, %h: tensor<?x900xf32>):
    %next = rnn.gru_cell %gates, %h, %w_hh {variant = #rnn.variant<reset = before>}
        : (tensor<?x2700xf32>, tensor<?x900xf32>, tensor<2700x900xf32>) -> tensor<?x900xf32>
    rnn.yield %next : tensor<?x900xf32>
  } : (tensor<?x?x2700xf32>) -> (tensor<?x?x900xf32>, tensor<?x900xf32>)
  return %y : tensor<?x?x900xf32>
}

// -----

// 16.5 MiB, of which much comes from memory on zen3.
// CHECK-LABEL: @before_1200
// CHECK-SAME: streams = 4, round_streams = 8
// WIDE-LABEL: @before_1200
// WIDE-SAME: streams = 2, round_streams = 6
func.func @before_1200(%x: tensor<?x?x8xf32>, %w_ih: tensor<3600x8xf32>, %w_hh: tensor<3600x1200xf32>)
    -> tensor<?x?x1200xf32>
    attributes {rnn.network = #rnn.network<input_size = 8, hidden_size = 1200, bias = false, external_weights = true, variant = <reset = before>>} {
  %g = rnn.project %x, %w_ih {cell = #rnn.cell<"rnn.gru_cell", <reset = before>>}
      : (tensor<?x?x8xf32>, tensor<3600x8xf32>) -> tensor<?x?x3600xf32>
  %y, %hn = rnn.scan %g {
  ^bb0(%gates: tensor<?x3600xf32>, %h: tensor<?x1200xf32>):
    %next = rnn.gru_cell %gates, %h, %w_hh {variant = #rnn.variant<reset = before>}
        : (tensor<?x3600xf32>, tensor<?x1200xf32>, tensor<3600x1200xf32>) -> tensor<?x1200xf32>
    rnn.yield %next : tensor<?x1200xf32>
  } : (tensor<?x?x3600xf32>) -> (tensor<?x?x1200xf32>, tensor<?x1200xf32>)
  return %y : tensor<?x?x1200xf32>
}
