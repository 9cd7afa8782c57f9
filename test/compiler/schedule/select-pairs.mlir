// RUN: grucc-opt %s --split-input-file --rnn-select-schedule="machine=zen5" | FileCheck %s
// RUN: grucc-opt %s --split-input-file --rnn-select-schedule="machine=zen4" | FileCheck %s --check-prefix=EVEN

// Two blocks at a time would get from L2 half of what one gets, which is less than one can take.
// CHECK-LABEL: @network_256
// CHECK-SAME: pair_blocks = false
// EVEN-LABEL: @network_256
// EVEN-SAME: rnn.schedule = #rnn.schedule<{{.*}}pair_blocks = true
func.func @network_256(%x: tensor<?x?x256xf32>, %w_ih: tensor<768x256xf32>, %w_hh: tensor<768x256xf32>)
    -> tensor<?x?x256xf32>
    attributes {rnn.network = #rnn.network<input_size = 256, hidden_size = 256, bias = false, external_weights = true>} {
  %g = rnn.project %x, %w_ih : (tensor<?x?x256xf32>, tensor<768x256xf32>) -> tensor<?x?x768xf32>
  %y, %hn = rnn.scan %g {
  ^bb0(%gates: tensor<?x768xf32>, %h: tensor<?x256xf32>):
    %next = rnn.gru_cell %gates, %h, %w_hh
        : (tensor<?x768xf32>, tensor<?x256xf32>, tensor<768x256xf32>) -> tensor<?x256xf32>
    rnn.yield %next : tensor<?x256xf32>
  } : (tensor<?x?x768xf32>) -> (tensor<?x?x256xf32>, tensor<?x256xf32>)
  return %y : tensor<?x?x256xf32>
}

// -----

// From L1 every load comes as fast as another.
// CHECK-LABEL: @network_64
// CHECK-SAME: pair_blocks = true
func.func @network_64(%x: tensor<?x?x8xf32>, %w_ih: tensor<192x8xf32>, %w_hh: tensor<192x64xf32>)
    -> tensor<?x?x64xf32>
    attributes {rnn.network = #rnn.network<input_size = 8, hidden_size = 64, bias = false, external_weights = true>} {
  %g = rnn.project %x, %w_ih : (tensor<?x?x8xf32>, tensor<192x8xf32>) -> tensor<?x?x192xf32>
  %y, %hn = rnn.scan %g {
  ^bb0(%gates: tensor<?x192xf32>, %h: tensor<?x64xf32>):
    %next = rnn.gru_cell %gates, %h, %w_hh
        : (tensor<?x192xf32>, tensor<?x64xf32>, tensor<192x64xf32>) -> tensor<?x64xf32>
    rnn.yield %next : tensor<?x64xf32>
  } : (tensor<?x?x192xf32>) -> (tensor<?x?x64xf32>, tensor<?x64xf32>)
  return %y : tensor<?x?x64xf32>
}

// -----

// Nor does it matter for weights that come from memory.
// CHECK-LABEL: @network_1536
// CHECK-SAME: pair_blocks = true
func.func @network_1536(%x: tensor<?x?x1536xf32>, %w_ih: tensor<4608x1536xf32>, %w_hh: tensor<4608x1536xf32>)
    -> tensor<?x?x1536xf32>
    attributes {rnn.network = #rnn.network<input_size = 1536, hidden_size = 1536, bias = false, external_weights = true>} {
  %g = rnn.project %x, %w_ih : (tensor<?x?x1536xf32>, tensor<4608x1536xf32>) -> tensor<?x?x4608xf32>
  %y, %hn = rnn.scan %g {
  ^bb0(%gates: tensor<?x4608xf32>, %h: tensor<?x1536xf32>):
    %next = rnn.gru_cell %gates, %h, %w_hh
        : (tensor<?x4608xf32>, tensor<?x1536xf32>, tensor<4608x1536xf32>) -> tensor<?x1536xf32>
    rnn.yield %next : tensor<?x1536xf32>
  } : (tensor<?x?x4608xf32>) -> (tensor<?x?x1536xf32>, tensor<?x1536xf32>)
  return %y : tensor<?x?x1536xf32>
}
