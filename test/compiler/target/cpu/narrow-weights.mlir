// RUN: grucc-opt %s --split-input-file --rnn-select-schedule="machine=x86-64-v4" --rnn-plan-model --rnn-pack-weights --rnn-lower-layers --rnn-outline-kernels --rnn-expand-workspace --rnn-walk-panels --rnn-expand-panel-dot --rnn-expand-cell --verify-diagnostics | FileCheck %s

// bfloat16, two k in a word of 32 bits: the upper half is a float32 once the lower one is
// gone, the lower half once it is shifted up. int8, two k in a word of 16 bits.
// CHECK: llvm.mlir.global internal constant @net.weights(
// CHECK-LABEL: func.func private @net.project_2(
// CHECK: vector.load {{.*}} : memref<?xi8>, vector<32xi8>
// CHECK: arith.extui {{.*}} : vector<16xi16> to vector<16xi32>
// CHECK: %[[BYTE:.*]] = arith.andi
// CHECK: %[[BITS:.*]] = arith.ori %[[BYTE]]
// CHECK: %[[SUM:.*]] = arith.bitcast %[[BITS]] : vector<16xi32> to vector<16xf32>
// CHECK: %[[W:.*]] = arith.subf %[[SUM]]
// CHECK: math.fma %[[W]]
// CHECK-LABEL: func.func private @net.scan_row(
// CHECK: %[[WORDS:.*]] = vector.bitcast {{.*}} : vector<64xi8> to vector<16xi32>
// CHECK: %[[LOW:.*]] = arith.shli %[[WORDS]]
// CHECK: %[[W0:.*]] = arith.bitcast %[[LOW]] : vector<16xi32> to vector<16xf32>
// CHECK: math.fma %[[W0]]
// CHECK: %[[HIGH:.*]] = arith.andi %[[WORDS]]
// CHECK: %[[W1:.*]] = arith.bitcast %[[HIGH]] : vector<16xi32> to vector<16xf32>
// CHECK: math.fma %[[W1]]
func.func @net(%x: tensor<?x?x2xf32>) -> (tensor<?x?x16xf32>, tensor<1x?x16xf32>)
    attributes {rnn.network = #rnn.network<input_size = 2, hidden_size = 16, bias = false>} {
  %w_ih = arith.constant dense<0.5> : tensor<48x2xf32>
  %w_hh = arith.constant dense<1.5> : tensor<48x16xf32>
  %g = rnn.project %x, %w_ih {storage = #rnn.storage<int8, exponent = -1>}
      : (tensor<?x?x2xf32>, tensor<48x2xf32>) -> tensor<?x?x48xf32>
  %y, %hn = rnn.scan %g {
  ^bb0(%gates: tensor<?x48xf32>, %h: tensor<?x16xf32>):
    %next = rnn.gru_cell %gates, %h, %w_hh {storage = #rnn.storage<bfloat16>}
        : (tensor<?x48xf32>, tensor<?x16xf32>, tensor<48x16xf32>) -> tensor<?x16xf32>
    rnn.yield %next : tensor<?x16xf32>
  } : (tensor<?x?x48xf32>) -> (tensor<?x?x16xf32>, tensor<?x16xf32>)
  %h_n = rnn.stack %hn : tensor<?x16xf32> -> tensor<1x?x16xf32>
  return %y, %h_n : tensor<?x?x16xf32>, tensor<1x?x16xf32>
}

// -----

// float16 is the target's own conversion.
// CHECK-LABEL: func.func private @half.scan_row(
// CHECK: vector.bitcast {{.*}} : vector<32xi8> to vector<16xf16>
// CHECK: arith.extf {{.*}} : vector<16xf16> to vector<16xf32>
func.func @half(%x: tensor<?x?x2xf32>) -> (tensor<?x?x16xf32>, tensor<1x?x16xf32>)
    attributes {rnn.network = #rnn.network<input_size = 2, hidden_size = 16, bias = false>} {
  %w_ih = arith.constant dense<0.1> : tensor<48x2xf32>
  %w_hh = arith.constant dense<1.0009765625> : tensor<48x16xf32>
  %g = rnn.project %x, %w_ih : (tensor<?x?x2xf32>, tensor<48x2xf32>) -> tensor<?x?x48xf32>
  %y, %hn = rnn.scan %g {
  ^bb0(%gates: tensor<?x48xf32>, %h: tensor<?x16xf32>):
    %next = rnn.gru_cell %gates, %h, %w_hh {storage = #rnn.storage<float16>}
        : (tensor<?x48xf32>, tensor<?x16xf32>, tensor<48x16xf32>) -> tensor<?x16xf32>
    rnn.yield %next : tensor<?x16xf32>
  } : (tensor<?x?x48xf32>) -> (tensor<?x?x16xf32>, tensor<?x16xf32>)
  %h_n = rnn.stack %hn : tensor<?x16xf32> -> tensor<1x?x16xf32>
  return %y, %h_n : tensor<?x?x16xf32>, tensor<1x?x16xf32>
}

// -----

// What a storage does not hold is never rounded.
func.func @rounded(%x: tensor<?x?x2xf32>) -> (tensor<?x?x16xf32>, tensor<1x?x16xf32>)
    attributes {rnn.network = #rnn.network<input_size = 2, hidden_size = 16, bias = false>} {
  %w_ih = arith.constant dense<0.1> : tensor<48x2xf32>
  %w_hh = arith.constant dense<1.5> : tensor<48x16xf32>
  // expected-error @+1 {{weights: found 1.000000e-01, expected values that bfloat16 holds}}
  %g = rnn.project %x, %w_ih {storage = #rnn.storage<bfloat16>}
      : (tensor<?x?x2xf32>, tensor<48x2xf32>) -> tensor<?x?x48xf32>
  %y, %hn = rnn.scan %g {
  ^bb0(%gates: tensor<?x48xf32>, %h: tensor<?x16xf32>):
    %next = rnn.gru_cell %gates, %h, %w_hh
        : (tensor<?x48xf32>, tensor<?x16xf32>, tensor<48x16xf32>) -> tensor<?x16xf32>
    rnn.yield %next : tensor<?x16xf32>
  } : (tensor<?x?x48xf32>) -> (tensor<?x?x16xf32>, tensor<?x16xf32>)
  %h_n = rnn.stack %hn : tensor<?x16xf32> -> tensor<1x?x16xf32>
  return %y, %h_n : tensor<?x?x16xf32>, tensor<1x?x16xf32>
}

// -----

// One kernel reads one storage.
func.func @unlike(%x: tensor<?x?x16xf32>) -> (tensor<?x?x16xf32>, tensor<2x?x16xf32>)
    attributes {rnn.network = #rnn.network<input_size = 16, hidden_size = 16, num_layers = 2, bias = false>} {
  %w = arith.constant dense<1.5> : tensor<48x16xf32>
  // expected-note @+1 {{one of them is here}}
  %g0 = rnn.project %x, %w : (tensor<?x?x16xf32>, tensor<48x16xf32>) -> tensor<?x?x48xf32>
  %y0, %hn0 = rnn.scan %g0 {
  ^bb0(%gates: tensor<?x48xf32>, %h: tensor<?x16xf32>):
    %next = rnn.gru_cell %gates, %h, %w
        : (tensor<?x48xf32>, tensor<?x16xf32>, tensor<48x16xf32>) -> tensor<?x16xf32>
    rnn.yield %next : tensor<?x16xf32>
  } : (tensor<?x?x48xf32>) -> (tensor<?x?x16xf32>, tensor<?x16xf32>)
  // expected-error @+1 {{storage: found weights kept as bfloat16, expected exact as in the layers that share its kernel}}
  %g1 = rnn.project %y0, %w {storage = #rnn.storage<bfloat16>}
      : (tensor<?x?x16xf32>, tensor<48x16xf32>) -> tensor<?x?x48xf32>
  %y1, %hn1 = rnn.scan %g1 {
  ^bb0(%gates: tensor<?x48xf32>, %h: tensor<?x16xf32>):
    %next = rnn.gru_cell %gates, %h, %w
        : (tensor<?x48xf32>, tensor<?x16xf32>, tensor<48x16xf32>) -> tensor<?x16xf32>
    rnn.yield %next : tensor<?x16xf32>
  } : (tensor<?x?x48xf32>) -> (tensor<?x?x16xf32>, tensor<?x16xf32>)
  %h_n = rnn.stack %hn0, %hn1 : tensor<?x16xf32>, tensor<?x16xf32> -> tensor<2x?x16xf32>
  return %y1, %h_n : tensor<?x?x16xf32>, tensor<2x?x16xf32>
}
