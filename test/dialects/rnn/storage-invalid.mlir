// RUN: grucc-opt %s --split-input-file --verify-diagnostics

// Constants of the widening are normal numbers
// expected-error @+1 {{storage: exponent: found 65, expected -64 to 64}}
#s = #rnn.storage<int8, exponent = 65>

// -----

// expected-error @+1 {{storage: exponent: found -65, expected -64 to 64}}
#s = #rnn.storage<int8, exponent = -65>

// -----

// Only int8 is scaled
// expected-error @+1 {{storage: exponent: found 3, expected 0 for bfloat16}}
#s = #rnn.storage<bfloat16, exponent = 3>

// -----

// C12
func.func @f(%x: tensor<?x?x2xf64>, %w: tensor<9x2xf64>) {
  // expected-error @+1 {{storage: found bfloat16, expected float32 for a network of float64}}
  %g = rnn.project %x, %w {storage = #rnn.storage<bfloat16>} : (tensor<?x?x2xf64>, tensor<9x2xf64>) -> tensor<?x?x9xf64>
  return
}

// -----

// C12
func.func @f(%g: tensor<4x9xf32>, %h: tensor<4x3xf32>, %w: tensor<9x3xf32>) {
  // expected-error @+1 {{storage: found float32, expected int8, bfloat16 or float16 for a network of float32}}
  %n = rnn.gru_cell %g, %h, %w {storage = #rnn.storage<float32>} : (tensor<4x9xf32>, tensor<4x3xf32>, tensor<9x3xf32>) -> tensor<4x3xf32>
  return
}

// -----

// C12
func.func @f(%x: tensor<?x?x2xf32>, %w_ih: tensor<9x2xf32>, %w_hh: tensor<9x3xf32>) {
  // expected-error @+1 {{w_hh_storage: found float32, expected int8, bfloat16 or float16 for a network of float32}}
  %y, %h_n = rnn.layer %x weights(%w_ih, %w_hh) {w_ih_storage = #rnn.storage<int8>, w_hh_storage = #rnn.storage<float32>}
      : (tensor<?x?x2xf32>, tensor<9x2xf32>, tensor<9x3xf32>) -> (tensor<?x?x3xf32>, tensor<?x3xf32>)
  return
}
