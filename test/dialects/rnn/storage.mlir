// RUN: grucc-opt %s | grucc-opt | FileCheck %s
// RUN: grucc-opt --mlir-print-op-generic %s | grucc-opt | FileCheck %s

// CHECK-LABEL: @every_kind_on_every_op_that_has_weights
func.func @every_kind_on_every_op_that_has_weights(
    %x: tensor<?x?x2xf32>, %w_ih: tensor<9x2xf32>, %w_hh: tensor<9x3xf32>, %g: tensor<4x9xf32>,
    %h: tensor<4x3xf32>) -> (tensor<?x?x3xf32>, tensor<?x3xf32>) {
  // CHECK: rnn.project {{.*}} {storage = #rnn.storage<int8, exponent = -7>}
  %gates = rnn.project %x, %w_ih {storage = #rnn.storage<int8, exponent = -7>}
      : (tensor<?x?x2xf32>, tensor<9x2xf32>) -> tensor<?x?x9xf32>
  // CHECK: rnn.gru_cell {{.*}} {storage = #rnn.storage<float16>}
  %next = rnn.gru_cell %g, %h, %w_hh {storage = #rnn.storage<float16>}
      : (tensor<4x9xf32>, tensor<4x3xf32>, tensor<9x3xf32>) -> tensor<4x3xf32>
  // CHECK: rnn.layer {{.*}} {w_hh_storage = #rnn.storage<int8>, w_ih_storage = #rnn.storage<bfloat16>}
  %y, %h_n = rnn.layer %x weights(%w_ih, %w_hh)
      {w_ih_storage = #rnn.storage<bfloat16>, w_hh_storage = #rnn.storage<int8, exponent = 0>}
      : (tensor<?x?x2xf32>, tensor<9x2xf32>, tensor<9x3xf32>)
      -> (tensor<?x?x3xf32>, tensor<?x3xf32>)
  return %y, %h_n : tensor<?x?x3xf32>, tensor<?x3xf32>
}

// CHECK-LABEL: @float64_in_float32
func.func @float64_in_float32(%x: tensor<?x?x2xf64>, %w: tensor<9x2xf64>) -> tensor<?x?x9xf64> {
  // CHECK: rnn.project {{.*}} {storage = #rnn.storage<float32>}
  %gates = rnn.project %x, %w {storage = #rnn.storage<float32>}
      : (tensor<?x?x2xf64>, tensor<9x2xf64>) -> tensor<?x?x9xf64>
  return %gates : tensor<?x?x9xf64>
}
