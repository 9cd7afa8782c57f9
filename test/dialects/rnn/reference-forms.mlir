// One network in three forms: a whole rnn.gru, a chain of rnn.layer, and
// projections with scans over folded biases. Each evaluates to the same bits
// (N3), over more than one block of 64 (N1), with ragged lengths (C10).
// RUN: rnn-evaluate %s float32 --equal
// RUN: rnn-evaluate %s float64 --equal

func.func @network(%x: tensor<3x5x66xf32>, %h: tensor<2x3x70xf32>, %w0: tensor<210x66xf32>, %u0: tensor<210x70xf32>,
    %p0: tensor<210xf32>, %q0: tensor<210xf32>, %w1: tensor<210x70xf32>, %u1: tensor<210x70xf32>,
    %p1: tensor<210xf32>, %q1: tensor<210xf32>) -> (tensor<3x5x70xf32>, tensor<2x3x70xf32>) {
  %lengths = arith.constant dense<[2, 5, 0]> : tensor<3xi64>
  %y, %h_n = rnn.gru %x h_0(%h) lengths(%lengths) weights(%w0, %u0, %p0, %q0, %w1, %u1, %p1, %q1)
      {input_size = 66, hidden_size = 70, num_layers = 2, batch_first = true}
      : (tensor<3x5x66xf32>, tensor<2x3x70xf32>, tensor<3xi64>, tensor<210x66xf32>, tensor<210x70xf32>, tensor<210xf32>, tensor<210xf32>, tensor<210x70xf32>, tensor<210x70xf32>, tensor<210xf32>, tensor<210xf32>)
      -> (tensor<3x5x70xf32>, tensor<2x3x70xf32>)
  return %y, %h_n : tensor<3x5x70xf32>, tensor<2x3x70xf32>
}

func.func @layers(%x: tensor<3x5x66xf32>, %h: tensor<2x3x70xf32>, %w0: tensor<210x66xf32>, %u0: tensor<210x70xf32>,
    %p0: tensor<210xf32>, %q0: tensor<210xf32>, %w1: tensor<210x70xf32>, %u1: tensor<210x70xf32>,
    %p1: tensor<210xf32>, %q1: tensor<210xf32>) -> (tensor<3x5x70xf32>, tensor<2x3x70xf32>) {
  %lengths = arith.constant dense<[2, 5, 0]> : tensor<3xi64>
  %x_0 = rnn.transpose %x : tensor<3x5x66xf32> -> tensor<5x3x66xf32>
  %h_0 = rnn.state %h[0] : tensor<2x3x70xf32> -> tensor<3x70xf32>
  %h_1 = rnn.state %h[1] : tensor<2x3x70xf32> -> tensor<3x70xf32>
  %x_1, %n_0 = rnn.layer %x_0 h_0(%h_0) lengths(%lengths) weights(%w0, %u0) biases(%p0, %q0)
      : (tensor<5x3x66xf32>, tensor<3x70xf32>, tensor<3xi64>, tensor<210x66xf32>, tensor<210x70xf32>, tensor<210xf32>, tensor<210xf32>)
      -> (tensor<5x3x70xf32>, tensor<3x70xf32>)
  %x_2, %n_1 = rnn.layer %x_1 h_0(%h_1) lengths(%lengths) weights(%w1, %u1) biases(%p1, %q1)
      : (tensor<5x3x70xf32>, tensor<3x70xf32>, tensor<3xi64>, tensor<210x70xf32>, tensor<210x70xf32>, tensor<210xf32>, tensor<210xf32>)
      -> (tensor<5x3x70xf32>, tensor<3x70xf32>)
  %h_n = rnn.stack %n_0, %n_1 : tensor<3x70xf32>, tensor<3x70xf32> -> tensor<2x3x70xf32>
  %y = rnn.transpose %x_2 : tensor<5x3x70xf32> -> tensor<3x5x70xf32>
  return %y, %h_n : tensor<3x5x70xf32>, tensor<2x3x70xf32>
}

func.func @scans(%x: tensor<3x5x66xf32>, %h: tensor<2x3x70xf32>, %w0: tensor<210x66xf32>, %u0: tensor<210x70xf32>,
    %p0: tensor<210xf32>, %q0: tensor<210xf32>, %w1: tensor<210x70xf32>, %u1: tensor<210x70xf32>,
    %p1: tensor<210xf32>, %q1: tensor<210xf32>) -> (tensor<3x5x70xf32>, tensor<2x3x70xf32>) {
  %lengths = arith.constant dense<[2, 5, 0]> : tensor<3xi64>
  %x_0 = rnn.transpose %x : tensor<3x5x66xf32> -> tensor<5x3x66xf32>
  %h_0 = rnn.state %h[0] : tensor<2x3x70xf32> -> tensor<3x70xf32>
  %h_1 = rnn.state %h[1] : tensor<2x3x70xf32> -> tensor<3x70xf32>
  %b_x0, %b_hn0 = rnn.fold_biases %p0, %q0 : (tensor<210xf32>, tensor<210xf32>) -> (tensor<210xf32>, tensor<70xf32>)
  %g_0 = rnn.project %x_0, %w0 bias(%b_x0)
      : (tensor<5x3x66xf32>, tensor<210x66xf32>, tensor<210xf32>) -> tensor<5x3x210xf32>
  %x_1, %n_0 = rnn.scan %g_0 h_0(%h_0) lengths(%lengths) {
  ^bb0(%gates: tensor<3x210xf32>, %state: tensor<3x70xf32>):
    %next = rnn.gru_cell %gates, %state, %u0 bias(%b_hn0)
        : (tensor<3x210xf32>, tensor<3x70xf32>, tensor<210x70xf32>, tensor<70xf32>) -> tensor<3x70xf32>
    rnn.yield %next : tensor<3x70xf32>
  } : (tensor<5x3x210xf32>, tensor<3x70xf32>, tensor<3xi64>) -> (tensor<5x3x70xf32>, tensor<3x70xf32>)
  %b_x1, %b_hn1 = rnn.fold_biases %p1, %q1 : (tensor<210xf32>, tensor<210xf32>) -> (tensor<210xf32>, tensor<70xf32>)
  %g_1 = rnn.project %x_1, %w1 bias(%b_x1)
      : (tensor<5x3x70xf32>, tensor<210x70xf32>, tensor<210xf32>) -> tensor<5x3x210xf32>
  %x_2, %n_1 = rnn.scan %g_1 h_0(%h_1) lengths(%lengths) {
  ^bb0(%gates: tensor<3x210xf32>, %state: tensor<3x70xf32>):
    %next = rnn.gru_cell %gates, %state, %u1 bias(%b_hn1)
        : (tensor<3x210xf32>, tensor<3x70xf32>, tensor<210x70xf32>, tensor<70xf32>) -> tensor<3x70xf32>
    rnn.yield %next : tensor<3x70xf32>
  } : (tensor<5x3x210xf32>, tensor<3x70xf32>, tensor<3xi64>) -> (tensor<5x3x70xf32>, tensor<3x70xf32>)
  %h_n = rnn.stack %n_0, %n_1 : tensor<3x70xf32>, tensor<3x70xf32> -> tensor<2x3x70xf32>
  %y = rnn.transpose %x_2 : tensor<5x3x70xf32> -> tensor<3x5x70xf32>
  return %y, %h_n : tensor<3x5x70xf32>, tensor<2x3x70xf32>
}
