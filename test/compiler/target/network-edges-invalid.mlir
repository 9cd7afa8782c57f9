// RUN: grucc-opt %s --split-input-file --rnn-pack-weights --verify-diagnostics

// As network-graph-invalid.mlir: states, lengths, layouts, dropout, and what is returned.

// A state of one layer only.
func.func @states(%x: tensor<?x?x2xf32>, %p: tensor<2x?x2xf32>) -> (tensor<?x?x2xf32>, tensor<2x?x2xf32>) {
  %w = arith.constant dense<0.5> : tensor<6x2xf32>
  %i = rnn.state %p[1] : tensor<2x?x2xf32> -> tensor<?x2xf32>
  %g = rnn.project %x, %w : (tensor<?x?x2xf32>, tensor<6x2xf32>) -> tensor<?x?x6xf32>
  // expected-note @+1 {{layer 0 is here}}
  %y, %e = rnn.scan %g {
  ^bb0(%a: tensor<?x6xf32>, %h: tensor<?x2xf32>):
    %n = rnn.gru_cell %a, %h, %w : (tensor<?x6xf32>, tensor<?x2xf32>, tensor<6x2xf32>) -> tensor<?x2xf32>
    rnn.yield %n : tensor<?x2xf32>
  } : (tensor<?x?x6xf32>) -> (tensor<?x?x2xf32>, tensor<?x2xf32>)
  %k = rnn.project %y, %w : (tensor<?x?x2xf32>, tensor<6x2xf32>) -> tensor<?x?x6xf32>
  // expected-error @+1 {{h_0: found one, expected none as in layer 0}}
  %z, %f = rnn.scan %k h_0(%i) {
  ^bb0(%a: tensor<?x6xf32>, %h: tensor<?x2xf32>):
    %n = rnn.gru_cell %a, %h, %w : (tensor<?x6xf32>, tensor<?x2xf32>, tensor<6x2xf32>) -> tensor<?x2xf32>
    rnn.yield %n : tensor<?x2xf32>
  } : (tensor<?x?x6xf32>, tensor<?x2xf32>) -> (tensor<?x?x2xf32>, tensor<?x2xf32>)
  %s = rnn.stack %e, %f : tensor<?x2xf32>, tensor<?x2xf32> -> tensor<2x?x2xf32>
  return %z, %s : tensor<?x?x2xf32>, tensor<2x?x2xf32>
}

// -----

// States the other way round.
func.func @swapped_states(%x: tensor<?x?x2xf32>, %p: tensor<2x?x2xf32>) -> (tensor<?x?x2xf32>, tensor<2x?x2xf32>) {
  %w = arith.constant dense<0.5> : tensor<6x2xf32>
  // expected-note @+1 {{which is here}}
  %i = rnn.state %p[1] : tensor<2x?x2xf32> -> tensor<?x2xf32>
  %j = rnn.state %p[0] : tensor<2x?x2xf32> -> tensor<?x2xf32>
  %g = rnn.project %x, %w : (tensor<?x?x2xf32>, tensor<6x2xf32>) -> tensor<?x?x6xf32>
  // expected-error @+1 {{h_0: found state 1, expected 0: that of layer 0}}
  %y, %e = rnn.scan %g h_0(%i) {
  ^bb0(%a: tensor<?x6xf32>, %h: tensor<?x2xf32>):
    %n = rnn.gru_cell %a, %h, %w : (tensor<?x6xf32>, tensor<?x2xf32>, tensor<6x2xf32>) -> tensor<?x2xf32>
    rnn.yield %n : tensor<?x2xf32>
  } : (tensor<?x?x6xf32>, tensor<?x2xf32>) -> (tensor<?x?x2xf32>, tensor<?x2xf32>)
  %k = rnn.project %y, %w : (tensor<?x?x2xf32>, tensor<6x2xf32>) -> tensor<?x?x6xf32>
  %z, %f = rnn.scan %k h_0(%j) {
  ^bb0(%a: tensor<?x6xf32>, %h: tensor<?x2xf32>):
    %n = rnn.gru_cell %a, %h, %w : (tensor<?x6xf32>, tensor<?x2xf32>, tensor<6x2xf32>) -> tensor<?x2xf32>
    rnn.yield %n : tensor<?x2xf32>
  } : (tensor<?x?x6xf32>, tensor<?x2xf32>) -> (tensor<?x?x2xf32>, tensor<?x2xf32>)
  %s = rnn.stack %e, %f : tensor<?x2xf32>, tensor<?x2xf32> -> tensor<2x?x2xf32>
  return %z, %s : tensor<?x?x2xf32>, tensor<2x?x2xf32>
}

// -----

// One state twice.
func.func @one_state_twice(%x: tensor<?x?x2xf32>, %p: tensor<2x?x2xf32>) -> (tensor<?x?x2xf32>, tensor<2x?x2xf32>) {
  %w = arith.constant dense<0.5> : tensor<6x2xf32>
  // expected-note @+1 {{which is here}}
  %i = rnn.state %p[0] : tensor<2x?x2xf32> -> tensor<?x2xf32>
  %g = rnn.project %x, %w : (tensor<?x?x2xf32>, tensor<6x2xf32>) -> tensor<?x?x6xf32>
  %y, %e = rnn.scan %g h_0(%i) {
  ^bb0(%a: tensor<?x6xf32>, %h: tensor<?x2xf32>):
    %n = rnn.gru_cell %a, %h, %w : (tensor<?x6xf32>, tensor<?x2xf32>, tensor<6x2xf32>) -> tensor<?x2xf32>
    rnn.yield %n : tensor<?x2xf32>
  } : (tensor<?x?x6xf32>, tensor<?x2xf32>) -> (tensor<?x?x2xf32>, tensor<?x2xf32>)
  %k = rnn.project %y, %w : (tensor<?x?x2xf32>, tensor<6x2xf32>) -> tensor<?x?x6xf32>
  // expected-error @+1 {{h_0: found state 0, expected 1: that of layer 1}}
  %z, %f = rnn.scan %k h_0(%i) {
  ^bb0(%a: tensor<?x6xf32>, %h: tensor<?x2xf32>):
    %n = rnn.gru_cell %a, %h, %w : (tensor<?x6xf32>, tensor<?x2xf32>, tensor<6x2xf32>) -> tensor<?x2xf32>
    rnn.yield %n : tensor<?x2xf32>
  } : (tensor<?x?x6xf32>, tensor<?x2xf32>) -> (tensor<?x?x2xf32>, tensor<?x2xf32>)
  %s = rnn.stack %e, %f : tensor<?x2xf32>, tensor<?x2xf32> -> tensor<2x?x2xf32>
  return %z, %s : tensor<?x?x2xf32>, tensor<2x?x2xf32>
}

// -----

// States of two arguments.
func.func @two_states(%x: tensor<?x?x2xf32>, %p: tensor<2x?x2xf32>, %r: tensor<2x?x2xf32>) -> (tensor<?x?x2xf32>, tensor<2x?x2xf32>) {
  %w = arith.constant dense<0.5> : tensor<6x2xf32>
  // expected-note @+1 {{that of layer 0 is here}}
  %i = rnn.state %p[0] : tensor<2x?x2xf32> -> tensor<?x2xf32>
  // expected-error @+1 {{states: found argument 2, expected argument 1}}
  %j = rnn.state %r[1] : tensor<2x?x2xf32> -> tensor<?x2xf32>
  %g = rnn.project %x, %w : (tensor<?x?x2xf32>, tensor<6x2xf32>) -> tensor<?x?x6xf32>
  %y, %e = rnn.scan %g h_0(%i) {
  ^bb0(%a: tensor<?x6xf32>, %h: tensor<?x2xf32>):
    %n = rnn.gru_cell %a, %h, %w : (tensor<?x6xf32>, tensor<?x2xf32>, tensor<6x2xf32>) -> tensor<?x2xf32>
    rnn.yield %n : tensor<?x2xf32>
  } : (tensor<?x?x6xf32>, tensor<?x2xf32>) -> (tensor<?x?x2xf32>, tensor<?x2xf32>)
  %k = rnn.project %y, %w : (tensor<?x?x2xf32>, tensor<6x2xf32>) -> tensor<?x?x6xf32>
  %z, %f = rnn.scan %k h_0(%j) {
  ^bb0(%a: tensor<?x6xf32>, %h: tensor<?x2xf32>):
    %n = rnn.gru_cell %a, %h, %w : (tensor<?x6xf32>, tensor<?x2xf32>, tensor<6x2xf32>) -> tensor<?x2xf32>
    rnn.yield %n : tensor<?x2xf32>
  } : (tensor<?x?x6xf32>, tensor<?x2xf32>) -> (tensor<?x?x2xf32>, tensor<?x2xf32>)
  %s = rnn.stack %e, %f : tensor<?x2xf32>, tensor<?x2xf32> -> tensor<2x?x2xf32>
  return %z, %s : tensor<?x?x2xf32>, tensor<2x?x2xf32>
}

// -----

// More states than cells.
func.func @more_states(%x: tensor<?x?x2xf32>, %p: tensor<3x?x2xf32>) -> (tensor<?x?x2xf32>, tensor<1x?x2xf32>) {
  %w = arith.constant dense<0.5> : tensor<6x2xf32>
  // expected-error @+1 {{states: found argument 1 [3, ?, 2], expected an argument of 1 states}}
  %i = rnn.state %p[0] : tensor<3x?x2xf32> -> tensor<?x2xf32>
  %g = rnn.project %x, %w : (tensor<?x?x2xf32>, tensor<6x2xf32>) -> tensor<?x?x6xf32>
  // expected-note @+1 {{layer 0 is here}}
  %y, %e = rnn.scan %g h_0(%i) {
  ^bb0(%a: tensor<?x6xf32>, %h: tensor<?x2xf32>):
    %n = rnn.gru_cell %a, %h, %w : (tensor<?x6xf32>, tensor<?x2xf32>, tensor<6x2xf32>) -> tensor<?x2xf32>
    rnn.yield %n : tensor<?x2xf32>
  } : (tensor<?x?x6xf32>, tensor<?x2xf32>) -> (tensor<?x?x2xf32>, tensor<?x2xf32>)
  %s = rnn.stack %e : tensor<?x2xf32> -> tensor<1x?x2xf32>
  return %y, %s : tensor<?x?x2xf32>, tensor<1x?x2xf32>
}

// -----

// The last state of the layer below.
func.func @state_below(%x: tensor<?x?x2xf32>, %p: tensor<2x?x2xf32>) -> (tensor<?x?x2xf32>, tensor<2x?x2xf32>) {
  %w = arith.constant dense<0.5> : tensor<6x2xf32>
  %i = rnn.state %p[0] : tensor<2x?x2xf32> -> tensor<?x2xf32>
  %g = rnn.project %x, %w : (tensor<?x?x2xf32>, tensor<6x2xf32>) -> tensor<?x?x6xf32>
  // expected-note @+1 {{which is here}}
  %y, %e = rnn.scan %g h_0(%i) {
  ^bb0(%a: tensor<?x6xf32>, %h: tensor<?x2xf32>):
    %n = rnn.gru_cell %a, %h, %w : (tensor<?x6xf32>, tensor<?x2xf32>, tensor<6x2xf32>) -> tensor<?x2xf32>
    rnn.yield %n : tensor<?x2xf32>
  } : (tensor<?x?x6xf32>, tensor<?x2xf32>) -> (tensor<?x?x2xf32>, tensor<?x2xf32>)
  %k = rnn.project %y, %w : (tensor<?x?x2xf32>, tensor<6x2xf32>) -> tensor<?x?x6xf32>
  // expected-error @+1 {{h_0: found a result of 'rnn.scan', expected that of an rnn.state}}
  %z, %f = rnn.scan %k h_0(%e) {
  ^bb0(%a: tensor<?x6xf32>, %h: tensor<?x2xf32>):
    %n = rnn.gru_cell %a, %h, %w : (tensor<?x6xf32>, tensor<?x2xf32>, tensor<6x2xf32>) -> tensor<?x2xf32>
    rnn.yield %n : tensor<?x2xf32>
  } : (tensor<?x?x6xf32>, tensor<?x2xf32>) -> (tensor<?x?x2xf32>, tensor<?x2xf32>)
  %s = rnn.stack %e, %f : tensor<?x2xf32>, tensor<?x2xf32> -> tensor<2x?x2xf32>
  return %z, %s : tensor<?x?x2xf32>, tensor<2x?x2xf32>
}

// -----

// Lengths of one layer only.
func.func @lengths(%x: tensor<?x?x2xf32>, %l: tensor<?xi64>) -> (tensor<?x?x2xf32>, tensor<2x?x2xf32>) {
  %w = arith.constant dense<0.5> : tensor<6x2xf32>
  %g = rnn.project %x, %w : (tensor<?x?x2xf32>, tensor<6x2xf32>) -> tensor<?x?x6xf32>
  // expected-note @+1 {{layer 0 is here}}
  %y, %e = rnn.scan %g {
  ^bb0(%a: tensor<?x6xf32>, %h: tensor<?x2xf32>):
    %n = rnn.gru_cell %a, %h, %w : (tensor<?x6xf32>, tensor<?x2xf32>, tensor<6x2xf32>) -> tensor<?x2xf32>
    rnn.yield %n : tensor<?x2xf32>
  } : (tensor<?x?x6xf32>) -> (tensor<?x?x2xf32>, tensor<?x2xf32>)
  %k = rnn.project %y, %w : (tensor<?x?x2xf32>, tensor<6x2xf32>) -> tensor<?x?x6xf32>
  // expected-error @+1 {{lengths: found others, expected those of layer 0}}
  %z, %f = rnn.scan %k lengths(%l) {
  ^bb0(%a: tensor<?x6xf32>, %h: tensor<?x2xf32>):
    %n = rnn.gru_cell %a, %h, %w : (tensor<?x6xf32>, tensor<?x2xf32>, tensor<6x2xf32>) -> tensor<?x2xf32>
    rnn.yield %n : tensor<?x2xf32>
  } : (tensor<?x?x6xf32>, tensor<?xi64>) -> (tensor<?x?x2xf32>, tensor<?x2xf32>)
  %s = rnn.stack %e, %f : tensor<?x2xf32>, tensor<?x2xf32> -> tensor<2x?x2xf32>
  return %z, %s : tensor<?x?x2xf32>, tensor<2x?x2xf32>
}

// -----

// A transpose at one end only.
func.func @turned_in(%x: tensor<?x?x2xf32>) -> (tensor<?x?x2xf32>, tensor<1x?x2xf32>) {
  %w = arith.constant dense<0.5> : tensor<6x2xf32>
  %t = rnn.transpose %x : tensor<?x?x2xf32> -> tensor<?x?x2xf32>
  // expected-note @+1 {{which is read here}}
  %g = rnn.project %t, %w : (tensor<?x?x2xf32>, tensor<6x2xf32>) -> tensor<?x?x6xf32>
  %y, %e = rnn.scan %g {
  ^bb0(%a: tensor<?x6xf32>, %h: tensor<?x2xf32>):
    %n = rnn.gru_cell %a, %h, %w : (tensor<?x6xf32>, tensor<?x2xf32>, tensor<6x2xf32>) -> tensor<?x2xf32>
    rnn.yield %n : tensor<?x2xf32>
  } : (tensor<?x?x6xf32>) -> (tensor<?x?x2xf32>, tensor<?x2xf32>)
  %s = rnn.stack %e : tensor<?x2xf32> -> tensor<1x?x2xf32>
  // expected-error @+1 {{output: found no transpose, expected one as at the input}}
  return %y, %s : tensor<?x?x2xf32>, tensor<1x?x2xf32>
}

// -----

// At the other end.
func.func @turned_out(%x: tensor<?x?x2xf32>) -> (tensor<?x?x2xf32>, tensor<1x?x2xf32>) {
  %w = arith.constant dense<0.5> : tensor<6x2xf32>
  // expected-note @+1 {{which is read here}}
  %g = rnn.project %x, %w : (tensor<?x?x2xf32>, tensor<6x2xf32>) -> tensor<?x?x6xf32>
  %y, %e = rnn.scan %g {
  ^bb0(%a: tensor<?x6xf32>, %h: tensor<?x2xf32>):
    %n = rnn.gru_cell %a, %h, %w : (tensor<?x6xf32>, tensor<?x2xf32>, tensor<6x2xf32>) -> tensor<?x2xf32>
    rnn.yield %n : tensor<?x2xf32>
  } : (tensor<?x?x6xf32>) -> (tensor<?x?x2xf32>, tensor<?x2xf32>)
  %t = rnn.transpose %y : tensor<?x?x2xf32> -> tensor<?x?x2xf32>
  %s = rnn.stack %e : tensor<?x2xf32> -> tensor<1x?x2xf32>
  // expected-error @+1 {{output: found a transpose, expected none as at the input}}
  return %t, %s : tensor<?x?x2xf32>, tensor<1x?x2xf32>
}

// -----

// A transpose between layers.
func.func @turned_between(%x: tensor<?x?x2xf32>) -> (tensor<?x?x2xf32>, tensor<2x?x2xf32>) {
  %w = arith.constant dense<0.5> : tensor<6x2xf32>
  %g = rnn.project %x, %w : (tensor<?x?x2xf32>, tensor<6x2xf32>) -> tensor<?x?x6xf32>
  // expected-note @+1 {{layer 0 is here}}
  %y, %e = rnn.scan %g {
  ^bb0(%a: tensor<?x6xf32>, %h: tensor<?x2xf32>):
    %n = rnn.gru_cell %a, %h, %w : (tensor<?x6xf32>, tensor<?x2xf32>, tensor<6x2xf32>) -> tensor<?x2xf32>
    rnn.yield %n : tensor<?x2xf32>
  } : (tensor<?x?x6xf32>) -> (tensor<?x?x2xf32>, tensor<?x2xf32>)
  %t = rnn.transpose %y : tensor<?x?x2xf32> -> tensor<?x?x2xf32>
  // expected-error @+1 {{input: found a result of 'rnn.transpose', expected the output of layer 0}}
  %k = rnn.project %t, %w : (tensor<?x?x2xf32>, tensor<6x2xf32>) -> tensor<?x?x6xf32>
  %z, %f = rnn.scan %k {
  ^bb0(%a: tensor<?x6xf32>, %h: tensor<?x2xf32>):
    %n = rnn.gru_cell %a, %h, %w : (tensor<?x6xf32>, tensor<?x2xf32>, tensor<6x2xf32>) -> tensor<?x2xf32>
    rnn.yield %n : tensor<?x2xf32>
  } : (tensor<?x?x6xf32>) -> (tensor<?x?x2xf32>, tensor<?x2xf32>)
  %s = rnn.stack %e, %f : tensor<?x2xf32>, tensor<?x2xf32> -> tensor<2x?x2xf32>
  return %z, %s : tensor<?x?x2xf32>, tensor<2x?x2xf32>
}

// -----

// The output of the layer below.
func.func @output_below(%x: tensor<?x?x2xf32>) -> (tensor<?x?x2xf32>, tensor<2x?x2xf32>) {
  %w = arith.constant dense<0.5> : tensor<6x2xf32>
  %g = rnn.project %x, %w : (tensor<?x?x2xf32>, tensor<6x2xf32>) -> tensor<?x?x6xf32>
  %y, %e = rnn.scan %g {
  ^bb0(%a: tensor<?x6xf32>, %h: tensor<?x2xf32>):
    %n = rnn.gru_cell %a, %h, %w : (tensor<?x6xf32>, tensor<?x2xf32>, tensor<6x2xf32>) -> tensor<?x2xf32>
    rnn.yield %n : tensor<?x2xf32>
  } : (tensor<?x?x6xf32>) -> (tensor<?x?x2xf32>, tensor<?x2xf32>)
  %k = rnn.project %y, %w : (tensor<?x?x2xf32>, tensor<6x2xf32>) -> tensor<?x?x6xf32>
  // expected-note @+1 {{which is here}}
  %z, %f = rnn.scan %k {
  ^bb0(%a: tensor<?x6xf32>, %h: tensor<?x2xf32>):
    %n = rnn.gru_cell %a, %h, %w : (tensor<?x6xf32>, tensor<?x2xf32>, tensor<6x2xf32>) -> tensor<?x2xf32>
    rnn.yield %n : tensor<?x2xf32>
  } : (tensor<?x?x6xf32>) -> (tensor<?x?x2xf32>, tensor<?x2xf32>)
  %s = rnn.stack %e, %f : tensor<?x2xf32>, tensor<?x2xf32> -> tensor<2x?x2xf32>
  // expected-error @+1 {{output: found a result of 'rnn.scan', expected the output of the last layer}}
  return %y, %s : tensor<?x?x2xf32>, tensor<2x?x2xf32>
}

// -----

// Last states the other way round.
func.func @swapped_stack(%x: tensor<?x?x2xf32>) -> (tensor<?x?x2xf32>, tensor<2x?x2xf32>) {
  %w = arith.constant dense<0.5> : tensor<6x2xf32>
  %g = rnn.project %x, %w : (tensor<?x?x2xf32>, tensor<6x2xf32>) -> tensor<?x?x6xf32>
  // expected-note @+1 {{which is here}}
  %y, %e = rnn.scan %g {
  ^bb0(%a: tensor<?x6xf32>, %h: tensor<?x2xf32>):
    %n = rnn.gru_cell %a, %h, %w : (tensor<?x6xf32>, tensor<?x2xf32>, tensor<6x2xf32>) -> tensor<?x2xf32>
    rnn.yield %n : tensor<?x2xf32>
  } : (tensor<?x?x6xf32>) -> (tensor<?x?x2xf32>, tensor<?x2xf32>)
  %k = rnn.project %y, %w : (tensor<?x?x2xf32>, tensor<6x2xf32>) -> tensor<?x?x6xf32>
  %z, %f = rnn.scan %k {
  ^bb0(%a: tensor<?x6xf32>, %h: tensor<?x2xf32>):
    %n = rnn.gru_cell %a, %h, %w : (tensor<?x6xf32>, tensor<?x2xf32>, tensor<6x2xf32>) -> tensor<?x2xf32>
    rnn.yield %n : tensor<?x2xf32>
  } : (tensor<?x?x6xf32>) -> (tensor<?x?x2xf32>, tensor<?x2xf32>)
  // expected-error @+1 {{h_n: found a result of 'rnn.scan' as state 0, expected h_n of layer 0}}
  %s = rnn.stack %f, %e : tensor<?x2xf32>, tensor<?x2xf32> -> tensor<2x?x2xf32>
  return %z, %s : tensor<?x?x2xf32>, tensor<2x?x2xf32>
}

// -----

// One of two last states.
func.func @short_stack(%x: tensor<?x?x2xf32>) -> (tensor<?x?x2xf32>, tensor<1x?x2xf32>) {
  %w = arith.constant dense<0.5> : tensor<6x2xf32>
  %g = rnn.project %x, %w : (tensor<?x?x2xf32>, tensor<6x2xf32>) -> tensor<?x?x6xf32>
  // expected-note @+1 {{layer 0 is here}}
  %y, %e = rnn.scan %g {
  ^bb0(%a: tensor<?x6xf32>, %h: tensor<?x2xf32>):
    %n = rnn.gru_cell %a, %h, %w : (tensor<?x6xf32>, tensor<?x2xf32>, tensor<6x2xf32>) -> tensor<?x2xf32>
    rnn.yield %n : tensor<?x2xf32>
  } : (tensor<?x?x6xf32>) -> (tensor<?x?x2xf32>, tensor<?x2xf32>)
  %k = rnn.project %y, %w : (tensor<?x?x2xf32>, tensor<6x2xf32>) -> tensor<?x?x6xf32>
  %z, %f = rnn.scan %k {
  ^bb0(%a: tensor<?x6xf32>, %h: tensor<?x2xf32>):
    %n = rnn.gru_cell %a, %h, %w : (tensor<?x6xf32>, tensor<?x2xf32>, tensor<6x2xf32>) -> tensor<?x2xf32>
    rnn.yield %n : tensor<?x2xf32>
  } : (tensor<?x?x6xf32>) -> (tensor<?x?x2xf32>, tensor<?x2xf32>)
  // expected-error @+1 {{h_n: found 1 states, expected 2: one of every layer and direction}}
  %s = rnn.stack %f : tensor<?x2xf32> -> tensor<1x?x2xf32>
  return %z, %s : tensor<?x?x2xf32>, tensor<1x?x2xf32>
}

// -----

// h_n that is an argument.
func.func @given_h_n(%x: tensor<?x?x2xf32>, %s: tensor<1x?x2xf32>) -> (tensor<?x?x2xf32>, tensor<1x?x2xf32>) {
  %w = arith.constant dense<0.5> : tensor<6x2xf32>
  %g = rnn.project %x, %w : (tensor<?x?x2xf32>, tensor<6x2xf32>) -> tensor<?x?x6xf32>
  %y, %e = rnn.scan %g {
  ^bb0(%a: tensor<?x6xf32>, %h: tensor<?x2xf32>):
    %n = rnn.gru_cell %a, %h, %w : (tensor<?x6xf32>, tensor<?x2xf32>, tensor<6x2xf32>) -> tensor<?x2xf32>
    rnn.yield %n : tensor<?x2xf32>
  } : (tensor<?x?x6xf32>) -> (tensor<?x?x2xf32>, tensor<?x2xf32>)
  // expected-error @+1 {{h_n: found argument 1, expected that of an rnn.stack}}
  return %y, %s : tensor<?x?x2xf32>, tensor<1x?x2xf32>
}

// -----

// The output alone.
func.func @output_alone(%x: tensor<?x?x2xf32>) -> tensor<?x?x2xf32> {
  %w = arith.constant dense<0.5> : tensor<6x2xf32>
  %g = rnn.project %x, %w : (tensor<?x?x2xf32>, tensor<6x2xf32>) -> tensor<?x?x6xf32>
  // expected-note @+1 {{the last layer is here}}
  %y, %e = rnn.scan %g {
  ^bb0(%a: tensor<?x6xf32>, %h: tensor<?x2xf32>):
    %n = rnn.gru_cell %a, %h, %w : (tensor<?x6xf32>, tensor<?x2xf32>, tensor<6x2xf32>) -> tensor<?x2xf32>
    rnn.yield %n : tensor<?x2xf32>
  } : (tensor<?x?x6xf32>) -> (tensor<?x?x2xf32>, tensor<?x2xf32>)
  // expected-error @+1 {{func.return: found other results, expected output and h_n}}
  return %y : tensor<?x?x2xf32>
}

// -----

// What else a function does would be lost.
func.func @beside(%x: tensor<?x?x2xf32>) -> (tensor<?x?x2xf32>, tensor<1x?x2xf32>) {
  %w = arith.constant dense<0.5> : tensor<6x2xf32>
  %g = rnn.project %x, %w : (tensor<?x?x2xf32>, tensor<6x2xf32>) -> tensor<?x?x6xf32>
  // expected-note @+1 {{layer 0 is here}}
  %y, %e = rnn.scan %g {
  ^bb0(%a: tensor<?x6xf32>, %h: tensor<?x2xf32>):
    %n = rnn.gru_cell %a, %h, %w : (tensor<?x6xf32>, tensor<?x2xf32>, tensor<6x2xf32>) -> tensor<?x2xf32>
    rnn.yield %n : tensor<?x2xf32>
  } : (tensor<?x?x6xf32>) -> (tensor<?x?x2xf32>, tensor<?x2xf32>)
  %s = rnn.stack %e : tensor<?x2xf32> -> tensor<1x?x2xf32>
  // expected-error @+1 {{func.func: found 'func.call', expected the ops of one network alone}}
  func.call @log(%x) : (tensor<?x?x2xf32>) -> ()
  return %y, %s : tensor<?x?x2xf32>, tensor<1x?x2xf32>
}
func.func private @log(tensor<?x?x2xf32>)

// -----

// Dropout of one p behind layer 0, of another behind layer 1.
func.func @ps(%x: tensor<?x?x2xf32>, %d: i64) -> (tensor<?x?x2xf32>, tensor<3x?x2xf32>) {
  %w = arith.constant dense<0.5> : tensor<6x2xf32>
  %g = rnn.project %x, %w : (tensor<?x?x2xf32>, tensor<6x2xf32>) -> tensor<?x?x6xf32>
  %y, %e = rnn.scan %g {
  ^bb0(%a: tensor<?x6xf32>, %h: tensor<?x2xf32>):
    %n = rnn.gru_cell %a, %h, %w : (tensor<?x6xf32>, tensor<?x2xf32>, tensor<6x2xf32>) -> tensor<?x2xf32>
    rnn.yield %n : tensor<?x2xf32>
  } : (tensor<?x?x6xf32>) -> (tensor<?x?x2xf32>, tensor<?x2xf32>)
  // expected-note @+1 {{which is here}}
  %D = rnn.dropout %y seed(%d) {p = 0.5, layer = 0} : (tensor<?x?x2xf32>, i64) -> tensor<?x?x2xf32>
  %k = rnn.project %D, %w : (tensor<?x?x2xf32>, tensor<6x2xf32>) -> tensor<?x?x6xf32>
  %z, %f = rnn.scan %k {
  ^bb0(%a: tensor<?x6xf32>, %h: tensor<?x2xf32>):
    %n = rnn.gru_cell %a, %h, %w : (tensor<?x6xf32>, tensor<?x2xf32>, tensor<6x2xf32>) -> tensor<?x2xf32>
    rnn.yield %n : tensor<?x2xf32>
  } : (tensor<?x?x6xf32>) -> (tensor<?x?x2xf32>, tensor<?x2xf32>)
  // expected-error @+1 {{p: found 2.500000e-01, expected 5.000000e-01 as behind layer 0}}
  %E = rnn.dropout %z seed(%d) {p = 0.25, layer = 1} : (tensor<?x?x2xf32>, i64) -> tensor<?x?x2xf32>
  %m = rnn.project %E, %w : (tensor<?x?x2xf32>, tensor<6x2xf32>) -> tensor<?x?x6xf32>
  %v, %o = rnn.scan %m {
  ^bb0(%a: tensor<?x6xf32>, %h: tensor<?x2xf32>):
    %n = rnn.gru_cell %a, %h, %w : (tensor<?x6xf32>, tensor<?x2xf32>, tensor<6x2xf32>) -> tensor<?x2xf32>
    rnn.yield %n : tensor<?x2xf32>
  } : (tensor<?x?x6xf32>) -> (tensor<?x?x2xf32>, tensor<?x2xf32>)
  %s = rnn.stack %e, %f, %o : tensor<?x2xf32>, tensor<?x2xf32>, tensor<?x2xf32> -> tensor<3x?x2xf32>
  return %v, %s : tensor<?x?x2xf32>, tensor<3x?x2xf32>
}

// -----

// Dropout behind layer 0 only.
func.func @once(%x: tensor<?x?x2xf32>, %d: i64) -> (tensor<?x?x2xf32>, tensor<3x?x2xf32>) {
  %w = arith.constant dense<0.5> : tensor<6x2xf32>
  %g = rnn.project %x, %w : (tensor<?x?x2xf32>, tensor<6x2xf32>) -> tensor<?x?x6xf32>
  %y, %e = rnn.scan %g {
  ^bb0(%a: tensor<?x6xf32>, %h: tensor<?x2xf32>):
    %n = rnn.gru_cell %a, %h, %w : (tensor<?x6xf32>, tensor<?x2xf32>, tensor<6x2xf32>) -> tensor<?x2xf32>
    rnn.yield %n : tensor<?x2xf32>
  } : (tensor<?x?x6xf32>) -> (tensor<?x?x2xf32>, tensor<?x2xf32>)
  %D = rnn.dropout %y seed(%d) {p = 0.5, layer = 0} : (tensor<?x?x2xf32>, i64) -> tensor<?x?x2xf32>
  // expected-note @+1 {{layer 1 is here}}
  %k = rnn.project %D, %w : (tensor<?x?x2xf32>, tensor<6x2xf32>) -> tensor<?x?x6xf32>
  %z, %f = rnn.scan %k {
  ^bb0(%a: tensor<?x6xf32>, %h: tensor<?x2xf32>):
    %n = rnn.gru_cell %a, %h, %w : (tensor<?x6xf32>, tensor<?x2xf32>, tensor<6x2xf32>) -> tensor<?x2xf32>
    rnn.yield %n : tensor<?x2xf32>
  } : (tensor<?x?x6xf32>) -> (tensor<?x?x2xf32>, tensor<?x2xf32>)
  // expected-error @+1 {{input: found no dropout, expected it as behind layer 0}}
  %m = rnn.project %z, %w : (tensor<?x?x2xf32>, tensor<6x2xf32>) -> tensor<?x?x6xf32>
  %v, %o = rnn.scan %m {
  ^bb0(%a: tensor<?x6xf32>, %h: tensor<?x2xf32>):
    %n = rnn.gru_cell %a, %h, %w : (tensor<?x6xf32>, tensor<?x2xf32>, tensor<6x2xf32>) -> tensor<?x2xf32>
    rnn.yield %n : tensor<?x2xf32>
  } : (tensor<?x?x6xf32>) -> (tensor<?x?x2xf32>, tensor<?x2xf32>)
  %s = rnn.stack %e, %f, %o : tensor<?x2xf32>, tensor<?x2xf32>, tensor<?x2xf32> -> tensor<3x?x2xf32>
  return %v, %s : tensor<?x?x2xf32>, tensor<3x?x2xf32>
}

// -----

// The masks of another layer.
func.func @layers(%x: tensor<?x?x2xf32>, %d: i64) -> (tensor<?x?x2xf32>, tensor<3x?x2xf32>) {
  %w = arith.constant dense<0.5> : tensor<6x2xf32>
  %g = rnn.project %x, %w : (tensor<?x?x2xf32>, tensor<6x2xf32>) -> tensor<?x?x6xf32>
  %y, %e = rnn.scan %g {
  ^bb0(%a: tensor<?x6xf32>, %h: tensor<?x2xf32>):
    %n = rnn.gru_cell %a, %h, %w : (tensor<?x6xf32>, tensor<?x2xf32>, tensor<6x2xf32>) -> tensor<?x2xf32>
    rnn.yield %n : tensor<?x2xf32>
  } : (tensor<?x?x6xf32>) -> (tensor<?x?x2xf32>, tensor<?x2xf32>)
  %D = rnn.dropout %y seed(%d) {p = 0.5, layer = 0} : (tensor<?x?x2xf32>, i64) -> tensor<?x?x2xf32>
  %k = rnn.project %D, %w : (tensor<?x?x2xf32>, tensor<6x2xf32>) -> tensor<?x?x6xf32>
  // expected-note @+1 {{layer 1 is here}}
  %z, %f = rnn.scan %k {
  ^bb0(%a: tensor<?x6xf32>, %h: tensor<?x2xf32>):
    %n = rnn.gru_cell %a, %h, %w : (tensor<?x6xf32>, tensor<?x2xf32>, tensor<6x2xf32>) -> tensor<?x2xf32>
    rnn.yield %n : tensor<?x2xf32>
  } : (tensor<?x?x6xf32>) -> (tensor<?x?x2xf32>, tensor<?x2xf32>)
  // expected-error @+1 {{layer: found 0, expected 1, whose output it drops}}
  %E = rnn.dropout %z seed(%d) {p = 0.5, layer = 0} : (tensor<?x?x2xf32>, i64) -> tensor<?x?x2xf32>
  %m = rnn.project %E, %w : (tensor<?x?x2xf32>, tensor<6x2xf32>) -> tensor<?x?x6xf32>
  %v, %o = rnn.scan %m {
  ^bb0(%a: tensor<?x6xf32>, %h: tensor<?x2xf32>):
    %n = rnn.gru_cell %a, %h, %w : (tensor<?x6xf32>, tensor<?x2xf32>, tensor<6x2xf32>) -> tensor<?x2xf32>
    rnn.yield %n : tensor<?x2xf32>
  } : (tensor<?x?x6xf32>) -> (tensor<?x?x2xf32>, tensor<?x2xf32>)
  %s = rnn.stack %e, %f, %o : tensor<?x2xf32>, tensor<?x2xf32>, tensor<?x2xf32> -> tensor<3x?x2xf32>
  return %v, %s : tensor<?x?x2xf32>, tensor<3x?x2xf32>
}

// -----

// Two seeds.
func.func @seeds(%x: tensor<?x?x2xf32>, %d: i64, %c: i64) -> (tensor<?x?x2xf32>, tensor<3x?x2xf32>) {
  %w = arith.constant dense<0.5> : tensor<6x2xf32>
  %g = rnn.project %x, %w : (tensor<?x?x2xf32>, tensor<6x2xf32>) -> tensor<?x?x6xf32>
  %y, %e = rnn.scan %g {
  ^bb0(%a: tensor<?x6xf32>, %h: tensor<?x2xf32>):
    %n = rnn.gru_cell %a, %h, %w : (tensor<?x6xf32>, tensor<?x2xf32>, tensor<6x2xf32>) -> tensor<?x2xf32>
    rnn.yield %n : tensor<?x2xf32>
  } : (tensor<?x?x6xf32>) -> (tensor<?x?x2xf32>, tensor<?x2xf32>)
  // expected-note @+1 {{the first is here}}
  %D = rnn.dropout %y seed(%d) {p = 0.5, layer = 0} : (tensor<?x?x2xf32>, i64) -> tensor<?x?x2xf32>
  %k = rnn.project %D, %w : (tensor<?x?x2xf32>, tensor<6x2xf32>) -> tensor<?x?x6xf32>
  %z, %f = rnn.scan %k {
  ^bb0(%a: tensor<?x6xf32>, %h: tensor<?x2xf32>):
    %n = rnn.gru_cell %a, %h, %w : (tensor<?x6xf32>, tensor<?x2xf32>, tensor<6x2xf32>) -> tensor<?x2xf32>
    rnn.yield %n : tensor<?x2xf32>
  } : (tensor<?x?x6xf32>) -> (tensor<?x?x2xf32>, tensor<?x2xf32>)
  // expected-error @+1 {{seed or mask: found argument 2, expected one argument of the function, the same everywhere}}
  %E = rnn.dropout %z seed(%c) {p = 0.5, layer = 1} : (tensor<?x?x2xf32>, i64) -> tensor<?x?x2xf32>
  %m = rnn.project %E, %w : (tensor<?x?x2xf32>, tensor<6x2xf32>) -> tensor<?x?x6xf32>
  %v, %o = rnn.scan %m {
  ^bb0(%a: tensor<?x6xf32>, %h: tensor<?x2xf32>):
    %n = rnn.gru_cell %a, %h, %w : (tensor<?x6xf32>, tensor<?x2xf32>, tensor<6x2xf32>) -> tensor<?x2xf32>
    rnn.yield %n : tensor<?x2xf32>
  } : (tensor<?x?x6xf32>) -> (tensor<?x?x2xf32>, tensor<?x2xf32>)
  %s = rnn.stack %e, %f, %o : tensor<?x2xf32>, tensor<?x2xf32>, tensor<?x2xf32> -> tensor<3x?x2xf32>
  return %v, %s : tensor<?x?x2xf32>, tensor<3x?x2xf32>
}
