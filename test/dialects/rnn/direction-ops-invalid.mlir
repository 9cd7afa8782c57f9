// RUN: grucc-opt %s --split-input-file --verify-diagnostics

// C7
func.func @f(%f: tensor<7x4x3xf32>, %b: tensor<7x5x3xf32>) {
  // expected-error @+1 {{backward: found shape [7, 5, 3], expected [7, 4, 3]}}
  %y = rnn.concat %f, %b : (tensor<7x4x3xf32>, tensor<7x5x3xf32>) -> tensor<7x4x6xf32>
  return
}

// -----

// C7
func.func @f(%f: tensor<7x4x3xf32>, %b: tensor<7x4x2xf32>) {
  // expected-error @+1 {{backward: found shape [7, 4, 2], expected [7, 4, 3]}}
  %y = rnn.concat %f, %b : (tensor<7x4x3xf32>, tensor<7x4x2xf32>) -> tensor<7x4x6xf32>
  return
}

// -----

// C12
func.func @f(%f: tensor<7x4x3xf32>, %b: tensor<7x4x3xf64>) {
  // expected-error @+1 {{backward: found dtype float64, expected float32}}
  %y = rnn.concat %f, %b : (tensor<7x4x3xf32>, tensor<7x4x3xf64>) -> tensor<7x4x6xf32>
  return
}

// -----

// C7
func.func @f(%f: tensor<7x4x3xf32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'tensor<7x4x6xf32>' are incompatible with return type(s) of operation 'tensor<7x4x3xf32>'}}
  %y = rnn.concat %f, %f : (tensor<7x4x3xf32>, tensor<7x4x3xf32>) -> tensor<7x4x3xf32>
  return
}

// -----

// 2H beyond 64 bits
func.func @f(%f: tensor<7x4x4611686018427387904xf32>) {
  // expected-error @+1 {{failed to infer returned types}}
  %y = rnn.concat %f, %f : (tensor<7x4x4611686018427387904xf32>, tensor<7x4x4611686018427387904xf32>) -> tensor<7x4x?xf32>
  return
}

// -----

// C6
func.func @f(%x: tensor<7x4x3xf32>, %seed: i64) {
  // expected-error @+1 {{p: found 1.500000e+00, expected a number in [0, 1]}}
  %y = rnn.dropout %x seed(%seed) {p = 1.5, layer = 0} : (tensor<7x4x3xf32>, i64) -> tensor<7x4x3xf32>
  return
}

// -----

// C6
func.func @f(%x: tensor<7x4x3xf32>, %seed: i64) {
  // expected-error @+1 {{p: found nan, expected a number in [0, 1]}}
  %y = rnn.dropout %x seed(%seed) {p = 0x7FF8000000000000 : f64, layer = 0} : (tensor<7x4x3xf32>, i64) -> tensor<7x4x3xf32>
  return
}

// -----

// N5
func.func @f(%x: tensor<7x4x3xf32>, %seed: i64) {
  // expected-error @+1 {{layer: found -1, expected at least 0}}
  %y = rnn.dropout %x seed(%seed) {p = 0.5, layer = -1} : (tensor<7x4x3xf32>, i64) -> tensor<7x4x3xf32>
  return
}

// -----

// N5
func.func @f(%x: tensor<7x4x3xf32>) {
  // expected-error @+1 {{mask: found no 'seed' and no 'mask', expected one of them}}
  %y = rnn.dropout %x {p = 0.5, layer = 0} : (tensor<7x4x3xf32>) -> tensor<7x4x3xf32>
  return
}

// -----

// N5
func.func @f(%x: tensor<7x4x3xf32>, %seed: i64, %mask: tensor<1x7x4x3xf32>) {
  // expected-error @+1 {{mask: found both 'seed' and 'mask', expected one of them}}
  %y = rnn.dropout %x seed(%seed) mask(%mask) {p = 0.5, layer = 0}
      : (tensor<7x4x3xf32>, i64, tensor<1x7x4x3xf32>) -> tensor<7x4x3xf32>
  return
}

// -----

// N5
func.func @f(%x: tensor<7x4x3xf32>, %mask: tensor<1x7x4x6xf32>) {
  // expected-error @+1 {{mask: found shape [1, 7, 4, 6], expected [?, 7, 4, 3]}}
  %y = rnn.dropout %x mask(%mask) {p = 0.5, layer = 0}
      : (tensor<7x4x3xf32>, tensor<1x7x4x6xf32>) -> tensor<7x4x3xf32>
  return
}

// -----

// N5: a mask of one layer cannot speak for layer 1.
func.func @f(%x: tensor<7x4x3xf32>, %mask: tensor<1x7x4x3xf32>) {
  // expected-error @+1 {{layer: found 1, expected one of the 1 of 'mask'}}
  %y = rnn.dropout %x mask(%mask) {p = 0.5, layer = 1}
      : (tensor<7x4x3xf32>, tensor<1x7x4x3xf32>) -> tensor<7x4x3xf32>
  return
}

// -----

// C12
func.func @f(%x: tensor<7x4x3xf32>, %mask: tensor<1x7x4x3xf64>) {
  // expected-error @+1 {{mask: found dtype float64, expected float32}}
  %y = rnn.dropout %x mask(%mask) {p = 0.5, layer = 0}
      : (tensor<7x4x3xf32>, tensor<1x7x4x3xf64>) -> tensor<7x4x3xf32>
  return
}
