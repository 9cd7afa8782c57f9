module {
  func.func @gru(%arg0: tensor<?x?x1xf32>, %arg1: tensor<1x?x1xf32>) -> (tensor<?x?x1xf32>, tensor<1x?x1xf32>) {
    %cst = arith.constant dense_resource<weight_ih_l0> : tensor<3x1xf32>
    %cst_0 = arith.constant dense_resource<Weight_hh_l0> : tensor<3x1xf32>
    %cst_1 = arith.constant dense_resource<bias_ih_l0> : tensor<3xf32>
    %cst_2 = arith.constant dense_resource<biaw_hh_l0> : tensor<3xf32>
    %output, %h_n = rnn.gru %arg0 h_0(%arg1) weights(%cst, %cst_0, %cst_1, %cst_2) {hidden_size = 1 : i64, input_size = 1 : i64} : (tensor<?x?x1xf32>, tensor<1x?x1xf32>, tensor<3x1xf32>, tensor<3x1xf32>, tensor<3xf32>, tensor<3xf32>) -> (tensor<?x?x1xf32>, tensor<1x?x1xf32>)
    return %output, %h_n : tensor<?x?x1xf32>, tensor<1x?x1xf32>
  }
}

{-#
  dialect_resources: {
    builtin: {
      weight_ih_l0: "0x40000000000000BE000000000000003F",
      weight_hh_l0: "0x400000000000603F000080BF000040BF",
      bias_ih_l0: "0x400000000000203F0000603F000020BF",
      bias_hh_l0: "0x00000000000000BF0000203F000080BE"
    }
  }
#-}
