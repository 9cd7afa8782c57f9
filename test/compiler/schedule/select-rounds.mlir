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
