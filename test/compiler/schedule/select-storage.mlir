// RUN: grucc-opt %s --split-input-file --rnn-select-schedule="machine=x86-64-v4" --rnn-select-storage | FileCheck %s --check-prefixes=CHECK,V4
// RUN: grucc-opt %s --split-input-file --rnn-select-schedule="machine=x86-64-v2" --rnn-select-storage | FileCheck %s --check-prefixes=CHECK,V2

// 25 KB of weights: they stay in L1, where widening only costs.
// CHECK-LABEL: @in_l1
// CHECK: rnn.project
// CHECK-NOT: #rnn.storage
// CHECK: return
func.func @in_l1(%x: tensor<?x?x32xf32>, %w_ih: tensor<96x32xf32>, %w_hh: tensor<96x32xf32>)
    -> tensor<?x?x32xf32>
    attributes {rnn.network = #rnn.network<input_size = 32, hidden_size = 32, bias = false, external_weights = true>} {
  %g = rnn.project %x, %w_ih {storage = #rnn.storage<bfloat16>}
      : (tensor<?x?x32xf32>, tensor<96x32xf32>) -> tensor<?x?x96xf32>
  %y, %hn = rnn.scan %g {
  ^bb0(%gates: tensor<?x96xf32>, %h: tensor<?x32xf32>):
    %next = rnn.gru_cell %gates, %h, %w_hh {storage = #rnn.storage<bfloat16>}
        : (tensor<?x96xf32>, tensor<?x32xf32>, tensor<96x32xf32>) -> tensor<?x32xf32>
    rnn.yield %next : tensor<?x32xf32>
  } : (tensor<?x?x96xf32>) -> (tensor<?x?x32xf32>, tensor<?x32xf32>)
  return %y : tensor<?x?x32xf32>
}

// -----

// Far beyond L2: the narrowest, each matrix with its own scale. Without fused multiply-add
// arithmetic is the limit sooner: bfloat16 holds what int8 does, and x86-64-v2 has no float16.
// CHECK-LABEL: @beyond_l2
// V4: rnn.project {{.*}}storage = #rnn.storage<int8, exponent = -12>
// V2: rnn.project {{.*}}storage = #rnn.storage<bfloat16>
// V4: rnn.gru_cell {{.*}}storage = #rnn.storage<float16>
// V2: rnn.gru_cell
// V2-NOT: #rnn.storage<float16>
// V2: return
func.func @beyond_l2(%x: tensor<?x?x2048xf32>, %w_ih: tensor<6144x2048xf32>,
                     %w_hh: tensor<6144x2048xf32>) -> tensor<?x?x2048xf32>
    attributes {rnn.network = #rnn.network<input_size = 2048, hidden_size = 2048, bias = false, external_weights = true>} {
  %g = rnn.project %x, %w_ih {storage = #rnn.storage<int8, exponent = -12>}
      : (tensor<?x?x2048xf32>, tensor<6144x2048xf32>) -> tensor<?x?x6144xf32>
  %y, %hn = rnn.scan %g {
  ^bb0(%gates: tensor<?x6144xf32>, %h: tensor<?x2048xf32>):
    %next = rnn.gru_cell %gates, %h, %w_hh {storage = #rnn.storage<float16>}
        : (tensor<?x6144xf32>, tensor<?x2048xf32>, tensor<6144x2048xf32>) -> tensor<?x2048xf32>
    rnn.yield %next : tensor<?x2048xf32>
  } : (tensor<?x?x6144xf32>) -> (tensor<?x?x2048xf32>, tensor<?x2048xf32>)
  return %y : tensor<?x?x2048xf32>
}

// -----

// Layers that share a kernel share its storage: int8 and bfloat16 meet in bfloat16, in W_hh;
// float16 and bfloat16 in nothing, in W_ih, since the input of layer 0 is as wide as the others'.
// CHECK-LABEL: @layers_agree
// CHECK: rnn.project
// CHECK-NOT: #rnn.storage<float16>
// CHECK: rnn.gru_cell {{.*}}storage = #rnn.storage<bfloat16>
// CHECK: rnn.project
// CHECK-NOT: #rnn.storage
// CHECK: rnn.gru_cell {{.*}}storage = #rnn.storage<bfloat16>
func.func @layers_agree(%x: tensor<?x?x1024xf32>, %w0: tensor<3072x1024xf32>,
                        %w1: tensor<3072x1024xf32>, %u0: tensor<3072x1024xf32>,
                        %u1: tensor<3072x1024xf32>) -> tensor<?x?x1024xf32>
    attributes {rnn.network = #rnn.network<input_size = 1024, hidden_size = 1024, num_layers = 2, bias = false, external_weights = true>} {
  %g0 = rnn.project %x, %w0 {storage = #rnn.storage<float16>}
      : (tensor<?x?x1024xf32>, tensor<3072x1024xf32>) -> tensor<?x?x3072xf32>
  %y0, %hn0 = rnn.scan %g0 {
  ^bb0(%gates: tensor<?x3072xf32>, %h: tensor<?x1024xf32>):
    %next = rnn.gru_cell %gates, %h, %u0 {storage = #rnn.storage<int8, exponent = -12>}
        : (tensor<?x3072xf32>, tensor<?x1024xf32>, tensor<3072x1024xf32>) -> tensor<?x1024xf32>
    rnn.yield %next : tensor<?x1024xf32>
  } : (tensor<?x?x3072xf32>) -> (tensor<?x?x1024xf32>, tensor<?x1024xf32>)
  %g1 = rnn.project %y0, %w1 {storage = #rnn.storage<bfloat16>}
      : (tensor<?x?x1024xf32>, tensor<3072x1024xf32>) -> tensor<?x?x3072xf32>
  %y1, %hn1 = rnn.scan %g1 {
  ^bb0(%gates: tensor<?x3072xf32>, %h: tensor<?x1024xf32>):
    %next = rnn.gru_cell %gates, %h, %u1 {storage = #rnn.storage<bfloat16>}
        : (tensor<?x3072xf32>, tensor<?x1024xf32>, tensor<3072x1024xf32>) -> tensor<?x1024xf32>
    rnn.yield %next : tensor<?x1024xf32>
  } : (tensor<?x?x3072xf32>) -> (tensor<?x?x1024xf32>, tensor<?x1024xf32>)
  return %y1 : tensor<?x?x1024xf32>
}
