// RUN: grucc-opt %s --split-input-file --verify-diagnostics

// C2
func.func @f(%x: tensor<?x?x2xf32>, %w: tensor<9x3xf32>, %b: tensor<9xf32>) {
  // expected-error @+1 {{weight: found shape [9, 3], expected [9, 2]}}
  %g = rnn.project %x, %w bias(%b) : (tensor<?x?x2xf32>, tensor<9x3xf32>, tensor<9xf32>) -> tensor<?x?x9xf32>
  return
}

// -----

// C2
func.func @f(%x: tensor<?x?x2xf32>, %w: tensor<9x2xf32>, %b: tensor<3xf32>) {
  // expected-error @+1 {{bias: found shape [3], expected [9]}}
  %g = rnn.project %x, %w bias(%b) : (tensor<?x?x2xf32>, tensor<9x2xf32>, tensor<3xf32>) -> tensor<?x?x9xf32>
  return
}

// -----

// C12
func.func @f(%x: tensor<?x?x2xf32>, %w: tensor<9x2xf32>, %b: tensor<9xf64>) {
  // expected-error @+1 {{bias: found dtype float64, expected float32}}
  %g = rnn.project %x, %w bias(%b) : (tensor<?x?x2xf32>, tensor<9x2xf32>, tensor<9xf64>) -> tensor<?x?x9xf32>
  return
}

// -----

// C3
func.func @f(%g: tensor<4x8xf32>, %h: tensor<4x3xf32>, %w: tensor<9x3xf32>, %b: tensor<3xf32>) {
  // expected-error @+1 {{gates: found shape [4, 8], expected [4, 9]}}
  %n = rnn.gru_cell %g, %h, %w bias(%b) : (tensor<4x8xf32>, tensor<4x3xf32>, tensor<9x3xf32>, tensor<3xf32>) -> tensor<4x3xf32>
  return
}

// -----

// C2
func.func @f(%g: tensor<4x9xf32>, %h: tensor<5x3xf32>, %w: tensor<9x3xf32>, %b: tensor<3xf32>) {
  // expected-error @+1 {{h: found shape [5, 3], expected [4, 3]}}
  %n = rnn.gru_cell %g, %h, %w bias(%b) : (tensor<4x9xf32>, tensor<5x3xf32>, tensor<9x3xf32>, tensor<3xf32>) -> tensor<4x3xf32>
  return
}

// -----

// C3
func.func @f(%g: tensor<4x9xf32>, %h: tensor<4x3xf32>, %w: tensor<3x3xf32>, %b: tensor<3xf32>) {
  // expected-error @+1 {{w_hh: found shape [3, 3], expected [9, 3]}}
  %n = rnn.gru_cell %g, %h, %w bias(%b) : (tensor<4x9xf32>, tensor<4x3xf32>, tensor<3x3xf32>, tensor<3xf32>) -> tensor<4x3xf32>
  return
}

// -----

// C4
func.func @f(%g: tensor<4x9xf32>, %h: tensor<4x3xf32>, %w: tensor<9x3xf32>, %b: tensor<6xf32>) {
  // expected-error @+1 {{bias: found shape [6], expected [3]}}
  %n = rnn.gru_cell %g, %h, %w bias(%b) : (tensor<4x9xf32>, tensor<4x3xf32>, tensor<9x3xf32>, tensor<6xf32>) -> tensor<4x3xf32>
  return
}

// -----

// C12
func.func @f(%g: tensor<4x9xf32>, %h: tensor<4x3xf32>, %w: tensor<9x3xf64>, %b: tensor<3xf32>) {
  // expected-error @+1 {{w_hh: found dtype float64, expected float32}}
  %n = rnn.gru_cell %g, %h, %w bias(%b) : (tensor<4x9xf32>, tensor<4x3xf32>, tensor<9x3xf64>, tensor<3xf32>) -> tensor<4x3xf32>
  return
}

// -----

// C1
func.func @f(%g: tensor<4x0xf32>, %h: tensor<4x0xf32>, %w: tensor<0x0xf32>, %b: tensor<0xf32>) {
  // expected-error @+1 {{hidden_size: found 0, expected at least 1}}
  %n = rnn.gru_cell %g, %h, %w bias(%b) : (tensor<4x0xf32>, tensor<4x0xf32>, tensor<0x0xf32>, tensor<0xf32>) -> tensor<4x3xf32>
  return
}

// -----

// 3H beyond 64 bits
func.func @f(%g: tensor<4x9xf32>, %h: tensor<4x3xf32>, %w: tensor<9x4611686018427387904xf32>, %b: tensor<3xf32>) {
  // expected-error @+1 {{w_hh: found shape [9, 4611686018427387904], expected fewer columns}}
  %n = rnn.gru_cell %g, %h, %w bias(%b) : (tensor<4x9xf32>, tensor<4x3xf32>, tensor<9x4611686018427387904xf32>, tensor<3xf32>) -> tensor<4x3xf32>
  return
}

// -----

// C8
func.func @f(%gates: tensor<?x4x9xf32>, %h: tensor<4x2xf32>) {
  // expected-error @+1 {{h_0: found shape [4, 2], expected [4, 3]}}
  %y, %h_n = rnn.scan %gates h_0(%h) {
  ^bb0(%g: tensor<4x9xf32>, %s: tensor<4x3xf32>):
    rnn.yield %s : tensor<4x3xf32>
  } : (tensor<?x4x9xf32>, tensor<4x2xf32>) -> (tensor<?x4x3xf32>, tensor<4x3xf32>)
  return
}

// -----

// C8
func.func @f(%gates: tensor<?x4x9xf32>, %h: tensor<5x3xf32>) {
  // expected-error @+1 {{h_0: found shape [5, 3], expected [4, 3]}}
  %y, %h_n = rnn.scan %gates h_0(%h) {
  ^bb0(%g: tensor<4x9xf32>, %s: tensor<4x3xf32>):
    rnn.yield %s : tensor<4x3xf32>
  } : (tensor<?x4x9xf32>, tensor<5x3xf32>) -> (tensor<?x4x3xf32>, tensor<4x3xf32>)
  return
}

// -----

// C10
func.func @f(%gates: tensor<?x4x9xf32>, %l: tensor<3xi64>) {
  // expected-error @+1 {{lengths: found shape [3], expected [4]}}
  %y, %h_n = rnn.scan %gates lengths(%l) {
  ^bb0(%g: tensor<4x9xf32>, %s: tensor<4x3xf32>):
    rnn.yield %s : tensor<4x3xf32>
  } : (tensor<?x4x9xf32>, tensor<3xi64>) -> (tensor<?x4x3xf32>, tensor<4x3xf32>)
  return
}

// -----

// The body sees a step's gates and the state
func.func @f(%gates: tensor<?x4x9xf32>) {
  // expected-error @+1 {{body: found 1 arguments, expected 2: the step's gates and the state}}
  %y, %h_n = rnn.scan %gates {
  ^bb0(%s: tensor<4x3xf32>):
    rnn.yield %s : tensor<4x3xf32>
  } : (tensor<?x4x9xf32>) -> (tensor<?x4x3xf32>, tensor<4x3xf32>)
  return
}

// -----

// The slice of a step
func.func @f(%gates: tensor<?x4x9xf32>) {
  // expected-error @+1 {{gates of a step: found shape [4, 8], expected [4, 9]}}
  %y, %h_n = rnn.scan %gates {
  ^bb0(%g: tensor<4x8xf32>, %s: tensor<4x3xf32>):
    rnn.yield %s : tensor<4x3xf32>
  } : (tensor<?x4x9xf32>) -> (tensor<?x4x3xf32>, tensor<4x3xf32>)
  return
}

// -----

// The state of a step
func.func @f(%gates: tensor<?x4x9xf32>) {
  // expected-error @+1 {{state of a step: found shape [4, 2], expected [4, 3]}}
  %y, %h_n = rnn.scan %gates {
  ^bb0(%g: tensor<4x9xf32>, %s: tensor<4x2xf32>):
    rnn.yield %s : tensor<4x2xf32>
  } : (tensor<?x4x9xf32>) -> (tensor<?x4x3xf32>, tensor<4x3xf32>)
  return
}

// -----

// The new state
func.func @f(%gates: tensor<?x4x9xf32>) {
  // expected-error @+1 {{yielded state: found shape [4, 9], expected [4, 3]}}
  %y, %h_n = rnn.scan %gates {
  ^bb0(%g: tensor<4x9xf32>, %s: tensor<4x3xf32>):
    rnn.yield %g : tensor<4x9xf32>
  } : (tensor<?x4x9xf32>) -> (tensor<?x4x3xf32>, tensor<4x3xf32>)
  return
}

// -----

// The new state
func.func @f(%gates: tensor<?x4x9xf32>) {
  // expected-error @+1 {{body: found nothing that it yields, expected the new state}}
  %y, %h_n = rnn.scan %gates {
  ^bb0(%g: tensor<4x9xf32>, %s: tensor<4x3xf32>):
    rnn.yield
  } : (tensor<?x4x9xf32>) -> (tensor<?x4x3xf32>, tensor<4x3xf32>)
  return
}

// -----

// A body with arguments that are no tensors
func.func @f(%gates: tensor<?x4x9xf32>) {
  // expected-error @+1 {{gates of a step: found shape [], expected [4, 9]}}
  %y, %h_n = rnn.scan %gates {
  ^bb0(%g: f32, %s: f32):
    rnn.yield
  } : (tensor<?x4x9xf32>) -> (tensor<?x4x3xf32>, tensor<4x3xf32>)
  return
}

// -----

// No body
func.func @f(%gates: tensor<?x4x9xf32>) {
  // expected-error @+1 {{region #0 ('body') failed to verify constraint: region with 1 blocks}}
  %y, %h_n = "rnn.scan"(%gates) ({}) {operandSegmentSizes = array<i32: 1, 0, 0>}
      : (tensor<?x4x9xf32>) -> (tensor<?x4x3xf32>, tensor<4x3xf32>)
  return
}
