// RUN: grucc-opt %s --split-input-file --rnn-pack-weights --verify-diagnostics

// As network-graph-invalid.mlir: what a function's rnn.network says, and what its layers are.

// Dropout in inference.
// expected-note @+1 {{whose rnn.network says inference}}
func.func @inference(%x: tensor<?x?x2xf32>, %d: i64) -> (tensor<?x?x2xf32>, tensor<2x?x2xf32>)
    attributes {rnn.network = #rnn.network<input_size = 2, hidden_size = 2, num_layers = 2, bias = false, dropout = 0.5>} {
  %w = arith.constant dense<0.5> : tensor<6x2xf32>
  %g = rnn.project %x, %w : (tensor<?x?x2xf32>, tensor<6x2xf32>) -> tensor<?x?x6xf32>
  %y, %e = rnn.scan %g {
  ^bb0(%a: tensor<?x6xf32>, %h: tensor<?x2xf32>):
    %n = rnn.gru_cell %a, %h, %w : (tensor<?x6xf32>, tensor<?x2xf32>, tensor<6x2xf32>) -> tensor<?x2xf32>
    rnn.yield %n : tensor<?x2xf32>
  } : (tensor<?x?x6xf32>) -> (tensor<?x?x2xf32>, tensor<?x2xf32>)
  // expected-error @+1 {{rnn.dropout: found it, expected it in training only}}
  %D = rnn.dropout %y seed(%d) {p = 0.5, layer = 0} : (tensor<?x?x2xf32>, i64) -> tensor<?x?x2xf32>
  %k = rnn.project %D, %w : (tensor<?x?x2xf32>, tensor<6x2xf32>) -> tensor<?x?x6xf32>
  %z, %f = rnn.scan %k {
  ^bb0(%a: tensor<?x6xf32>, %h: tensor<?x2xf32>):
    %n = rnn.gru_cell %a, %h, %w : (tensor<?x6xf32>, tensor<?x2xf32>, tensor<6x2xf32>) -> tensor<?x2xf32>
    rnn.yield %n : tensor<?x2xf32>
  } : (tensor<?x?x6xf32>) -> (tensor<?x?x2xf32>, tensor<?x2xf32>)
  %s = rnn.stack %e, %f : tensor<?x2xf32>, tensor<?x2xf32> -> tensor<2x?x2xf32>
  return %z, %s : tensor<?x?x2xf32>, tensor<2x?x2xf32>
}

// -----

// Training, and no dropout.
// expected-error @+1 {{rnn.dropout: found none, expected p = 0.50 behind every layer but the last}}
func.func @no_dropout(%x: tensor<?x?x2xf32>) -> (tensor<?x?x2xf32>, tensor<2x?x2xf32>)
    attributes {rnn.network = #rnn.network<input_size = 2, hidden_size = 2, num_layers = 2, bias = false, dropout = 0.5, training = true>} {
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
  %s = rnn.stack %e, %f : tensor<?x2xf32>, tensor<?x2xf32> -> tensor<2x?x2xf32>
  return %z, %s : tensor<?x?x2xf32>, tensor<2x?x2xf32>
}

// -----

// No rnn.network.
// expected-error @+1 {{rnn.network: found none, expected that of rnn-split-layers}}
func.func @undescribed(%x: tensor<?x?x2xf32>) -> (tensor<?x?x2xf32>, tensor<1x?x2xf32>) {
  %w = arith.constant dense<0.5> : tensor<6x2xf32>
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

// What it says is not what the function does.
// expected-error @+1 {{rnn.network: input_size: found 3, expected 2 as its layers have it}}
func.func @other_input_size(%x: tensor<?x?x2xf32>) -> (tensor<?x?x2xf32>, tensor<1x?x2xf32>)
    attributes {rnn.network = #rnn.network<input_size = 3, hidden_size = 2, bias = false>} {
  %w = arith.constant dense<0.5> : tensor<6x2xf32>
  %g = rnn.project %x, %w : (tensor<?x?x2xf32>, tensor<6x2xf32>) -> tensor<?x?x6xf32>
  // expected-note @+1 {{layer 0 is here}}
  %y, %e = rnn.scan %g {
  ^bb0(%a: tensor<?x6xf32>, %h: tensor<?x2xf32>):
    %n = rnn.gru_cell %a, %h, %w : (tensor<?x6xf32>, tensor<?x2xf32>, tensor<6x2xf32>) -> tensor<?x2xf32>
    rnn.yield %n : tensor<?x2xf32>
  } : (tensor<?x?x6xf32>) -> (tensor<?x?x2xf32>, tensor<?x2xf32>)
  %s = rnn.stack %e : tensor<?x2xf32> -> tensor<1x?x2xf32>
  return %y, %s : tensor<?x?x2xf32>, tensor<1x?x2xf32>
}

// -----

// expected-error @+1 {{rnn.network: hidden_size: found 8, expected 2 as its layers have it}}
func.func @other_hidden_size(%x: tensor<?x?x2xf32>) -> (tensor<?x?x2xf32>, tensor<1x?x2xf32>)
    attributes {rnn.network = #rnn.network<input_size = 2, hidden_size = 8, bias = false>} {
  %w = arith.constant dense<0.5> : tensor<6x2xf32>
  %g = rnn.project %x, %w : (tensor<?x?x2xf32>, tensor<6x2xf32>) -> tensor<?x?x6xf32>
  // expected-note @+1 {{layer 0 is here}}
  %y, %e = rnn.scan %g {
  ^bb0(%a: tensor<?x6xf32>, %h: tensor<?x2xf32>):
    %n = rnn.gru_cell %a, %h, %w : (tensor<?x6xf32>, tensor<?x2xf32>, tensor<6x2xf32>) -> tensor<?x2xf32>
    rnn.yield %n : tensor<?x2xf32>
  } : (tensor<?x?x6xf32>) -> (tensor<?x?x2xf32>, tensor<?x2xf32>)
  %s = rnn.stack %e : tensor<?x2xf32> -> tensor<1x?x2xf32>
  return %y, %s : tensor<?x?x2xf32>, tensor<1x?x2xf32>
}

// -----

// expected-error @+1 {{rnn.network: num_layers: found 2, expected 1 as its layers have it}}
func.func @other_num_layers(%x: tensor<?x?x2xf32>) -> (tensor<?x?x2xf32>, tensor<1x?x2xf32>)
    attributes {rnn.network = #rnn.network<input_size = 2, hidden_size = 2, bias = false, num_layers = 2>} {
  %w = arith.constant dense<0.5> : tensor<6x2xf32>
  %g = rnn.project %x, %w : (tensor<?x?x2xf32>, tensor<6x2xf32>) -> tensor<?x?x6xf32>
  // expected-note @+1 {{layer 0 is here}}
  %y, %e = rnn.scan %g {
  ^bb0(%a: tensor<?x6xf32>, %h: tensor<?x2xf32>):
    %n = rnn.gru_cell %a, %h, %w : (tensor<?x6xf32>, tensor<?x2xf32>, tensor<6x2xf32>) -> tensor<?x2xf32>
    rnn.yield %n : tensor<?x2xf32>
  } : (tensor<?x?x6xf32>) -> (tensor<?x?x2xf32>, tensor<?x2xf32>)
  %s = rnn.stack %e : tensor<?x2xf32> -> tensor<1x?x2xf32>
  return %y, %s : tensor<?x?x2xf32>, tensor<1x?x2xf32>
}

// -----

// expected-error @+1 {{rnn.network: bias: found true, expected false as its layers have it}}
func.func @other_bias(%x: tensor<?x?x2xf32>) -> (tensor<?x?x2xf32>, tensor<1x?x2xf32>)
    attributes {rnn.network = #rnn.network<input_size = 2, hidden_size = 2, bias = true>} {
  %w = arith.constant dense<0.5> : tensor<6x2xf32>
  %g = rnn.project %x, %w : (tensor<?x?x2xf32>, tensor<6x2xf32>) -> tensor<?x?x6xf32>
  // expected-note @+1 {{layer 0 is here}}
  %y, %e = rnn.scan %g {
  ^bb0(%a: tensor<?x6xf32>, %h: tensor<?x2xf32>):
    %n = rnn.gru_cell %a, %h, %w : (tensor<?x6xf32>, tensor<?x2xf32>, tensor<6x2xf32>) -> tensor<?x2xf32>
    rnn.yield %n : tensor<?x2xf32>
  } : (tensor<?x?x6xf32>) -> (tensor<?x?x2xf32>, tensor<?x2xf32>)
  %s = rnn.stack %e : tensor<?x2xf32> -> tensor<1x?x2xf32>
  return %y, %s : tensor<?x?x2xf32>, tensor<1x?x2xf32>
}

// -----

// expected-error @+1 {{rnn.network: batch_first: found true, expected false as its layers have it}}
func.func @other_batch_first(%x: tensor<?x?x2xf32>) -> (tensor<?x?x2xf32>, tensor<1x?x2xf32>)
    attributes {rnn.network = #rnn.network<input_size = 2, hidden_size = 2, bias = false, batch_first = true>} {
  %w = arith.constant dense<0.5> : tensor<6x2xf32>
  %g = rnn.project %x, %w : (tensor<?x?x2xf32>, tensor<6x2xf32>) -> tensor<?x?x6xf32>
  // expected-note @+1 {{layer 0 is here}}
  %y, %e = rnn.scan %g {
  ^bb0(%a: tensor<?x6xf32>, %h: tensor<?x2xf32>):
    %n = rnn.gru_cell %a, %h, %w : (tensor<?x6xf32>, tensor<?x2xf32>, tensor<6x2xf32>) -> tensor<?x2xf32>
    rnn.yield %n : tensor<?x2xf32>
  } : (tensor<?x?x6xf32>) -> (tensor<?x?x2xf32>, tensor<?x2xf32>)
  %s = rnn.stack %e : tensor<?x2xf32> -> tensor<1x?x2xf32>
  return %y, %s : tensor<?x?x2xf32>, tensor<1x?x2xf32>
}

// -----

// expected-error @+1 {{rnn.network: bidirectional: found true, expected false as its layers have it}}
func.func @other_bidirectional(%x: tensor<?x?x2xf32>) -> (tensor<?x?x2xf32>, tensor<1x?x2xf32>)
    attributes {rnn.network = #rnn.network<input_size = 2, hidden_size = 2, bias = false, bidirectional = true>} {
  %w = arith.constant dense<0.5> : tensor<6x2xf32>
  %g = rnn.project %x, %w : (tensor<?x?x2xf32>, tensor<6x2xf32>) -> tensor<?x?x6xf32>
  // expected-note @+1 {{layer 0 is here}}
  %y, %e = rnn.scan %g {
  ^bb0(%a: tensor<?x6xf32>, %h: tensor<?x2xf32>):
    %n = rnn.gru_cell %a, %h, %w : (tensor<?x6xf32>, tensor<?x2xf32>, tensor<6x2xf32>) -> tensor<?x2xf32>
    rnn.yield %n : tensor<?x2xf32>
  } : (tensor<?x?x6xf32>) -> (tensor<?x?x2xf32>, tensor<?x2xf32>)
  %s = rnn.stack %e : tensor<?x2xf32> -> tensor<1x?x2xf32>
  return %y, %s : tensor<?x?x2xf32>, tensor<1x?x2xf32>
}

// -----

// expected-error @+1 {{rnn.network: dtype: found float64, expected float32 as its layers have it}}
func.func @other_dtype(%x: tensor<?x?x2xf32>) -> (tensor<?x?x2xf32>, tensor<1x?x2xf32>)
    attributes {rnn.network = #rnn.network<input_size = 2, hidden_size = 2, bias = false, dtype = float64>} {
  %w = arith.constant dense<0.5> : tensor<6x2xf32>
  %g = rnn.project %x, %w : (tensor<?x?x2xf32>, tensor<6x2xf32>) -> tensor<?x?x6xf32>
  // expected-note @+1 {{layer 0 is here}}
  %y, %e = rnn.scan %g {
  ^bb0(%a: tensor<?x6xf32>, %h: tensor<?x2xf32>):
    %n = rnn.gru_cell %a, %h, %w : (tensor<?x6xf32>, tensor<?x2xf32>, tensor<6x2xf32>) -> tensor<?x2xf32>
    rnn.yield %n : tensor<?x2xf32>
  } : (tensor<?x?x6xf32>) -> (tensor<?x?x2xf32>, tensor<?x2xf32>)
  %s = rnn.stack %e : tensor<?x2xf32> -> tensor<1x?x2xf32>
  return %y, %s : tensor<?x?x2xf32>, tensor<1x?x2xf32>
}

// -----

// expected-error @+1 {{rnn.network: external_weights: found true, expected false as its layers have it}}
func.func @other_external_weights(%x: tensor<?x?x2xf32>) -> (tensor<?x?x2xf32>, tensor<1x?x2xf32>)
    attributes {rnn.network = #rnn.network<input_size = 2, hidden_size = 2, bias = false, external_weights = true>} {
  %w = arith.constant dense<0.5> : tensor<6x2xf32>
  %g = rnn.project %x, %w : (tensor<?x?x2xf32>, tensor<6x2xf32>) -> tensor<?x?x6xf32>
  // expected-note @+1 {{layer 0 is here}}
  %y, %e = rnn.scan %g {
  ^bb0(%a: tensor<?x6xf32>, %h: tensor<?x2xf32>):
    %n = rnn.gru_cell %a, %h, %w : (tensor<?x6xf32>, tensor<?x2xf32>, tensor<6x2xf32>) -> tensor<?x2xf32>
    rnn.yield %n : tensor<?x2xf32>
  } : (tensor<?x?x6xf32>) -> (tensor<?x?x2xf32>, tensor<?x2xf32>)
  %s = rnn.stack %e : tensor<?x2xf32> -> tensor<1x?x2xf32>
  return %y, %s : tensor<?x?x2xf32>, tensor<1x?x2xf32>
}
