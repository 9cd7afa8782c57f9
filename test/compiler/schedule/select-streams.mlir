// RUN: grucc-opt %s --split-input-file --rnn-select-schedule="machine=zen3" --rnn-verify-schedule | FileCheck %s
// RUN: grucc-opt %s --split-input-file --rnn-select-schedule="machine=zen3 fields=streams=8" --rnn-verify-schedule \
// RUN:   | FileCheck %s --check-prefix=EIGHT
// RUN: grucc-opt %s --split-input-file --rnn-select-schedule="machine=sapphire-rapids" --rnn-verify-schedule \
// RUN:   | FileCheck %s --check-prefix=WIDE
// RUN: grucc-opt %s --split-input-file --rnn-select-schedule="machine=zen4" --rnn-verify-schedule \
// RUN:   | FileCheck %s --check-prefix=SHARED

// 12 MiB of recurrent weights: L3 holds them, if not beside as many for the input, which is read
// for 128 rows at a time: on Zen 4, too, where other guests leave 24 MiB of L3's 32.
// CHECK-LABEL: @network_1024
// CHECK-SAME: chunk_rows = 128, zigzag = true, streams = 4, fuse_step
// SHARED-LABEL: @network_1024
// SHARED-SAME: chunk_rows = 128, zigzag = true, streams = 2, fuse_step
// WIDE-LABEL: @network_1024
// WIDE-SAME: rnn.schedule =
// WIDE-NOT: streams
func.func @network_1024(%x: tensor<?x?x1024xf32>, %w_ih: tensor<3072x1024xf32>, %w_hh: tensor<3072x1024xf32>)
    -> tensor<?x?x1024xf32>
    attributes {rnn.network = #rnn.network<input_size = 1024, hidden_size = 1024, bias = false, external_weights = true>} {
  %g = rnn.project %x, %w_ih : (tensor<?x?x1024xf32>, tensor<3072x1024xf32>) -> tensor<?x?x3072xf32>
  %y, %hn = rnn.scan %g {
  ^bb0(%gates: tensor<?x3072xf32>, %h: tensor<?x1024xf32>):
    %next = rnn.gru_cell %gates, %h, %w_hh
        : (tensor<?x3072xf32>, tensor<?x1024xf32>, tensor<3072x1024xf32>) -> tensor<?x1024xf32>
    rnn.yield %next : tensor<?x1024xf32>
  } : (tensor<?x?x3072xf32>) -> (tensor<?x?x1024xf32>, tensor<?x1024xf32>)
  return %y : tensor<?x?x1024xf32>
}

// -----

// 16.5 MiB: a few rows walk several panels at a time, too, as many as their sums fit the stack.
// CHECK-LABEL: @network_1200
// CHECK-SAME: streams = 4, stream_rows = 5, fuse_step
// EIGHT-LABEL: @network_1200
// EIGHT-SAME: streams = 8, stream_rows = 4, fuse_step
func.func @network_1200(%x: tensor<?x?x8xf32>, %w_ih: tensor<3600x8xf32>, %w_hh: tensor<3600x1200xf32>)
    -> tensor<?x?x1200xf32>
    attributes {rnn.network = #rnn.network<input_size = 8, hidden_size = 1200, bias = false, external_weights = true>} {
  %g = rnn.project %x, %w_ih : (tensor<?x?x8xf32>, tensor<3600x8xf32>) -> tensor<?x?x3600xf32>
  %y, %hn = rnn.scan %g {
  ^bb0(%gates: tensor<?x3600xf32>, %h: tensor<?x1200xf32>):
    %next = rnn.gru_cell %gates, %h, %w_hh
        : (tensor<?x3600xf32>, tensor<?x1200xf32>, tensor<3600x1200xf32>) -> tensor<?x1200xf32>
    rnn.yield %next : tensor<?x1200xf32>
  } : (tensor<?x?x3600xf32>) -> (tensor<?x?x1200xf32>, tensor<?x1200xf32>)
  return %y : tensor<?x?x1200xf32>
}

// -----

// 48 KiB, some of it from L1: two panels at a time, so that no multiply-add waits for another.
// CHECK-LABEL: @network_64
// CHECK-SAME: zigzag = true, streams = 2, fuse_step
// WIDE-LABEL: @network_64
// WIDE-SAME: rnn.schedule =
// WIDE-NOT: streams
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
