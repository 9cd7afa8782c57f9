// RUN: cells-opt %s --split-input-file --verify-diagnostics

func.func @f(%a: f32) {
  // expected-error @+1 {{round: found 1, expected one before the last of 2}}
  %0, %1 = rnn.cell_round 1 gates(%a, %a, %a) sums(%a) biases() h(%a)
      {cell = #rnn.cell<"test.gru_reset_before_cell">} : f32
  return
}

// -----

func.func @f(%a: f32) {
  // expected-error @+1 {{round: found 0, expected one before the last of 1}}
  %0:3, %1 = rnn.cell_round 0 gates(%a, %a, %a) sums(%a, %a, %a) biases() h(%a) : f32
  return
}

// -----

func.func @f(%a: f32) {
  // expected-error @+1 {{gates: found 3, expected 2 for 'test.gru_reset_before_cell'}}
  %0:2, %1 = rnn.cell_round 0 gates(%a, %a, %a) sums(%a, %a) biases() h(%a)
      {cell = #rnn.cell<"test.gru_reset_before_cell">} : f32
  return
}

// -----

// b_hn is the last round's.
func.func @f(%a: f32) {
  // expected-error @+1 {{biases: found 1, expected 0 for 'test.gru_reset_before_cell'}}
  %0:2, %1 = rnn.cell_round 0 gates(%a, %a) sums(%a, %a) biases(%a) h(%a)
      {cell = #rnn.cell<"test.gru_reset_before_cell">} : f32
  return
}

// -----

// All gates, but the sums of the last round alone.
func.func @f(%a: f32) {
  // expected-error @+1 {{sums: found 3, expected 1 for 'test.gru_reset_before_cell'}}
  %0 = rnn.cell_update gates(%a, %a, %a) sums(%a, %a, %a) biases() h(%a)
      {cell = #rnn.cell<"test.gru_reset_before_cell">} : f32
  return
}

// -----

func.func @f(%a: f32) {
  // expected-error @+1 {{states: found 2, expected 1 for 'test.lstm_cell'}}
  %0 = rnn.cell_update gates(%a, %a, %a, %a) sums(%a, %a, %a, %a) biases() h(%a)
      {cell = #rnn.cell<"test.lstm_cell">} : f32
  return
}

// -----

#m = #rnn.matrix<gates = 2, units = 8, lanes = 8, vectors = 1, depth = 8, packs = false>
func.func @f(%w: memref<?xi8>, %x: memref<?xf32>, %i: index) {
  // expected-error @+1 {{gates: found 2, expected 1 for 'test.gru_reset_before_cell'}}
  rnn.scan_rows %w[%i] gates %x[%i] from %x[%i, %i] into %x[%i, %i] rows %i descending %i
      panels %i to %i {matrix = #m, cell = #rnn.cell<"test.gru_reset_before_cell">} : memref<?xf32>
  return
}

// -----

#m = #rnn.matrix<gates = 2, units = 8, lanes = 8, vectors = 1, depth = 8>
func.func @f(%w: memref<?xi8>, %x: memref<?xf32>, %i: index) {
  // expected-error @+1 {{packs: found true, expected false for 2 rounds}}
  rnn.scan_round 0 %w[%i] gates %x[%i] from %x[%i, %i] rows %i descending %i panels %i to %i
      {matrix = #m, cell = #rnn.cell<"test.gru_reset_before_cell">} : memref<?xf32>
  return
}

// -----

#m = #rnn.matrix<gates = 1, units = 8, lanes = 8, vectors = 1, depth = 8, packs = false>
func.func @f(%w: memref<?xi8>, %x: memref<?xf32>, %i: index) {
  // expected-error @+1 {{round: found 1, expected one before the last of 2}}
  rnn.scan_round 1 %w[%i] gates %x[%i] from %x[%i, %i] rows %i descending %i panels %i to %i
      {matrix = #m, cell = #rnn.cell<"test.gru_reset_before_cell">} : memref<?xf32>
  return
}

// -----

// All steps of a row in one walk have no place to wait for the first round.
#m = #rnn.matrix<gates = 3, units = 8, lanes = 8, vectors = 1, depth = 8>
func.func @f(%w: memref<?xi8>, %x: memref<?xf32>, %i: index) {
  // expected-error @+1 {{cell: found 2 rounds of 'test.gru_reset_before_cell', expected one}}
  rnn.scan_steps %w[%i] gates %x[%i, %i] from %x[%i] into %x[%i, %i] steps %i
      {matrix = #m, cell = #rnn.cell<"test.gru_reset_before_cell">} : memref<?xf32>
  return
}

// -----

#m = #rnn.matrix<gates = 4, units = 8, lanes = 8, vectors = 1, depth = 8>
func.func @f(%w: memref<?xi8>, %x: memref<?xf32>, %i: index) {
  // expected-error @+1 {{cell: found 2 states of 'test.lstm_cell', expected one}}
  rnn.scan_rows %w[%i] gates %x[%i] from %x[%i, %i] into %x[%i, %i] rows %i descending %i
      panels %i to %i {matrix = #m, cell = #rnn.cell<"test.lstm_cell">} : memref<?xf32>
  return
}
