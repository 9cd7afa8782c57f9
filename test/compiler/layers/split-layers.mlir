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

// C7: both directions read the whole sequence below, forward comes first, states are l*D + d.
// CHECK-LABEL: func.func @both_directions_are_joined_forward_first
// CHECK-SAME: (%[[X:.*]]: tensor<?x?x2xf32>, %[[H0:.*]]: tensor<4x?x3xf32>, %[[A:.*]]: tensor<9x2xf32>, %[[B:.*]]: tensor<9x3xf32>, %[[C:.*]]: tensor<9x2xf32>, %[[D:.*]]: tensor<9x6xf32>, %[[E:.*]]: tensor<9x6xf32>)
// CHECK: %[[S0:.*]] = rnn.state %[[H0]][0]
// CHECK: %[[F0:.*]], %[[N0:.*]] = rnn.layer %[[X]] h_0(%[[S0]]) weights(%[[A]], %[[B]]) :
// CHECK: %[[S1:.*]] = rnn.state %[[H0]][1]
// CHECK: %[[R0:.*]], %[[N1:.*]] = rnn.layer %[[X]] h_0(%[[S1]]) weights(%[[C]], %[[B]]) reverse :
// CHECK: %[[Y0:.*]] = rnn.concat %[[F0]], %[[R0]] : {{.*}} -> tensor<?x?x6xf32>
// CHECK: %[[S2:.*]] = rnn.state %[[H0]][2]
// CHECK: %[[F1:.*]], %[[N2:.*]] = rnn.layer %[[Y0]] h_0(%[[S2]]) weights(%[[D]], %[[B]]) :
// CHECK: %[[S3:.*]] = rnn.state %[[H0]][3]
// CHECK: %[[R1:.*]], %[[N3:.*]] = rnn.layer %[[Y0]] h_0(%[[S3]]) weights(%[[E]], %[[B]]) reverse :
// CHECK: %[[Y1:.*]] = rnn.concat %[[F1]], %[[R1]]
// CHECK: %[[HN:.*]] = rnn.stack %[[N0]], %[[N1]], %[[N2]], %[[N3]]
// CHECK: return %[[Y1]], %[[HN]]
func.func @both_directions_are_joined_forward_first(
    %x: tensor<?x?x2xf32>, %h: tensor<4x?x3xf32>, %a: tensor<9x2xf32>, %b: tensor<9x3xf32>,
    %c: tensor<9x2xf32>, %d: tensor<9x6xf32>, %e: tensor<9x6xf32>)
    -> (tensor<?x?x6xf32>, tensor<4x?x3xf32>) {
  %output, %h_n = rnn.gru %x h_0(%h) weights(%a, %b, %c, %b, %d, %b, %e, %b)
      {input_size = 2, hidden_size = 3, num_layers = 2, bias = false, bidirectional = true}
      : (tensor<?x?x2xf32>, tensor<4x?x3xf32>, tensor<9x2xf32>, tensor<9x3xf32>, tensor<9x2xf32>,
         tensor<9x3xf32>, tensor<9x6xf32>, tensor<9x3xf32>, tensor<9x6xf32>, tensor<9x3xf32>)
      -> (tensor<?x?x6xf32>, tensor<4x?x3xf32>)
  return %output, %h_n : tensor<?x?x6xf32>, tensor<4x?x3xf32>
}

// -----

// C10: every layer and direction knows the lengths.
// CHECK-LABEL: func.func @lengths_reach_every_layer
// CHECK-SAME: %[[LENGTHS:[a-z0-9]*]]: tensor<?xi64>
// CHECK-COUNT-4: rnn.layer %{{.*}} lengths(%[[LENGTHS]]) weights
// CHECK-NOT: rnn.layer
func.func @lengths_reach_every_layer(
    %x: tensor<?x?x2xf64>, %n: tensor<?xi64>, %a: tensor<9x2xf64>, %b: tensor<9x3xf64>,
    %c: tensor<9x6xf64>) -> (tensor<?x?x6xf64>, tensor<4x?x3xf64>) {
  %output, %h_n = rnn.gru %x lengths(%n) weights(%a, %b, %a, %b, %c, %b, %c, %b)
      {input_size = 2, hidden_size = 3, num_layers = 2, bias = false, bidirectional = true}
      : (tensor<?x?x2xf64>, tensor<?xi64>, tensor<9x2xf64>, tensor<9x3xf64>, tensor<9x2xf64>,
         tensor<9x3xf64>, tensor<9x6xf64>, tensor<9x3xf64>, tensor<9x6xf64>, tensor<9x3xf64>)
      -> (tensor<?x?x6xf64>, tensor<4x?x3xf64>)
  return %output, %h_n : tensor<?x?x6xf64>, tensor<4x?x3xf64>
}

// -----

// C6: in training, on the output of every layer but the last; batch first or not, dropout is time-major.
// CHECK-LABEL: func.func @dropout_between_layers_in_training
// CHECK-SAME: (%[[X:.*]]: tensor<?x?x3xf32>, %[[SEED:.*]]: i64,
// CHECK: rnn.transpose %[[X]]
// CHECK: %[[Y0:.*]], %{{.*}} = rnn.layer
// CHECK: %[[D0:.*]] = rnn.dropout %[[Y0]] seed(%[[SEED]]) {layer = 0 : i64, p = 2.500000e-01 : f64}
// CHECK: %[[Y1:.*]], %{{.*}} = rnn.layer %[[D0]]
// CHECK: %[[D1:.*]] = rnn.dropout %[[Y1]] seed(%[[SEED]]) {layer = 1 : i64, p = 2.500000e-01 : f64}
// CHECK: %[[Y2:.*]], %{{.*}} = rnn.layer %[[D1]]
// CHECK-NOT: rnn.dropout
// CHECK: rnn.transpose %[[Y2]]
func.func @dropout_between_layers_in_training(
    %x: tensor<?x?x3xf32>, %seed: i64, %a: tensor<9x3xf32>)
    -> (tensor<?x?x3xf32>, tensor<3x?x3xf32>) {
  %output, %h_n = rnn.gru %x dropout_seed(%seed) weights(%a, %a, %a, %a, %a, %a)
      {input_size = 3, hidden_size = 3, num_layers = 3, bias = false, batch_first = true,
       dropout = 0.25, training = true}
      : (tensor<?x?x3xf32>, i64, tensor<9x3xf32>, tensor<9x3xf32>, tensor<9x3xf32>,
         tensor<9x3xf32>, tensor<9x3xf32>, tensor<9x3xf32>)
      -> (tensor<?x?x3xf32>, tensor<3x?x3xf32>)
  return %output, %h_n : tensor<?x?x3xf32>, tensor<3x?x3xf32>
}

// -----

// CHECK-LABEL: func.func @dropout_by_mask
// CHECK-SAME: %[[MASK:[a-z0-9]*]]: tensor<1x?x?x3xf32>
// CHECK: rnn.dropout %{{.*}} mask(%[[MASK]]) {layer = 0 : i64, p = 5.000000e-01 : f64}
func.func @dropout_by_mask(%x: tensor<?x?x3xf32>, %mask: tensor<1x?x?x3xf32>, %a: tensor<9x3xf32>)
    -> (tensor<?x?x3xf32>, tensor<2x?x3xf32>) {
  %output, %h_n = rnn.gru %x dropout_mask(%mask) weights(%a, %a, %a, %a)
      {input_size = 3, hidden_size = 3, num_layers = 2, bias = false, dropout = 0.5, training = true}
      : (tensor<?x?x3xf32>, tensor<1x?x?x3xf32>, tensor<9x3xf32>, tensor<9x3xf32>,
         tensor<9x3xf32>, tensor<9x3xf32>) -> (tensor<?x?x3xf32>, tensor<2x?x3xf32>)
  return %output, %h_n : tensor<?x?x3xf32>, tensor<2x?x3xf32>
}

// -----

// C6: a mask that comes with a run drops where p = 0, too; one layer is built for training all the same.
// CHECK-LABEL: func.func @training_without_dropout
// CHECK-SAME: attributes {rnn.network = #rnn.network<input_size = 3, hidden_size = 3, num_layers = 2, bias = false, training = true, external_weights = true>}
// CHECK: rnn.dropout %{{.*}} seed(%{{.*}}) {layer = 0 : i64, p = 0.000000e+00 : f64}
// CHECK-LABEL: func.func @training_of_one_layer
// CHECK-SAME: rnn.network = #rnn.network<input_size = 3, hidden_size = 3, bias = false, dropout = 5.000000e-01, training = true,
// CHECK-NOT: rnn.dropout
// CHECK: return
func.func @training_without_dropout(%x: tensor<?x?x3xf32>, %seed: i64, %a: tensor<9x3xf32>)
    -> (tensor<?x?x3xf32>, tensor<2x?x3xf32>) {
  %output, %h_n = rnn.gru %x dropout_seed(%seed) weights(%a, %a, %a, %a)
      {input_size = 3, hidden_size = 3, num_layers = 2, bias = false, training = true}
      : (tensor<?x?x3xf32>, i64, tensor<9x3xf32>, tensor<9x3xf32>, tensor<9x3xf32>, tensor<9x3xf32>)
      -> (tensor<?x?x3xf32>, tensor<2x?x3xf32>)
  return %output, %h_n : tensor<?x?x3xf32>, tensor<2x?x3xf32>
}
func.func @training_of_one_layer(%x: tensor<?x?x3xf32>, %seed: i64, %a: tensor<9x3xf32>)
    -> (tensor<?x?x3xf32>, tensor<1x?x3xf32>) {
  %output, %h_n = rnn.gru %x dropout_seed(%seed) weights(%a, %a)
      {input_size = 3, hidden_size = 3, num_layers = 1, bias = false, dropout = 0.5, training = true}
      : (tensor<?x?x3xf32>, i64, tensor<9x3xf32>, tensor<9x3xf32>)
      -> (tensor<?x?x3xf32>, tensor<1x?x3xf32>)
  return %output, %h_n : tensor<?x?x3xf32>, tensor<1x?x3xf32>
}

// -----

// C6: in inference dropout is nothing.
// CHECK-LABEL: func.func @no_dropout_in_inference
// CHECK-NOT: rnn.dropout
// CHECK: return
func.func @no_dropout_in_inference(%x: tensor<?x?x3xf32>, %a: tensor<9x3xf32>)
    -> (tensor<?x?x3xf32>, tensor<2x?x3xf32>) {
  %output, %h_n = rnn.gru %x weights(%a, %a, %a, %a)
      {input_size = 3, hidden_size = 3, num_layers = 2, bias = false, dropout = 0.5}
      : (tensor<?x?x3xf32>, tensor<9x3xf32>, tensor<9x3xf32>, tensor<9x3xf32>, tensor<9x3xf32>)
      -> (tensor<?x?x3xf32>, tensor<2x?x3xf32>)
  return %output, %h_n : tensor<?x?x3xf32>, tensor<2x?x3xf32>
}

// -----

// C9: unbatched is a form of a call: the function becomes the batched one.
// CHECK-LABEL: func.func @unbatched_becomes_batched
// CHECK-SAME: (%[[X:.*]]: tensor<?x?x2xf32>, %[[H0:.*]]: tensor<1x?x3xf32>, %{{.*}}) -> (tensor<?x?x3xf32>, tensor<1x?x3xf32>)
// CHECK: %[[S:.*]] = rnn.state %[[H0]][0]
// CHECK: %[[Y:.*]], %[[N:.*]] = rnn.layer %[[X]] h_0(%[[S]])
// CHECK: %[[HN:.*]] = rnn.stack %[[N]] : tensor<?x3xf32> -> tensor<1x?x3xf32>
// CHECK: return %[[Y]], %[[HN]] : tensor<?x?x3xf32>, tensor<1x?x3xf32>
func.func @unbatched_becomes_batched(%x: tensor<7x2xf32>, %h: tensor<1x3xf32>,
                                     %a: tensor<9x2xf32>, %b: tensor<9x3xf32>)
    -> (tensor<7x3xf32>, tensor<1x3xf32>) {
  %output, %h_n = rnn.gru %x h_0(%h) weights(%a, %b)
      {input_size = 2, hidden_size = 3, bias = false}
      : (tensor<7x2xf32>, tensor<1x3xf32>, tensor<9x2xf32>, tensor<9x3xf32>)
      -> (tensor<7x3xf32>, tensor<1x3xf32>)
  return %output, %h_n : tensor<7x3xf32>, tensor<1x3xf32>
}

// -----

// C10: so is the packed form.
// CHECK-LABEL: func.func @packed_becomes_batched
// CHECK-SAME: (%[[X:[a-z0-9]*]]: tensor<?x?x2xf32>, {{.*}}) -> (tensor<?x?x3xf32>, tensor<1x?x3xf32>)
// CHECK: %[[Y:.*]], %{{.*}} = rnn.layer %[[X]] weights
// CHECK: return %[[Y]]
func.func @packed_becomes_batched(%x: tensor<?x2xf32>, %sizes: tensor<?xi64>,
                                  %sorted: tensor<?xi64>, %a: tensor<9x2xf32>, %b: tensor<9x3xf32>)
    -> (tensor<?x3xf32>, tensor<1x?x3xf32>) {
  %output, %h_n = rnn.gru %x batch_sizes(%sizes) sorted_indices(%sorted) weights(%a, %b)
      {input_size = 2, hidden_size = 3, bias = false}
      : (tensor<?x2xf32>, tensor<?xi64>, tensor<?xi64>, tensor<9x2xf32>, tensor<9x3xf32>)
      -> (tensor<?x3xf32>, tensor<1x?x3xf32>)
  return %output, %h_n : tensor<?x3xf32>, tensor<1x?x3xf32>
}

// -----

// A form of a call cannot be changed under somebody else's feet.
func.func @unbatched_inside_more(%x: tensor<?x2xf32>, %a: tensor<9x2xf32>, %b: tensor<9x3xf32>)
    -> tensor<1x3xf32> {
  // expected-error @below {{input: found an unbatched or packed form inside a larger function, expected a function that holds the rnn.gru alone}}
  %output, %h_n = rnn.gru %x weights(%a, %b) {input_size = 2, hidden_size = 3, bias = false}
      : (tensor<?x2xf32>, tensor<9x2xf32>, tensor<9x3xf32>) -> (tensor<?x3xf32>, tensor<1x3xf32>)
  return %h_n : tensor<1x3xf32>
}

// -----

// C6: -0 is 0, whoever says it.
// CHECK-LABEL: func.func @negative_zero_of_the_op
// CHECK-SAME: rnn.network = #rnn.network<input_size = 2, hidden_size = 3, bias = false, external_weights = true>
func.func @negative_zero_of_the_op(%x: tensor<?x?x2xf32>, %a: tensor<9x2xf32>, %b: tensor<9x3xf32>) -> (tensor<?x?x3xf32>, tensor<1x?x3xf32>)
    attributes {rnn.network = #rnn.network<input_size = 2, hidden_size = 3, bias = false, external_weights = true>} {
  %y, %h = rnn.gru %x weights(%a, %b) {input_size = 2, hidden_size = 3, bias = false, dropout = -0.0 : f64} : (tensor<?x?x2xf32>, tensor<9x2xf32>, tensor<9x3xf32>) -> (tensor<?x?x3xf32>, tensor<1x?x3xf32>)
  return %y, %h : tensor<?x?x3xf32>, tensor<1x?x3xf32>
}

// -----

// CHECK-LABEL: func.func @negative_zero_of_the_function
// CHECK-SAME: rnn.network = #rnn.network<input_size = 2, hidden_size = 3, bias = false, external_weights = true>
func.func @negative_zero_of_the_function(%x: tensor<?x?x2xf32>, %a: tensor<9x2xf32>, %b: tensor<9x3xf32>) -> (tensor<?x?x3xf32>, tensor<1x?x3xf32>)
    attributes {rnn.network = #rnn.network<input_size = 2, hidden_size = 3, bias = false, dropout = -0.0, external_weights = true>} {
  %y, %h = rnn.gru %x weights(%a, %b) {input_size = 2, hidden_size = 3, bias = false} : (tensor<?x?x2xf32>, tensor<9x2xf32>, tensor<9x3xf32>) -> (tensor<?x?x3xf32>, tensor<1x?x3xf32>)
  return %y, %h : tensor<?x?x3xf32>, tensor<1x?x3xf32>
}
