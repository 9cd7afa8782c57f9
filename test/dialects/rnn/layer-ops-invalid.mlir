// RUN: grucc-opt %s --split-input-file --verify-diagnostics

// C1
func.func @f(%x: tensor<?x4x0xf32>, %wi: tensor<9x0xf32>, %wh: tensor<9x3xf32>) {
  // expected-error @+1 {{input_size: found 0, expected at least 1}}
  %y, %h_n = rnn.layer %x weights(%wi, %wh)
      : (tensor<?x4x0xf32>, tensor<9x0xf32>, tensor<9x3xf32>) -> (tensor<?x?x?xf32>, tensor<?x?xf32>)
  return
}

// -----

// C1
func.func @f(%x: tensor<?x4x2xf32>, %wi: tensor<0x2xf32>, %wh: tensor<0x0xf32>) {
  // expected-error @+1 {{hidden_size: found 0, expected at least 1}}
  %y, %h_n = rnn.layer %x weights(%wi, %wh)
      : (tensor<?x4x2xf32>, tensor<0x2xf32>, tensor<0x0xf32>) -> (tensor<?x?x?xf32>, tensor<?x?xf32>)
  return
}

// -----

// C3
func.func @f(%x: tensor<?x4x2xf32>, %wi: tensor<9x3xf32>, %wh: tensor<9x3xf32>) {
  // expected-error @+1 {{w_ih: found shape [9, 3], expected [9, 2]}}
  %y, %h_n = rnn.layer %x weights(%wi, %wh)
      : (tensor<?x4x2xf32>, tensor<9x3xf32>, tensor<9x3xf32>) -> (tensor<?x?x?xf32>, tensor<?x?xf32>)
  return
}

// -----

// C3
func.func @f(%x: tensor<?x4x2xf32>, %wi: tensor<9x2xf32>, %wh: tensor<8x3xf32>) {
  // expected-error @+1 {{w_hh: found shape [8, 3], expected [9, 3]}}
  %y, %h_n = rnn.layer %x weights(%wi, %wh)
      : (tensor<?x4x2xf32>, tensor<9x2xf32>, tensor<8x3xf32>) -> (tensor<?x?x?xf32>, tensor<?x?xf32>)
  return
}

// -----

// 3H beyond 64 bits
func.func @f(%x: tensor<?x4x2xf32>, %wi: tensor<9x2xf32>, %wh: tensor<9x4611686018427387904xf32>) {
  // expected-error @+1 {{w_hh: found shape [9, 4611686018427387904], expected fewer columns}}
  %y, %h_n = rnn.layer %x weights(%wi, %wh)
      : (tensor<?x4x2xf32>, tensor<9x2xf32>, tensor<9x4611686018427387904xf32>) -> (tensor<?x?x?xf32>, tensor<?x?xf32>)
  return
}

// -----

// C4
func.func @f(%x: tensor<?x4x2xf32>, %wi: tensor<9x2xf32>, %wh: tensor<9x3xf32>, %bi: tensor<3xf32>, %bh: tensor<9xf32>) {
  // expected-error @+1 {{b_ih: found shape [3], expected [9]}}
  %y, %h_n = rnn.layer %x weights(%wi, %wh) biases(%bi, %bh)
      : (tensor<?x4x2xf32>, tensor<9x2xf32>, tensor<9x3xf32>, tensor<3xf32>, tensor<9xf32>) -> (tensor<?x?x?xf32>, tensor<?x?xf32>)
  return
}

// -----

// C4
func.func @f(%x: tensor<?x4x2xf32>, %wi: tensor<9x2xf32>, %wh: tensor<9x3xf32>, %bi: tensor<9xf32>, %bh: tensor<3xf32>) {
  // expected-error @+1 {{b_hh: found shape [3], expected [9]}}
  %y, %h_n = rnn.layer %x weights(%wi, %wh) biases(%bi, %bh)
      : (tensor<?x4x2xf32>, tensor<9x2xf32>, tensor<9x3xf32>, tensor<9xf32>, tensor<3xf32>) -> (tensor<?x?x?xf32>, tensor<?x?xf32>)
  return
}

// -----

// C8
func.func @f(%x: tensor<?x4x2xf32>, %wi: tensor<9x2xf32>, %wh: tensor<9x3xf32>, %h: tensor<3x3xf32>) {
  // expected-error @+1 {{h_0: found shape [3, 3], expected [4, 3]}}
  %y, %h_n = rnn.layer %x h_0(%h) weights(%wi, %wh)
      : (tensor<?x4x2xf32>, tensor<3x3xf32>, tensor<9x2xf32>, tensor<9x3xf32>) -> (tensor<?x?x?xf32>, tensor<?x?xf32>)
  return
}

// -----

// C10
func.func @f(%x: tensor<?x4x2xf32>, %wi: tensor<9x2xf32>, %wh: tensor<9x3xf32>, %l: tensor<5xi64>) {
  // expected-error @+1 {{lengths: found shape [5], expected [4]}}
  %y, %h_n = rnn.layer %x lengths(%l) weights(%wi, %wh)
      : (tensor<?x4x2xf32>, tensor<5xi64>, tensor<9x2xf32>, tensor<9x3xf32>) -> (tensor<?x?x?xf32>, tensor<?x?xf32>)
  return
}

// -----

// C12
func.func @f(%x: tensor<?x4x2xf32>, %wi: tensor<9x2xf32>, %wh: tensor<9x3xf64>) {
  // expected-error @+1 {{w_hh: found dtype float64, expected float32}}
  %y, %h_n = rnn.layer %x weights(%wi, %wh)
      : (tensor<?x4x2xf32>, tensor<9x2xf32>, tensor<9x3xf64>) -> (tensor<?x?x?xf32>, tensor<?x?xf32>)
  return
}

// -----

// C4
func.func @f(%x: tensor<?x4x2xf32>, %wi: tensor<9x2xf32>, %wh: tensor<9x3xf32>, %b: tensor<9xf32>) {
  // expected-error @+1 {{b_hh: found nothing, expected both biases or neither}}
  %y, %h_n = "rnn.layer"(%x, %wi, %wh, %b) {operandSegmentSizes = array<i32: 1, 0, 0, 1, 1, 1, 0>}
      : (tensor<?x4x2xf32>, tensor<9x2xf32>, tensor<9x3xf32>, tensor<9xf32>)
      -> (tensor<?x4x3xf32>, tensor<4x3xf32>)
  return
}

// -----

// C2
func.func @f(%x: tensor<?x4x2xf32>, %wi: tensor<9x2xf32>, %wh: tensor<9x3xf32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'tensor<?x4x3xf32>', 'tensor<4x3xf32>' are incompatible with return type(s)}}
  %y, %h_n = rnn.layer %x weights(%wi, %wh)
      : (tensor<?x4x2xf32>, tensor<9x2xf32>, tensor<9x3xf32>) -> (tensor<?x4x2xf32>, tensor<4x3xf32>)
  return
}

// -----

// C5
func.func @f(%x: tensor<?x4x2xf32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'tensor<4x?x2xf32>' are incompatible with return type(s) of operation 'tensor<?x4x2xf64>'}}
  %y = rnn.transpose %x : tensor<?x4x2xf32> -> tensor<?x4x2xf64>
  return
}

// -----

// C7
func.func @f(%h: tensor<2x4x3xf32>) {
  // expected-error @+1 {{index: found 2, expected a state of [2, 4, 3]}}
  %y = rnn.state %h[2] : tensor<2x4x3xf32> -> tensor<4x3xf32>
  return
}

// -----

// C7
func.func @f(%h: tensor<2x4x3xf32>) {
  // expected-error @+1 {{index: found -1, expected a state of [2, 4, 3]}}
  %y = rnn.state %h[-1] : tensor<2x4x3xf32> -> tensor<4x3xf32>
  return
}

// -----

// C7
func.func @f(%h: tensor<4x3xf32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'tensor<2x4x3xf32>' are incompatible with return type(s) of operation 'tensor<3x4x3xf32>'}}
  %y = rnn.stack %h, %h : tensor<4x3xf32>, tensor<4x3xf32> -> tensor<3x4x3xf32>
  return
}

// -----

// C7
func.func @f(%a: tensor<4x3xf32>, %b: tensor<5x3xf32>) {
  // expected-error @+1 {{requires all operands to have the same type}}
  %y = rnn.stack %a, %b : tensor<4x3xf32>, tensor<5x3xf32> -> tensor<2x4x3xf32>
  return
}

// -----

// C7
func.func @f() {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{states: found none, expected at least one}}
  %y = "rnn.stack"() : () -> tensor<0x4x3xf32>
  return
}
