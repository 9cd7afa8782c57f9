// RUN: grucc-opt %s --split-input-file --rnn-pack-weights --verify-diagnostics

// Kernels are written from sizes and flags: a graph that is anything but a stack of layers, or
// that the function's rnn.network does not describe, is refused, with a note at what it should
// agree with. Nothing here gets as far as a schedule.

// Two layers that read the same input are no stack.
func.func @same_input(%x: tensor<?x?x2xf32>) -> (tensor<?x?x2xf32>, tensor<2x?x2xf32>) {
  %w = arith.constant dense<0.5> : tensor<6x2xf32>
  %g = rnn.project %x, %w : (tensor<?x?x2xf32>, tensor<6x2xf32>) -> tensor<?x?x6xf32>
  // expected-note @+1 {{layer 0 is here}}
  %y, %e = rnn.scan %g {
  ^bb0(%a: tensor<?x6xf32>, %h: tensor<?x2xf32>):
    %n = rnn.gru_cell %a, %h, %w : (tensor<?x6xf32>, tensor<?x2xf32>, tensor<6x2xf32>) -> tensor<?x2xf32>
    rnn.yield %n : tensor<?x2xf32>
  } : (tensor<?x?x6xf32>) -> (tensor<?x?x2xf32>, tensor<?x2xf32>)
  // expected-error @+1 {{input: found argument 0, expected the output of layer 0}}
  %k = rnn.project %x, %w : (tensor<?x?x2xf32>, tensor<6x2xf32>) -> tensor<?x?x6xf32>
  %z, %f = rnn.scan %k {
  ^bb0(%a: tensor<?x6xf32>, %h: tensor<?x2xf32>):
    %n = rnn.gru_cell %a, %h, %w : (tensor<?x6xf32>, tensor<?x2xf32>, tensor<6x2xf32>) -> tensor<?x2xf32>
    rnn.yield %n : tensor<?x2xf32>
  } : (tensor<?x?x6xf32>) -> (tensor<?x?x2xf32>, tensor<?x2xf32>)
  %s = rnn.stack %e, %f : tensor<?x2xf32>, tensor<?x2xf32> -> tensor<2x?x2xf32>
  return %z, %s : tensor<?x?x2xf32>, tensor<2x?x2xf32>
}

// -----

// H = 4 after 8: the second layer is not the first one again.
func.func @narrower(%x: tensor<?x?x2xf32>) -> (tensor<?x?x4xf32>, tensor<2x?x8xf32>) {
  %w = arith.constant dense<0.5> : tensor<24x2xf32>
  %u = arith.constant dense<0.5> : tensor<24x8xf32>
  %v = arith.constant dense<0.5> : tensor<12x8xf32>
  %t = arith.constant dense<0.5> : tensor<12x4xf32>
  %g = rnn.project %x, %w : (tensor<?x?x2xf32>, tensor<24x2xf32>) -> tensor<?x?x24xf32>
  %y, %e = rnn.scan %g {
  ^bb0(%a: tensor<?x24xf32>, %h: tensor<?x8xf32>):
    // expected-note @+1 {{layer 0 is here}}
    %n = rnn.gru_cell %a, %h, %u : (tensor<?x24xf32>, tensor<?x8xf32>, tensor<24x8xf32>) -> tensor<?x8xf32>
    rnn.yield %n : tensor<?x8xf32>
  } : (tensor<?x?x24xf32>) -> (tensor<?x?x8xf32>, tensor<?x8xf32>)
  %k = rnn.project %y, %v : (tensor<?x?x8xf32>, tensor<12x8xf32>) -> tensor<?x?x12xf32>
  %z, %f = rnn.scan %k {
  ^bb0(%a: tensor<?x12xf32>, %h: tensor<?x4xf32>):
    // expected-error @+1 {{w_hh: found shape [12, 4], expected [24, 8]}}
    %n = rnn.gru_cell %a, %h, %t : (tensor<?x12xf32>, tensor<?x4xf32>, tensor<12x4xf32>) -> tensor<?x4xf32>
    rnn.yield %n : tensor<?x4xf32>
  } : (tensor<?x?x12xf32>) -> (tensor<?x?x4xf32>, tensor<?x4xf32>)
  %s = rnn.stack %e, %e : tensor<?x8xf32>, tensor<?x8xf32> -> tensor<2x?x8xf32>
  return %z, %s : tensor<?x?x4xf32>, tensor<2x?x8xf32>
}

// -----

// A dynamic type in between hides that 4 units are read where there are 2.
func.func @hidden_by_a_type(%x: tensor<?x?x2xf32>) -> (tensor<?x?x2xf32>, tensor<2x?x2xf32>) {
  %w = arith.constant dense<0.5> : tensor<6x2xf32>
  %v = arith.constant dense<0.5> : tensor<6x4xf32>
  %g = rnn.project %x, %w : (tensor<?x?x2xf32>, tensor<6x2xf32>) -> tensor<?x?x6xf32>
  // expected-note @+1 {{layer 0 is here}}
  %y, %e = rnn.scan %g {
  ^bb0(%a: tensor<?x6xf32>, %h: tensor<?x2xf32>):
    %n = rnn.gru_cell %a, %h, %w : (tensor<?x6xf32>, tensor<?x2xf32>, tensor<6x2xf32>) -> tensor<?x2xf32>
    rnn.yield %n : tensor<?x2xf32>
  } : (tensor<?x?x6xf32>) -> (tensor<?x?x?xf32>, tensor<?x2xf32>)
  // expected-error @+1 {{weight: found shape [6, 4], expected [6, 2]}}
  %k = rnn.project %y, %v : (tensor<?x?x?xf32>, tensor<6x4xf32>) -> tensor<?x?x6xf32>
  %z, %f = rnn.scan %k {
  ^bb0(%a: tensor<?x6xf32>, %h: tensor<?x2xf32>):
    %n = rnn.gru_cell %a, %h, %w : (tensor<?x6xf32>, tensor<?x2xf32>, tensor<6x2xf32>) -> tensor<?x2xf32>
    rnn.yield %n : tensor<?x2xf32>
  } : (tensor<?x?x6xf32>) -> (tensor<?x?x2xf32>, tensor<?x2xf32>)
  %s = rnn.stack %e, %f : tensor<?x2xf32>, tensor<?x2xf32> -> tensor<2x?x2xf32>
  return %z, %s : tensor<?x?x2xf32>, tensor<2x?x2xf32>
}

// -----

// Sizes that are not known.
func.func @unknown(%x: tensor<?x?x2xf32>, %w: tensor<?x2xf32>, %u: tensor<?x?xf32>)
    -> (tensor<?x?x2xf32>, tensor<1x?x2xf32>) {
  %g = rnn.project %x, %w : (tensor<?x?x2xf32>, tensor<?x2xf32>) -> tensor<?x?x6xf32>
  %y, %e = rnn.scan %g {
  ^bb0(%a: tensor<?x6xf32>, %h: tensor<?x2xf32>):
    // expected-error @+1 {{w_hh: found columns that are not known, expected a known number}}
    %n = rnn.gru_cell %a, %h, %u : (tensor<?x6xf32>, tensor<?x2xf32>, tensor<?x?xf32>) -> tensor<?x2xf32>
    rnn.yield %n : tensor<?x2xf32>
  } : (tensor<?x?x6xf32>) -> (tensor<?x?x2xf32>, tensor<?x2xf32>)
  %s = rnn.stack %e : tensor<?x2xf32> -> tensor<1x?x2xf32>
  return %y, %s : tensor<?x?x2xf32>, tensor<1x?x2xf32>
}

// -----

// A bias in the second layer only.
func.func @bias_above(%x: tensor<?x?x2xf32>) -> (tensor<?x?x2xf32>, tensor<2x?x2xf32>) {
  %w = arith.constant dense<0.5> : tensor<6x2xf32>
  %b = arith.constant dense<0.5> : tensor<6xf32>
  %c = arith.constant dense<0.5> : tensor<2xf32>
  // expected-note @+1 {{layer 0 is here}}
  %g = rnn.project %x, %w : (tensor<?x?x2xf32>, tensor<6x2xf32>) -> tensor<?x?x6xf32>
  %y, %e = rnn.scan %g {
  ^bb0(%a: tensor<?x6xf32>, %h: tensor<?x2xf32>):
    %n = rnn.gru_cell %a, %h, %w : (tensor<?x6xf32>, tensor<?x2xf32>, tensor<6x2xf32>) -> tensor<?x2xf32>
    rnn.yield %n : tensor<?x2xf32>
  } : (tensor<?x?x6xf32>) -> (tensor<?x?x2xf32>, tensor<?x2xf32>)
  // expected-error @+1 {{bias: found one, expected none as in layer 0}}
  %k = rnn.project %y, %w bias(%b) : (tensor<?x?x2xf32>, tensor<6x2xf32>, tensor<6xf32>) -> tensor<?x?x6xf32>
  %z, %f = rnn.scan %k {
  ^bb0(%a: tensor<?x6xf32>, %h: tensor<?x2xf32>):
    %n = rnn.gru_cell %a, %h, %w bias(%c) : (tensor<?x6xf32>, tensor<?x2xf32>, tensor<6x2xf32>, tensor<2xf32>) -> tensor<?x2xf32>
    rnn.yield %n : tensor<?x2xf32>
  } : (tensor<?x?x6xf32>) -> (tensor<?x?x2xf32>, tensor<?x2xf32>)
  %s = rnn.stack %e, %f : tensor<?x2xf32>, tensor<?x2xf32> -> tensor<2x?x2xf32>
  return %z, %s : tensor<?x?x2xf32>, tensor<2x?x2xf32>
}

// -----

// A cell without the bias of its projection.
func.func @half_a_bias(%x: tensor<?x?x2xf32>) -> (tensor<?x?x2xf32>, tensor<1x?x2xf32>) {
  %w = arith.constant dense<0.5> : tensor<6x2xf32>
  %b = arith.constant dense<0.5> : tensor<6xf32>
  %c = arith.constant dense<0.5> : tensor<2xf32>
  // expected-note @+1 {{which is here}}
  %g = rnn.project %x, %w bias(%b) : (tensor<?x?x2xf32>, tensor<6x2xf32>, tensor<6xf32>) -> tensor<?x?x6xf32>
  %y, %e = rnn.scan %g {
  ^bb0(%a: tensor<?x6xf32>, %h: tensor<?x2xf32>):
    // expected-error @+1 {{bias: found none, expected one as in its projection}}
    %n = rnn.gru_cell %a, %h, %w : (tensor<?x6xf32>, tensor<?x2xf32>, tensor<6x2xf32>) -> tensor<?x2xf32>
    rnn.yield %n : tensor<?x2xf32>
  } : (tensor<?x?x6xf32>) -> (tensor<?x?x2xf32>, tensor<?x2xf32>)
  %s = rnn.stack %e : tensor<?x2xf32> -> tensor<1x?x2xf32>
  return %y, %s : tensor<?x?x2xf32>, tensor<1x?x2xf32>
}

// -----

// Biases that nobody has folded.
func.func @unfolded(%x: tensor<?x?x2xf32>) -> (tensor<?x?x2xf32>, tensor<1x?x2xf32>) {
  %w = arith.constant dense<0.5> : tensor<6x2xf32>
  %b = arith.constant dense<0.5> : tensor<6xf32>
  %c = arith.constant dense<0.5> : tensor<2xf32>
  // expected-note @+1 {{its projection is here}}
  %g = rnn.project %x, %w bias(%b) : (tensor<?x?x2xf32>, tensor<6x2xf32>, tensor<6xf32>) -> tensor<?x?x6xf32>
  %y, %e = rnn.scan %g {
  ^bb0(%a: tensor<?x6xf32>, %h: tensor<?x2xf32>):
    // expected-error @+1 {{bias: found shape [6], expected [2]}}
    %n = rnn.gru_cell %a, %h, %w bias(%b) : (tensor<?x6xf32>, tensor<?x2xf32>, tensor<6x2xf32>, tensor<6xf32>) -> tensor<?x2xf32>
    rnn.yield %n : tensor<?x2xf32>
  } : (tensor<?x?x6xf32>) -> (tensor<?x?x2xf32>, tensor<?x2xf32>)
  %s = rnn.stack %e : tensor<?x2xf32> -> tensor<1x?x2xf32>
  return %y, %s : tensor<?x?x2xf32>, tensor<1x?x2xf32>
}

// -----

// Numbers of another dtype: no edge says so where nothing is read.
func.func @dtypes(%x: tensor<?x?x2xf32>, %v: tensor<?x?x2xf64>) -> (tensor<?x?x2xf32>, tensor<2x?x2xf32>) {
  %w = arith.constant dense<0.5> : tensor<6x2xf32>
  %u = arith.constant dense<0.5> : tensor<6x2xf64>
  %g = rnn.project %x, %w : (tensor<?x?x2xf32>, tensor<6x2xf32>) -> tensor<?x?x6xf32>
  // expected-note @+1 {{layer 0 is here}}
  %y, %e = rnn.scan %g {
  ^bb0(%a: tensor<?x6xf32>, %h: tensor<?x2xf32>):
    %n = rnn.gru_cell %a, %h, %w : (tensor<?x6xf32>, tensor<?x2xf32>, tensor<6x2xf32>) -> tensor<?x2xf32>
    rnn.yield %n : tensor<?x2xf32>
  } : (tensor<?x?x6xf32>) -> (tensor<?x?x2xf32>, tensor<?x2xf32>)
  %k = rnn.project %v, %u : (tensor<?x?x2xf64>, tensor<6x2xf64>) -> tensor<?x?x6xf64>
  // expected-error @+1 {{dtype: found another one, expected that of layer 0}}
  %z, %f = rnn.scan %k {
  ^bb0(%a: tensor<?x6xf64>, %h: tensor<?x2xf64>):
    %n = rnn.gru_cell %a, %h, %u : (tensor<?x6xf64>, tensor<?x2xf64>, tensor<6x2xf64>) -> tensor<?x2xf64>
    rnn.yield %n : tensor<?x2xf64>
  } : (tensor<?x?x6xf64>) -> (tensor<?x?x2xf64>, tensor<?x2xf64>)
  %s = rnn.stack %e, %e : tensor<?x2xf32>, tensor<?x2xf32> -> tensor<2x?x2xf32>
  return %y, %s : tensor<?x?x2xf32>, tensor<2x?x2xf32>
}

// -----

// Something beside the cell.
func.func @own_step(%x: tensor<?x?x2xf32>) -> (tensor<?x?x2xf32>, tensor<1x?x2xf32>) {
  %w = arith.constant dense<0.5> : tensor<6x2xf32>
  %g = rnn.project %x, %w : (tensor<?x?x2xf32>, tensor<6x2xf32>) -> tensor<?x?x6xf32>
  %y, %e = rnn.scan %g {
  ^bb0(%a: tensor<?x6xf32>, %h: tensor<?x2xf32>):
    // expected-note @+1 {{which is here}}
    %n = rnn.gru_cell %a, %h, %w : (tensor<?x6xf32>, tensor<?x2xf32>, tensor<6x2xf32>) -> tensor<?x2xf32>
    // expected-error @+1 {{body: found 'arith.negf', expected a single cell}}
    %t = arith.negf %n : tensor<?x2xf32>
    rnn.yield %n : tensor<?x2xf32>
  } : (tensor<?x?x6xf32>) -> (tensor<?x?x2xf32>, tensor<?x2xf32>)
  %s = rnn.stack %e : tensor<?x2xf32> -> tensor<1x?x2xf32>
  return %y, %s : tensor<?x?x2xf32>, tensor<1x?x2xf32>
}

// -----

// A step that is no cell of its own state.
func.func @keeps(%x: tensor<?x?x2xf32>) -> (tensor<?x?x2xf32>, tensor<1x?x2xf32>) {
  %w = arith.constant dense<0.5> : tensor<6x2xf32>
  %g = rnn.project %x, %w : (tensor<?x?x2xf32>, tensor<6x2xf32>) -> tensor<?x?x6xf32>
  // expected-error @+1 {{body: found another step, expected a single cell of its arguments}}
  %y, %e = rnn.scan %g {
  ^bb0(%a: tensor<?x6xf32>, %h: tensor<?x2xf32>):
    // expected-note @+1 {{which ends here}}
    rnn.yield %h : tensor<?x2xf32>
  } : (tensor<?x?x6xf32>) -> (tensor<?x?x2xf32>, tensor<?x2xf32>)
  %s = rnn.stack %e : tensor<?x2xf32> -> tensor<1x?x2xf32>
  return %y, %s : tensor<?x?x2xf32>, tensor<1x?x2xf32>
}

// -----

// Gates that nobody has projected.
func.func @gates(%x: tensor<?x?x6xf32>) -> (tensor<?x?x2xf32>, tensor<1x?x2xf32>) {
  %w = arith.constant dense<0.5> : tensor<6x2xf32>
  // expected-error @+1 {{gates: found argument 0, expected that of an rnn.project}}
  %y, %e = rnn.scan %x {
  ^bb0(%a: tensor<?x6xf32>, %h: tensor<?x2xf32>):
    %n = rnn.gru_cell %a, %h, %w : (tensor<?x6xf32>, tensor<?x2xf32>, tensor<6x2xf32>) -> tensor<?x2xf32>
    rnn.yield %n : tensor<?x2xf32>
  } : (tensor<?x?x6xf32>) -> (tensor<?x?x2xf32>, tensor<?x2xf32>)
  %s = rnn.stack %e : tensor<?x2xf32> -> tensor<1x?x2xf32>
  return %y, %s : tensor<?x?x2xf32>, tensor<1x?x2xf32>
}

// -----

// Reverse before forward.
func.func @reverse_first(%x: tensor<?x?x2xf32>) -> (tensor<?x?x4xf32>, tensor<2x?x2xf32>) {
  %w = arith.constant dense<0.5> : tensor<6x2xf32>
  %g = rnn.project %x, %w : (tensor<?x?x2xf32>, tensor<6x2xf32>) -> tensor<?x?x6xf32>
  // expected-error @+1 {{directions: found another order, expected forward, reverse, ...}}
  %y, %e = rnn.scan %g reverse {
  ^bb0(%a: tensor<?x6xf32>, %h: tensor<?x2xf32>):
    %n = rnn.gru_cell %a, %h, %w : (tensor<?x6xf32>, tensor<?x2xf32>, tensor<6x2xf32>) -> tensor<?x2xf32>
    rnn.yield %n : tensor<?x2xf32>
  } : (tensor<?x?x6xf32>) -> (tensor<?x?x2xf32>, tensor<?x2xf32>)
  %z, %f = rnn.scan %g {
  ^bb0(%a: tensor<?x6xf32>, %h: tensor<?x2xf32>):
    %n = rnn.gru_cell %a, %h, %w : (tensor<?x6xf32>, tensor<?x2xf32>, tensor<6x2xf32>) -> tensor<?x2xf32>
    rnn.yield %n : tensor<?x2xf32>
  } : (tensor<?x?x6xf32>) -> (tensor<?x?x2xf32>, tensor<?x2xf32>)
  %q = rnn.concat %y, %z : (tensor<?x?x2xf32>, tensor<?x?x2xf32>) -> tensor<?x?x4xf32>
  %s = rnn.stack %e, %f : tensor<?x2xf32>, tensor<?x2xf32> -> tensor<2x?x2xf32>
  return %q, %s : tensor<?x?x4xf32>, tensor<2x?x2xf32>
}

// -----

// Both directions of a layer read the same.
func.func @apart(%x: tensor<?x?x2xf32>, %v: tensor<?x?x2xf32>) -> (tensor<?x?x4xf32>, tensor<2x?x2xf32>) {
  %w = arith.constant dense<0.5> : tensor<6x2xf32>
  // expected-note @+1 {{which is here}}
  %g = rnn.project %x, %w : (tensor<?x?x2xf32>, tensor<6x2xf32>) -> tensor<?x?x6xf32>
  %y, %e = rnn.scan %g {
  ^bb0(%a: tensor<?x6xf32>, %h: tensor<?x2xf32>):
    %n = rnn.gru_cell %a, %h, %w : (tensor<?x6xf32>, tensor<?x2xf32>, tensor<6x2xf32>) -> tensor<?x2xf32>
    rnn.yield %n : tensor<?x2xf32>
  } : (tensor<?x?x6xf32>) -> (tensor<?x?x2xf32>, tensor<?x2xf32>)
  // expected-error @+1 {{input: found argument 1, expected what the forward direction reads}}
  %k = rnn.project %v, %w : (tensor<?x?x2xf32>, tensor<6x2xf32>) -> tensor<?x?x6xf32>
  %z, %f = rnn.scan %k reverse {
  ^bb0(%a: tensor<?x6xf32>, %h: tensor<?x2xf32>):
    %n = rnn.gru_cell %a, %h, %w : (tensor<?x6xf32>, tensor<?x2xf32>, tensor<6x2xf32>) -> tensor<?x2xf32>
    rnn.yield %n : tensor<?x2xf32>
  } : (tensor<?x?x6xf32>) -> (tensor<?x?x2xf32>, tensor<?x2xf32>)
  %q = rnn.concat %y, %z : (tensor<?x?x2xf32>, tensor<?x?x2xf32>) -> tensor<?x?x4xf32>
  %s = rnn.stack %e, %f : tensor<?x2xf32>, tensor<?x2xf32> -> tensor<2x?x2xf32>
  return %q, %s : tensor<?x?x4xf32>, tensor<2x?x2xf32>
}

// -----

// Directions joined the other way round.
func.func @backward_first(%x: tensor<?x?x2xf32>) -> (tensor<?x?x4xf32>, tensor<2x?x2xf32>) {
  %w = arith.constant dense<0.5> : tensor<6x2xf32>
  %g = rnn.project %x, %w : (tensor<?x?x2xf32>, tensor<6x2xf32>) -> tensor<?x?x6xf32>
  // expected-note @+1 {{which is here}}
  %y, %e = rnn.scan %g {
  ^bb0(%a: tensor<?x6xf32>, %h: tensor<?x2xf32>):
    %n = rnn.gru_cell %a, %h, %w : (tensor<?x6xf32>, tensor<?x2xf32>, tensor<6x2xf32>) -> tensor<?x2xf32>
    rnn.yield %n : tensor<?x2xf32>
  } : (tensor<?x?x6xf32>) -> (tensor<?x?x2xf32>, tensor<?x2xf32>)
  %z, %f = rnn.scan %g reverse {
  ^bb0(%a: tensor<?x6xf32>, %h: tensor<?x2xf32>):
    %n = rnn.gru_cell %a, %h, %w : (tensor<?x6xf32>, tensor<?x2xf32>, tensor<6x2xf32>) -> tensor<?x2xf32>
    rnn.yield %n : tensor<?x2xf32>
  } : (tensor<?x?x6xf32>) -> (tensor<?x?x2xf32>, tensor<?x2xf32>)
  %q = rnn.concat %z, %y : (tensor<?x?x2xf32>, tensor<?x?x2xf32>) -> tensor<?x?x4xf32>
  %s = rnn.stack %e, %f : tensor<?x2xf32>, tensor<?x2xf32> -> tensor<2x?x2xf32>
  // expected-error @+1 {{output: found a result of 'rnn.concat', expected the output of the last layer}}
  return %q, %s : tensor<?x?x4xf32>, tensor<2x?x2xf32>
}

// -----

// Weights that are computed.
func.func @computed(%x: tensor<?x?x2xf32>, %v: tensor<6x2xf32>) -> (tensor<?x?x2xf32>, tensor<1x?x2xf32>) {
  %w = arith.negf %v : tensor<6x2xf32>
  // expected-error @+1 {{weights: found values that are not known at compile time, expected constants, or all of them arguments of the function}}
  %g = rnn.project %x, %w : (tensor<?x?x2xf32>, tensor<6x2xf32>) -> tensor<?x?x6xf32>
  %y, %e = rnn.scan %g {
  ^bb0(%a: tensor<?x6xf32>, %h: tensor<?x2xf32>):
    %n = rnn.gru_cell %a, %h, %w : (tensor<?x6xf32>, tensor<?x2xf32>, tensor<6x2xf32>) -> tensor<?x2xf32>
    rnn.yield %n : tensor<?x2xf32>
  } : (tensor<?x?x6xf32>) -> (tensor<?x?x2xf32>, tensor<?x2xf32>)
  %s = rnn.stack %e : tensor<?x2xf32> -> tensor<1x?x2xf32>
  return %y, %s : tensor<?x?x2xf32>, tensor<1x?x2xf32>
}

// -----

// Some constants, some arguments.
func.func @mixed(%x: tensor<?x?x2xf32>, %v: tensor<6x2xf32>) -> (tensor<?x?x2xf32>, tensor<1x?x2xf32>) {
  %w = arith.constant dense<0.5> : tensor<6x2xf32>
  // expected-note @+1 {{layer 0 is here}}
  %g = rnn.project %x, %w : (tensor<?x?x2xf32>, tensor<6x2xf32>) -> tensor<?x?x6xf32>
  %y, %e = rnn.scan %g {
  ^bb0(%a: tensor<?x6xf32>, %h: tensor<?x2xf32>):
    // expected-error @+1 {{w_hh: found argument 1, expected a constant, as in layer 0}}
    %n = rnn.gru_cell %a, %h, %v : (tensor<?x6xf32>, tensor<?x2xf32>, tensor<6x2xf32>) -> tensor<?x2xf32>
    rnn.yield %n : tensor<?x2xf32>
  } : (tensor<?x?x6xf32>) -> (tensor<?x?x2xf32>, tensor<?x2xf32>)
  %s = rnn.stack %e : tensor<?x2xf32> -> tensor<1x?x2xf32>
  return %y, %s : tensor<?x?x2xf32>, tensor<1x?x2xf32>
}

// -----

// Arguments in another order than NAME_pack takes them.
func.func @order(%x: tensor<?x?x2xf32>, %v: tensor<6x2xf32>, %w: tensor<6x2xf32>) -> (tensor<?x?x2xf32>, tensor<1x?x2xf32>) {
  // expected-note @+1 {{the weight before is here}}
  %g = rnn.project %x, %w : (tensor<?x?x2xf32>, tensor<6x2xf32>) -> tensor<?x?x6xf32>
  %y, %e = rnn.scan %g {
  ^bb0(%a: tensor<?x6xf32>, %h: tensor<?x2xf32>):
    // expected-error @+1 {{w_hh: found argument 1, expected argument 3: torch's order}}
    %n = rnn.gru_cell %a, %h, %v : (tensor<?x6xf32>, tensor<?x2xf32>, tensor<6x2xf32>) -> tensor<?x2xf32>
    rnn.yield %n : tensor<?x2xf32>
  } : (tensor<?x?x6xf32>) -> (tensor<?x?x2xf32>, tensor<?x2xf32>)
  %s = rnn.stack %e : tensor<?x2xf32> -> tensor<1x?x2xf32>
  return %y, %s : tensor<?x?x2xf32>, tensor<1x?x2xf32>
}

// -----

// External biases that are not folded together.
func.func @biases(%x: tensor<?x?x2xf32>, %w: tensor<6x2xf32>, %u: tensor<6x2xf32>, %b: tensor<6xf32>, %c: tensor<2xf32>) -> (tensor<?x?x2xf32>, tensor<1x?x2xf32>) {
  // expected-error @+1 {{bias: found argument 3, expected the first result of rnn.fold_biases}}
  %g = rnn.project %x, %w bias(%b) : (tensor<?x?x2xf32>, tensor<6x2xf32>, tensor<6xf32>) -> tensor<?x?x6xf32>
  %y, %e = rnn.scan %g {
  ^bb0(%a: tensor<?x6xf32>, %h: tensor<?x2xf32>):
    // expected-note @+1 {{its cell is here}}
    %n = rnn.gru_cell %a, %h, %u bias(%c) : (tensor<?x6xf32>, tensor<?x2xf32>, tensor<6x2xf32>, tensor<2xf32>) -> tensor<?x2xf32>
    rnn.yield %n : tensor<?x2xf32>
  } : (tensor<?x?x6xf32>) -> (tensor<?x?x2xf32>, tensor<?x2xf32>)
  %s = rnn.stack %e : tensor<?x2xf32> -> tensor<1x?x2xf32>
  return %y, %s : tensor<?x?x2xf32>, tensor<1x?x2xf32>
}
