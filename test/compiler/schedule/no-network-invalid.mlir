// RUN: grucc-opt %s --rnn-select-schedule="machine=x86-64-v2" --verify-diagnostics
// RUN: grucc-opt %s --rnn-select-gpu-schedule="gpu=sm_90" --verify-diagnostics

// A scan whose function does not say its network, for either schedule.
// expected-error @+1 {{rnn.network: found none, expected that of rnn-split-layers}}
func.func @scan(%g: tensor<?x?x6xf32>, %w: tensor<6x2xf32>) -> tensor<?x?x2xf32> {
  %y, %e = rnn.scan %g {
  ^bb0(%a: tensor<?x6xf32>, %h: tensor<?x2xf32>):
    %n = rnn.gru_cell %a, %h, %w : (tensor<?x6xf32>, tensor<?x2xf32>, tensor<6x2xf32>) -> tensor<?x2xf32>
    rnn.yield %n : tensor<?x2xf32>
  } : (tensor<?x?x6xf32>) -> (tensor<?x?x2xf32>, tensor<?x2xf32>)
  return %y : tensor<?x?x2xf32>
}
