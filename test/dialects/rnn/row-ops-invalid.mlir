// RUN: grucc-opt %s --split-input-file --verify-diagnostics

#m = #rnn.matrix<gates = 3, units = 8, lanes = 8, vectors = 1, depth = 2>
func.func @f(%w: memref<?xi8>, %x: memref<?xf32>, %i: index) {
  scf.for %j = %i to %i step %i {
    // expected-error @+1 {{found it in 'scf.for', expected it in the body of a function, or a `kernel`}}
    rnn.project_rows %w[%i] of %x[%i, %i] into %x[%i, %i] rows %i panels %i to %i {matrix = #m}
        : memref<?xf32>
  }
  return
}

// -----

#m = #rnn.matrix<gates = 3, units = 8, lanes = 8, vectors = 1, depth = 2>
func.func @f(%w: memref<?xi8>, %x: memref<?xf32>, %i: index) {
  // expected-error @+1 {{depth: found 2, expected the 8 units}}
  rnn.scan_rows %w[%i] gates %x[%i] from %x[%i, %i] into %x[%i, %i] rows %i descending %i
      panels %i to %i {matrix = #m} : memref<?xf32>
  return
}

// -----

#m = #rnn.matrix<gates = 4, units = 8, lanes = 8, vectors = 1, depth = 8>
func.func @f(%w: memref<?xi8>, %x: memref<?xf32>, %i: index) {
  // expected-error @+1 {{gates: found 4, expected 3 for 'rnn.gru_cell'}}
  rnn.scan_rows %w[%i] gates %x[%i] from %x[%i, %i] into %x[%i, %i] rows %i descending %i
      panels %i to %i {matrix = #m} : memref<?xf32>
  return
}

// -----

#m = #rnn.matrix<gates = 3, units = 12, lanes = 8, vectors = 2, depth = 12>
func.func @f(%w: memref<?xi8>, %x: memref<?xf32>, %i: index) {
  // expected-error @+1 {{units: found 12, expected one vector of 8}}
  rnn.scan_steps %w[%i] gates %x[%i, %i] from %x[%i] into %x[%i, %i] steps %i {matrix = #m}
      : memref<?xf32>
  return
}

// -----

#ih = #rnn.matrix<gates = 3, units = 8, lanes = 4, vectors = 1, depth = 2>
#hh = #rnn.matrix<gates = 3, units = 8, lanes = 8, vectors = 1, depth = 8>
func.func @f(%w: memref<?xi8>, %x: memref<?xf32>, %i: index) {
  // expected-error @+1 {{input: found #rnn.matrix<gates = 3, units = 8, lanes = 4, vectors = 1, depth = 2>, expected the panels of #rnn.matrix<gates = 3, units = 8, lanes = 8, vectors = 1, depth = 8>}}
  rnn.step_row %w[%i] of %x[%i] from %x[%i] into %x[%i] descending %i panels %i to %i
      {input = #ih, recurrent = #hh, recurrent_at = 0} : memref<?xf32>
  return
}
