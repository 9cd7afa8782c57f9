// RUN: grucc-opt %s --split-input-file --rnn-select-schedule="machine=x86-64-v3" --rnn-plan-model --rnn-pack-weights --verify-diagnostics
// RUN: grucc-opt %s --split-input-file --rnn-select-gpu-schedule="gpu=sm_80" --rnn-emit-gpu-kernels --verify-diagnostics

// What is made of @gru would be called as what is there.

// expected-error @+1 {{func.func: found 'gru_run' beside it, expected no symbol that begins with 'gru_' or 'gru.'}}
func.func @gru(%x: tensor<?x?x2xf32>) -> (tensor<?x?x2xf32>, tensor<1x?x2xf32>)
    attributes {rnn.network = #rnn.network<input_size = 2, hidden_size = 2, bias = false>} {
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
// expected-note @+1 {{which is here}}
func.func private @gru_run()

// -----

// A scan whose body has no cell has no gates to choose anything for.
func.func @no_cell(%g: tensor<?x?x2xf32>) -> tensor<?x?x3xf32>
    attributes {rnn.network = #rnn.network<input_size = 2, hidden_size = 3>} {
  // expected-error @+1 {{cell: found none, expected one that the body ends with}}
  %o, %h = rnn.scan %g {
  ^bb0(%a: tensor<?x2xf32>, %b: tensor<?x3xf32>):
    rnn.yield %b : tensor<?x3xf32>
  } : (tensor<?x?x2xf32>) -> (tensor<?x?x3xf32>, tensor<?x3xf32>)
  return %o : tensor<?x?x3xf32>
}
