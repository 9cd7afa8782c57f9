// RUN: grucc-opt %s | grucc-opt | FileCheck %s
// RUN: grucc-opt --mlir-print-op-generic %s | grucc-opt | FileCheck %s

// CHECK-LABEL: @layer_with_everything
// CHECK: rnn.layer %{{.*}} h_0(%{{.*}}) lengths(%{{.*}}) weights(%{{.*}}, %{{.*}}) biases(%{{.*}}, %{{.*}}) reverse :
func.func @layer_with_everything(
    %x: tensor<?x4x2xf32>, %h: tensor<4x3xf32>, %lengths: tensor<?xi64>, %w_ih: tensor<9x2xf32>,
    %w_hh: tensor<9x3xf32>, %b: tensor<9xf32>) -> (tensor<?x4x3xf32>, tensor<4x3xf32>) {
  %y, %h_n = rnn.layer %x h_0(%h) lengths(%lengths) weights(%w_ih, %w_hh) biases(%b, %b) reverse
      : (tensor<?x4x2xf32>, tensor<4x3xf32>, tensor<?xi64>, tensor<9x2xf32>, tensor<9x3xf32>,
         tensor<9xf32>, tensor<9xf32>) -> (tensor<?x4x3xf32>, tensor<4x3xf32>)
  return %y, %h_n : tensor<?x4x3xf32>, tensor<4x3xf32>
}

// CHECK-LABEL: @layer_with_nothing
// CHECK: rnn.layer %{{.*}} weights(%{{.*}}, %{{.*}}) :
func.func @layer_with_nothing(%x: tensor<?x?x2xf64>, %w_ih: tensor<9x2xf64>, %w_hh: tensor<9x3xf64>)
    -> (tensor<?x?x3xf64>, tensor<?x3xf64>) {
  %y, %h_n = rnn.layer %x weights(%w_ih, %w_hh)
      : (tensor<?x?x2xf64>, tensor<9x2xf64>, tensor<9x3xf64>) -> (tensor<?x?x3xf64>, tensor<?x3xf64>)
  return %y, %h_n : tensor<?x?x3xf64>, tensor<?x3xf64>
}

// CHECK-LABEL: @layout
func.func @layout(%x: tensor<4x?x2xf32>, %h: tensor<2x4x3xf32>)
    -> (tensor<?x4x2xf32>, tensor<2x4x3xf32>) {
  // CHECK: rnn.transpose %{{.*}} : tensor<4x?x2xf32> -> tensor<?x4x2xf32>
  %y = rnn.transpose %x : tensor<4x?x2xf32> -> tensor<?x4x2xf32>
  // CHECK: %[[H0:.*]] = rnn.state %{{.*}}[0] : tensor<2x4x3xf32> -> tensor<4x3xf32>
  %h0 = rnn.state %h[0] : tensor<2x4x3xf32> -> tensor<4x3xf32>
  // CHECK: %[[H1:.*]] = rnn.state %{{.*}}[1]
  %h1 = rnn.state %h[1] : tensor<2x4x3xf32> -> tensor<4x3xf32>
  // CHECK: rnn.stack %[[H1]], %[[H0]] : tensor<4x3xf32>, tensor<4x3xf32> -> tensor<2x4x3xf32>
  %swapped = rnn.stack %h1, %h0 : tensor<4x3xf32>, tensor<4x3xf32> -> tensor<2x4x3xf32>
  return %y, %swapped : tensor<?x4x2xf32>, tensor<2x4x3xf32>
}
