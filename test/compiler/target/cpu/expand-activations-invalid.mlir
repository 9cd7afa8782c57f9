// RUN: grucc-opt %s --rnn-expand-activations --split-input-file --verify-diagnostics

func.func @float64(%x: vector<8xf64>) -> vector<8xf64> {
  // expected-error @below {{'rnn.sigmoid' op has type 'vector<8xf64>', expected float32 elements}}
  %y = rnn.sigmoid %x : vector<8xf64>
  return %y : vector<8xf64>
}

// -----

func.func @float64_scalar(%x: f64) -> f64 {
  // expected-error @below {{'rnn.tanh' op has type 'f64', expected float32 elements}}
  %y = rnn.tanh %x : f64
  return %y : f64
}
