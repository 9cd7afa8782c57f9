// RUN: grucc-opt %s --rnn-split-layers --split-input-file --verify-diagnostics | FileCheck %s

// C1, C7: a layer reads the one below; states are taken and stacked layer-major.
// CHECK-LABEL: func.func @upper_layer_reads_the_output_below
// CHECK-SAME: (%[[X:.*]]: tensor<?x?x2xf32>, %[[H0:.*]]: tensor<2x?x3xf32>, %[[A:.*]]: tensor<9x2xf32>, %[[B:.*]]: tensor<9x3xf32>, %[[C:.*]]: tensor<9x3xf32>, %[[D:.*]]: tensor<9x3xf32>)
// CHECK: %[[S0:.*]] = rnn.state %[[H0]][0]
// CHECK: %[[Y0:.*]], %[[N0:.*]] = rnn.layer %[[X]] h_0(%[[S0]]) weights(%[[A]], %[[B]])
// CHECK-NOT: biases
// CHECK: %[[S1:.*]] = rnn.state %[[H0]][1]
// CHECK: %[[Y1:.*]], %[[N1:.*]] = rnn.layer %[[Y0]] h_0(%[[S1]]) weights(%[[C]], %[[D]])
// CHECK: %[[HN:.*]] = rnn.stack %[[N0]], %[[N1]]
// CHECK: return %[[Y1]], %[[HN]]
func.func @upper_layer_reads_the_output_below(
    %x: tensor<?x?x2xf32>, %h: tensor<2x?x3xf32>, %a: tensor<9x2xf32>, %b: tensor<9x3xf32>,
    %c: tensor<9x3xf32>, %d: tensor<9x3xf32>) -> (tensor<?x?x3xf32>, tensor<2x?x3xf32>) {
  %output, %h_n = rnn.gru %x h_0(%h) weights(%a, %b, %c, %d)
      {input_size = 2, hidden_size = 3, num_layers = 2, bias = false}
      : (tensor<?x?x2xf32>, tensor<2x?x3xf32>, tensor<9x2xf32>, tensor<9x3xf32>, tensor<9x3xf32>,
         tensor<9x3xf32>) -> (tensor<?x?x3xf32>, tensor<2x?x3xf32>)
  return %output, %h_n : tensor<?x?x3xf32>, tensor<2x?x3xf32>
}

// -----

// C5, C8: batch first is a transpose at both ends, never of the states; h_0 left out stays out.
// CHECK-LABEL: func.func @batch_first_transposes_both_ends
// CHECK-SAME: (%[[X:[a-z0-9]*]]: tensor<5x7x2xf32>
// CHECK: %[[T:.*]] = rnn.transpose %[[X]] : tensor<5x7x2xf32> -> tensor<7x5x2xf32>
// CHECK-NOT: rnn.state
// CHECK: %[[Y:.*]], %[[N:.*]] = rnn.layer %[[T]] weights({{.*}}) biases({{.*}})
// CHECK-NOT: h_0
// CHECK: %[[OUT:.*]] = rnn.transpose %[[Y]] : tensor<7x5x3xf32> -> tensor<5x7x3xf32>
// CHECK: %[[HN:.*]] = rnn.stack %[[N]] : tensor<5x3xf32> -> tensor<1x5x3xf32>
// CHECK: return %[[OUT]], %[[HN]]
func.func @batch_first_transposes_both_ends(
    %x: tensor<5x7x2xf32>, %a: tensor<9x2xf32>, %b: tensor<9x3xf32>, %c: tensor<9xf32>,
    %d: tensor<9xf32>) -> (tensor<5x7x3xf32>, tensor<1x5x3xf32>) {
  %output, %h_n = rnn.gru %x weights(%a, %b, %c, %d)
      {input_size = 2, hidden_size = 3, batch_first = true}
      : (tensor<5x7x2xf32>, tensor<9x2xf32>, tensor<9x3xf32>, tensor<9xf32>, tensor<9xf32>)
      -> (tensor<5x7x3xf32>, tensor<1x5x3xf32>)
  return %output, %h_n : tensor<5x7x3xf32>, tensor<1x5x3xf32>
}

// -----

func.func @variable_lengths(%x: tensor<?x?x2xf32>, %n: tensor<?xi64>, %a: tensor<9x2xf32>,
                            %b: tensor<9x3xf32>) -> (tensor<?x?x3xf32>, tensor<1x?x3xf32>) {
  // expected-error @below {{lengths: found variable lengths, expected none: not lowered yet}}
  %output, %h_n = rnn.gru %x lengths(%n) weights(%a, %b)
      {input_size = 2, hidden_size = 3, bias = false}
      : (tensor<?x?x2xf32>, tensor<?xi64>, tensor<9x2xf32>, tensor<9x3xf32>)
      -> (tensor<?x?x3xf32>, tensor<1x?x3xf32>)
  return %output, %h_n : tensor<?x?x3xf32>, tensor<1x?x3xf32>
}

// -----

func.func @both_directions(%x: tensor<?x?x2xf32>, %a: tensor<9x2xf32>, %b: tensor<9x3xf32>)
    -> (tensor<?x?x6xf32>, tensor<2x?x3xf32>) {
  // expected-error @below {{bidirectional: found true, expected false: not lowered yet}}
  %output, %h_n = rnn.gru %x weights(%a, %b, %a, %b)
      {input_size = 2, hidden_size = 3, bias = false, bidirectional = true}
      : (tensor<?x?x2xf32>, tensor<9x2xf32>, tensor<9x3xf32>, tensor<9x2xf32>, tensor<9x3xf32>)
      -> (tensor<?x?x6xf32>, tensor<2x?x3xf32>)
  return %output, %h_n : tensor<?x?x6xf32>, tensor<2x?x3xf32>
}

// -----

func.func @unbatched(%x: tensor<?x2xf32>, %a: tensor<9x2xf32>, %b: tensor<9x3xf32>)
    -> (tensor<?x3xf32>, tensor<1x3xf32>) {
  // expected-error @below {{input: found unbatched input [T, I], expected [T, B, I]: not lowered yet}}
  %output, %h_n = rnn.gru %x weights(%a, %b) {input_size = 2, hidden_size = 3, bias = false}
      : (tensor<?x2xf32>, tensor<9x2xf32>, tensor<9x3xf32>) -> (tensor<?x3xf32>, tensor<1x3xf32>)
  return %output, %h_n : tensor<?x3xf32>, tensor<1x3xf32>
}

// -----

func.func @float64(%x: tensor<?x?x2xf64>, %a: tensor<9x2xf64>, %b: tensor<9x3xf64>)
    -> (tensor<?x?x3xf64>, tensor<1x?x3xf64>) {
  // expected-error @below {{dtype: found float64, expected float32: not lowered yet}}
  %output, %h_n = rnn.gru %x weights(%a, %b) {input_size = 2, hidden_size = 3, bias = false}
      : (tensor<?x?x2xf64>, tensor<9x2xf64>, tensor<9x3xf64>)
      -> (tensor<?x?x3xf64>, tensor<1x?x3xf64>)
  return %output, %h_n : tensor<?x?x3xf64>, tensor<1x?x3xf64>
}
