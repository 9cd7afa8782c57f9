// RUN: grucc-opt %s | grucc-opt | FileCheck %s
// RUN: grucc-opt %s --rnn-split-layers --rnn-hoist-projection --rnn-fold-biases \
// RUN:   | FileCheck %s --check-prefix=SPLIT

// C15: what is as torch has it is not written; activations have numbers where they are not ONNX's.
// CHECK-LABEL: func private @facts
// CHECK-SAME: #rnn.network<input_size = 2, hidden_size = 3, reverse = true, variant = <reset = before, gate_activation = "hard_sigmoid(0.25, 0.5)", candidate_activation = "relu", clip = 3.000000e+00>>
func.func private @facts() attributes {rnn.network = #rnn.network<
    input_size = 2, hidden_size = 3, reverse = true, variant = <
        clip = 3.0, gate_activation = "hard_sigmoid( 0.25 ,0.5 )", reset = before,
        candidate_activation = "relu">>}

// CHECK-LABEL: func private @usual
// CHECK-SAME: [#rnn.variant<>, #rnn.variant<gate_activation = "elu(0.5)">, #rnn.cell<"rnn.gru_cell">, #rnn.cell<"rnn.gru_cell", <reset = before>>]
func.func private @usual() attributes {test.kinds = [
    #rnn.variant<reset = after, gate_activation = "sigmoid", candidate_activation = "tanh", clip = 0.0>,
    #rnn.variant<gate_activation = "elu(0.5)">, #rnn.cell<"rnn.gru_cell">,
    #rnn.cell<"rnn.gru_cell", <reset = before>>]}

// The whole network's variant is that of every cell; biases are folded as its table says.
// CHECK-LABEL: func @network
// CHECK: rnn.gru {{.*}} reverse = true, variant = #rnn.variant<reset = before>}
// SPLIT-LABEL: func @network
// SPLIT: %[[BX:.*]], %[[BHN:.*]] = rnn.fold_biases {{.*}} {cell = #rnn.cell<"rnn.gru_cell", <reset = before>>}
// SPLIT: rnn.project {{.*}} bias(%[[BX]]) {cell = #rnn.cell<"rnn.gru_cell", <reset = before>>}
// SPLIT: rnn.scan {{.*}} reverse {
// SPLIT: rnn.gru_cell {{.*}} bias(%[[BHN]]) {variant = #rnn.variant<reset = before>}
func.func @network(%x: tensor<?x?x2xf32>, %h_0: tensor<1x?x3xf32>, %w_ih: tensor<9x2xf32>,
                   %w_hh: tensor<9x3xf32>, %b_ih: tensor<9xf32>, %b_hh: tensor<9xf32>)
    -> (tensor<?x?x3xf32>, tensor<1x?x3xf32>) {
  %output, %h_n = rnn.gru %x h_0(%h_0) weights(%w_ih, %w_hh, %b_ih, %b_hh)
      {input_size = 2, hidden_size = 3, reverse = true, variant = #rnn.variant<reset = before>}
      : (tensor<?x?x2xf32>, tensor<1x?x3xf32>, tensor<9x2xf32>, tensor<9x3xf32>, tensor<9xf32>,
         tensor<9xf32>) -> (tensor<?x?x3xf32>, tensor<1x?x3xf32>)
  return %output, %h_n : tensor<?x?x3xf32>, tensor<1x?x3xf32>
}
