// A reverse layer starts at each row's own last step (C10), from zeros when h_0
// is left out (C8), without biases (C4): as one op and as a scan.
// RUN: rnn-evaluate %s float32 --equal
// RUN: rnn-evaluate %s float64 --equal

func.func @layer(%x: tensor<5x3x66xf32>, %w: tensor<210x66xf32>, %u: tensor<210x70xf32>) -> (tensor<5x3x70xf32>, tensor<3x70xf32>) {
  %lengths = arith.constant dense<[2, 5, 0]> : tensor<3xi64>
  %y, %h_n = rnn.layer %x lengths(%lengths) weights(%w, %u) reverse
      : (tensor<5x3x66xf32>, tensor<3xi64>, tensor<210x66xf32>, tensor<210x70xf32>) -> (tensor<5x3x70xf32>, tensor<3x70xf32>)
  return %y, %h_n : tensor<5x3x70xf32>, tensor<3x70xf32>
}

func.func @scan(%x: tensor<5x3x66xf32>, %w: tensor<210x66xf32>, %u: tensor<210x70xf32>) -> (tensor<5x3x70xf32>, tensor<3x70xf32>) {
  %lengths = arith.constant dense<[2, 5, 0]> : tensor<3xi64>
  %g = rnn.project %x, %w : (tensor<5x3x66xf32>, tensor<210x66xf32>) -> tensor<5x3x210xf32>
  %y, %h_n = rnn.scan %g lengths(%lengths) reverse {
  ^bb0(%gates: tensor<3x210xf32>, %state: tensor<3x70xf32>):
    %next = rnn.gru_cell %gates, %state, %u : (tensor<3x210xf32>, tensor<3x70xf32>, tensor<210x70xf32>) -> tensor<3x70xf32>
    rnn.yield %next : tensor<3x70xf32>
  } : (tensor<5x3x210xf32>, tensor<3xi64>) -> (tensor<5x3x70xf32>, tensor<3x70xf32>)
  return %y, %h_n : tensor<5x3x70xf32>, tensor<3x70xf32>
}
