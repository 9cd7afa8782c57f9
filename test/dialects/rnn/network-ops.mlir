// RUN: grucc-opt %s | grucc-opt | FileCheck %s
// RUN: grucc-opt --mlir-print-op-generic %s | grucc-opt | FileCheck %s

// CHECK-LABEL: @every_flag_in_torchs_words
func.func @every_flag_in_torchs_words(
    %x: tensor<?x?x2xf32>, %h: tensor<4x?x3xf32>, %lengths: tensor<?xi64>, %seed: i64,
    %w_ih_l0: tensor<9x2xf32>, %w_hh: tensor<9x3xf32>, %w_ih_l1: tensor<9x6xf32>)
    -> (tensor<?x?x6xf32>, tensor<4x?x3xf32>) {
  // CHECK: rnn.gru %{{.*}} h_0(%{{.*}}) lengths(%{{.*}}) dropout_seed(%{{.*}}) weights(
  // CHECK-SAME: batch_first = true, bias = false, bidirectional = true, dropout = 5.000000e-01 : f64
  // CHECK-SAME: hidden_size = 3 : i64, input_size = 2 : i64, num_layers = 2 : i64, training = true
  %y, %h_n = rnn.gru %x h_0(%h) lengths(%lengths) dropout_seed(%seed)
      weights(%w_ih_l0, %w_hh, %w_ih_l0, %w_hh, %w_ih_l1, %w_hh, %w_ih_l1, %w_hh)
      {input_size = 2, hidden_size = 3, num_layers = 2, bias = false, batch_first = true,
       dropout = 0.5, bidirectional = true, training = true}
      : (tensor<?x?x2xf32>, tensor<4x?x3xf32>, tensor<?xi64>, i64,
         tensor<9x2xf32>, tensor<9x3xf32>, tensor<9x2xf32>, tensor<9x3xf32>,
         tensor<9x6xf32>, tensor<9x3xf32>, tensor<9x6xf32>, tensor<9x3xf32>)
      -> (tensor<?x?x6xf32>, tensor<4x?x3xf32>)
  return %y, %h_n : tensor<?x?x6xf32>, tensor<4x?x3xf32>
}

// CHECK-LABEL: @defaults_are_left_out
// CHECK: rnn.gru %{{.*}} weights({{.*}}) {hidden_size = 3 : i64, input_size = 2 : i64} :
func.func @defaults_are_left_out(%x: tensor<?x2xf64>, %w: tensor<9x2xf64>, %u: tensor<9x3xf64>,
                                 %b: tensor<9xf64>) -> (tensor<?x3xf64>, tensor<1x3xf64>) {
  %y, %h_n = rnn.gru %x weights(%w, %u, %b, %b) {input_size = 2, hidden_size = 3, num_layers = 1}
      : (tensor<?x2xf64>, tensor<9x2xf64>, tensor<9x3xf64>, tensor<9xf64>, tensor<9xf64>)
      -> (tensor<?x3xf64>, tensor<1x3xf64>)
  return %y, %h_n : tensor<?x3xf64>, tensor<1x3xf64>
}

// CHECK-LABEL: @packed
// CHECK: rnn.gru %{{.*}} batch_sizes(%{{.*}}) sorted_indices(%{{.*}}) unsorted_indices(%{{.*}}) weights(
func.func @packed(%x: tensor<?x2xf32>, %sizes: tensor<?xi64>, %sorted: tensor<4xi64>,
                  %unsorted: tensor<?xi64>, %w: tensor<9x2xf32>, %u: tensor<9x3xf32>)
    -> (tensor<?x3xf32>, tensor<1x4x3xf32>) {
  %y, %h_n = rnn.gru %x batch_sizes(%sizes) sorted_indices(%sorted) unsorted_indices(%unsorted)
      weights(%w, %u) {input_size = 2, hidden_size = 3, bias = false}
      : (tensor<?x2xf32>, tensor<?xi64>, tensor<4xi64>, tensor<?xi64>, tensor<9x2xf32>,
         tensor<9x3xf32>) -> (tensor<?x3xf32>, tensor<1x4x3xf32>)
  return %y, %h_n : tensor<?x3xf32>, tensor<1x4x3xf32>
}

// CHECK-LABEL: @dropout_by_a_mask
// CHECK: rnn.gru %{{.*}} dropout_mask(%{{.*}}) weights(
func.func @dropout_by_a_mask(%x: tensor<5x4x3xf32>, %mask: tensor<1x5x4x3xf32>, %w: tensor<9x3xf32>)
    -> (tensor<5x4x3xf32>, tensor<2x4x3xf32>) {
  %y, %h_n = rnn.gru %x dropout_mask(%mask) weights(%w, %w, %w, %w)
      {input_size = 3, hidden_size = 3, num_layers = 2, bias = false, dropout = 1.0, training = true}
      : (tensor<5x4x3xf32>, tensor<1x5x4x3xf32>, tensor<9x3xf32>, tensor<9x3xf32>, tensor<9x3xf32>,
         tensor<9x3xf32>) -> (tensor<5x4x3xf32>, tensor<2x4x3xf32>)
  return %y, %h_n : tensor<5x4x3xf32>, tensor<2x4x3xf32>
}

// A result may say more or less than its operands do.
// CHECK-LABEL: @static_result_of_dynamic_operands
func.func @static_result_of_dynamic_operands(%x: tensor<?x?x3xf32>, %w: tensor<9x3xf32>)
    -> (tensor<7x4x3xf32>, tensor<1x?x3xf32>) {
  %y, %h_n = rnn.gru %x weights(%w, %w) {input_size = 3, hidden_size = 3, bias = false}
      : (tensor<?x?x3xf32>, tensor<9x3xf32>, tensor<9x3xf32>)
      -> (tensor<7x4x3xf32>, tensor<1x?x3xf32>)
  return %y, %h_n : tensor<7x4x3xf32>, tensor<1x?x3xf32>
}
