// RUN: grucc-opt %s --rnn-select-schedule="machine=x86-64-v2" --rnn-plan-model --rnn-pack-weights | FileCheck %s
// RUN: sed 's/hidden_size = 2/&, external_weights = true/' %s | not grucc-opt --rnn-select-schedule="machine=x86-64-v2" --rnn-plan-model --rnn-pack-weights 2>&1 | FileCheck %s --check-prefix=OTHER
// RUN: not grucc-opt %s --rnn-select-schedule="machine=x86-64-v2" --rnn-plan-model --rnn-lower-layers 2>&1 | FileCheck %s --check-prefix=UNPACKED

// A constant network: the panel of W_ih, [k][gate][lane] with two units of four lanes, then W_hh.
// CHECK: llvm.mlir.global internal constant @net.zeros(dense_resource<net.zeros> : tensor<8xi8>) {{.*}}alignment = 64
// CHECK: llvm.mlir.global internal constant @net.weights(dense_resource<net.weights> : tensor<192xi8>) {{.*}}alignment = 64
// The network stays; it says where its weights come from.
// CHECK: rnn.project
// CHECK: net.weights: "0x40000000
// CHECK-SAME: 0000803F00000040
// OTHER: error: rnn.network: external_weights: found true, expected false as its layers have it
// UNPACKED: error: found no packed weights, expected rnn-pack-weights to have run
func.func @net(%x: tensor<?x?x1xf32>) -> (tensor<?x?x2xf32>, tensor<1x?x2xf32>)
    attributes {rnn.network = #rnn.network<input_size = 1, hidden_size = 2, bias = false>} {
  %w_ih = arith.constant dense<[[1.0], [2.0], [3.0], [4.0], [5.0], [6.0]]> : tensor<6x1xf32>
  %w_hh = arith.constant dense<0.25> : tensor<6x2xf32>
  %g = rnn.project %x, %w_ih : (tensor<?x?x1xf32>, tensor<6x1xf32>) -> tensor<?x?x6xf32>
  %y, %hn = rnn.scan %g {
  ^bb0(%gates: tensor<?x6xf32>, %h: tensor<?x2xf32>):
    %next = rnn.gru_cell %gates, %h, %w_hh
        : (tensor<?x6xf32>, tensor<?x2xf32>, tensor<6x2xf32>) -> tensor<?x2xf32>
    rnn.yield %next : tensor<?x2xf32>
  } : (tensor<?x?x6xf32>) -> (tensor<?x?x2xf32>, tensor<?x2xf32>)
  %h_n = rnn.stack %hn : tensor<?x2xf32> -> tensor<1x?x2xf32>
  return %y, %h_n : tensor<?x?x2xf32>, tensor<1x?x2xf32>
}
