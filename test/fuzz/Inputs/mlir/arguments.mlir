// Weights as arguments, and aliases.
!x = tensor<?x?x3xf64>
!s = tensor<1x?x1xf64>
func.func @gru(%x: !x, %h: !s, %a: tensor<3x3xf64>, %b: tensor<3x1xf64>) -> (tensor<?x?x1xf64>, !s) {
  %output, %h_n = rnn.gru %x h_0(%h) weights(%a, %b) {bias = false, batch_first = true, hidden_size = 1 : i64, input_size = 3 : i64} : (!x, !s, tensor<3x3xf64>, tensor<3x1xf64>) -> (tensor<?x?x1xf64>, !s)
  return %output, %h_n : tensor<?x?x1xf64>, !s
}
