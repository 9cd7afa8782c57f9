module {
  func.func @gru(%x: tensor<?x?x1xf32>) -> (tensor<?x?x1xf32>, tensor<1x?x1xf32>) {
    %a = arith.constant dense<0.5> : tensor<3x1xf32>
    %b = arith.constant dense<[[1.0], [-2.5e-1], [0x7FC00000]]> : tensor<3x1xf32>
    %output, %h_n = rnn.gru %x weights(%a, %b) {bias = false, dropout = 0.5 : f64, hidden_size = 1 : i64, input_size = 1 : i64} : (tensor<?x?x1xf32>, tensor<3x1xf32>, tensor<3x1xf32>) -> (tensor<?x?x1xf32>, tensor<1x?x1xf32>)
    return %output, %h_n : tensor<?x?x1xf32>, tensor<1x?x1xf32>
  }
}
