// RUN: grucc-opt %s --split-input-file --verify-diagnostics

func.func @half_precision(%x: f16) {
  // expected-error @+1 {{operand #0 must be float32 or float64, or a vector of them, but got 'f16'}}
  %y = rnn.sigmoid %x : f16
  return
}

// -----

func.func @tensor(%x: tensor<4xf32>) {
  // expected-error @+1 {{operand #0 must be float32 or float64, or a vector of them, but got 'tensor<4xf32>'}}
  %y = rnn.tanh %x : tensor<4xf32>
  return
}
