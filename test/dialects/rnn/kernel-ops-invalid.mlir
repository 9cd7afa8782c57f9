// RUN: grucc-opt %s --split-input-file --verify-diagnostics

// expected-error @+1 {{matrix: lanes: found 0, expected at least 1}}
func.func private @f() attributes {m = #rnn.matrix<gates = 3, units = 8, lanes = 0, vectors = 1, depth = 4>}

// -----

#m = #rnn.matrix<gates = 3, units = 8, lanes = 8, vectors = 1, depth = 4>
func.func @f(%w: memref<?xi8>, %x: memref<?xf32>, %i: index) {
  // expected-error @+1 {{k: found 0 to 5, expected some of 0 to 4}}
  %0:3 = rnn.panel_dot %w[%i] unit %i of %x[%i] k %i for 5 {matrix = #m, vectors = 1}
      : memref<?xf32> -> vector<8xf32>, vector<8xf32>, vector<8xf32>
  return
}

// -----

#m = #rnn.matrix<gates = 3, units = 8, lanes = 8, vectors = 1, depth = 4>
func.func @f(%w: memref<?xi8>, %x: memref<?xf32>, %i: index) {
  // expected-error @+1 {{sums: found 3, expected 6}}
  %0:3 = rnn.panel_dot %w[%i] unit %i of %x[%i, %i] k %i for 4 {matrix = #m, vectors = 1}
      : memref<?xf32> -> vector<8xf32>, vector<8xf32>, vector<8xf32>
  return
}

// -----

#m = #rnn.matrix<gates = 3, units = 8, lanes = 8, vectors = 1, depth = 4>
func.func @f(%w: memref<?xi8>, %x: memref<?xf64>, %i: index) {
  // expected-error @+1 {{sums: found 'vector<8xf32>', expected 'vector<8xf64>'}}
  %0:3 = rnn.panel_dot %w[%i] unit %i of %x[%i] k %i for 4 {matrix = #m, vectors = 1}
      : memref<?xf64> -> vector<8xf32>, vector<8xf32>, vector<8xf32>
  return
}

// -----

#m = #rnn.matrix<gates = 3, units = 8, lanes = 8, vectors = 1, depth = 4>
func.func @f(%w: memref<?xi8>, %x: memref<?xf32>, %i: index) {
  // expected-error @+1 {{panels: found 0, expected at least 1}}
  %0:3 = rnn.panel_dot %w[] unit %i of %x[%i] k %i for 4 {matrix = #m, vectors = 1}
      : memref<?xf32> -> vector<8xf32>, vector<8xf32>, vector<8xf32>
  return
}

// -----

#m = #rnn.matrix<gates = 1, units = 12, lanes = 8, vectors = 1, depth = 4>
func.func @f(%w: memref<?xi8>, %x: memref<?xf32>, %i: index) {
  // expected-error @+1 {{panels: found 2, expected one tail}}
  %0:2 = rnn.panel_dot %w[%i, %i] unit %i of %x[%i] k %i for 4 {matrix = #m, vectors = 1, tail}
      : memref<?xf32> -> vector<8xf32>, vector<8xf32>
  return
}

// -----

#m = #rnn.matrix<gates = 1, units = 40, lanes = 8, vectors = 1, depth = 200>
func.func @f(%w: memref<?xi8>, %x: memref<?xf32>, %i: index, %s: vector<8xf32>) {
  // expected-error @+1 {{onto: found it for 65 k, expected it for at most 64, those of a block}}
  %0 = rnn.panel_dot %w[%i] unit %i of %x[%i] k %i for 65 onto(%s : vector<8xf32>) {matrix = #m, vectors = 1}
      : memref<?xf32> -> vector<8xf32>
  return
}

// -----

#m = #rnn.matrix<gates = 1, units = 40, lanes = 8, vectors = 1, depth = 200>
func.func @f(%w: memref<?xi8>, %x: memref<?xf32>, %i: index, %s: vector<8xf32>) {
  // expected-error @+1 {{onto: found it for several blocks, expected it for one}}
  %0 = rnn.panel_dot %w[%i] unit %i of %x[%i] k %i for 8 onto(%s : vector<8xf32>)
      {matrix = #m, vectors = 1, beside = 2} : memref<?xf32> -> vector<8xf32>
  return
}

// -----

#m = #rnn.matrix<gates = 1, units = 40, lanes = 8, vectors = 1, depth = 200>
func.func @f(%w: memref<?xi8>, %x: memref<?xf32>, %i: index, %s: vector<4xf32>) {
  // expected-error @+1 {{onto: found 'vector<4xf32>', expected those of the sums}}
  %0 = rnn.panel_dot %w[%i] unit %i of %x[%i] k %i for 8 onto(%s : vector<4xf32>) {matrix = #m, vectors = 1}
      : memref<?xf32> -> vector<8xf32>
  return
}

// -----

// All 8 units have lanes of their own.
#m = #rnn.matrix<gates = 3, units = 8, lanes = 8, vectors = 1, depth = 4>
func.func @f(%w: memref<?xi8>, %x: memref<?xf32>, %i: index) {
  // expected-error @+1 {{packed: found it, expected it for the last panel of a matrix whose last units share a vector}}
  %0:4 = rnn.panel_dot %w[%i] unit %i of %x[%i] k %i for 4 {matrix = #m, vectors = 1, packed, tail}
      : memref<?xf32> -> vector<8xf32>, vector<8xf32>, vector<8xf32>, vector<8xf32>
  return
}

// -----

#m = #rnn.matrix<gates = 3, units = 8, lanes = 8, vectors = 1, depth = 4, kind = bfloat16>
func.func @f(%w: memref<?xi8>, %x: memref<?xf32>, %i: index) {
  // expected-error @+1 {{ahead: found it, expected it for words of one k}}
  %0:3 = rnn.panel_dot %w[%i] unit %i of %x[%i] k %i for 4 ahead %i {matrix = #m, vectors = 1}
      : memref<?xf32> -> vector<8xf32>, vector<8xf32>, vector<8xf32>
  return
}

// -----

#m = #rnn.matrix<gates = 3, units = 8, lanes = 8, vectors = 1, depth = 4>
func.func @f(%w: memref<?xi8>, %i: index) {
  // expected-error @+1 {{loaded: found 3, expected 6}}
  %0:3 = rnn.panel_load %w[%i] k 1 for 2 {matrix = #m} : vector<8xf32>, vector<8xf32>, vector<8xf32>
  return
}

// -----

func.func @f(%w: vector<2xf32>) {
  // expected-error @+1 {{weights: found 3, expected those of 1 to 2 k of 1 gates}}
  %0 = rnn.register_dot (%w, %w, %w) of %w : vector<2xf32> -> vector<2xf32>
  return
}

// -----

func.func @f(%a: f32) {
  // expected-error @+1 {{gates: found 2, expected 3 for 'rnn.gru_cell'}}
  %0 = rnn.cell_update gates(%a, %a) sums(%a, %a, %a) biases() h(%a) : f32
  return
}

// -----

func.func @f(%a: f32) {
  // expected-error @+1 {{biases: found 2, expected 1 for 'rnn.gru_cell'}}
  %0 = rnn.cell_update gates(%a, %a, %a) sums(%a, %a, %a) biases(%a, %a) h(%a) : f32
  return
}

// -----

func.func @f(%a: f32) {
  // expected-error @+1 {{cell: found 'rnn.tanh', expected the name of an op that is a cell}}
  %0 = rnn.cell_update gates(%a, %a, %a) sums(%a, %a, %a) biases() h(%a) {cell = #rnn.cell<"rnn.tanh">} : f32
  return
}

// -----

#m = #rnn.matrix<gates = 3, units = 8, lanes = 8, vectors = 1, depth = 4, kind = int8>
func.func @f(%w: memref<?xi8>, %x: memref<?xf32>, %i: index) {
  // expected-error @+1 {{constants: found 0 (), expected 4 ('vector<8xi32>', 'vector<8xf32>', 'vector<8xi32>', 'vector<8xf32>')}}
  %0:3 = rnn.panel_dot %w[%i] unit %i of %x[%i] k %i for 4 {matrix = #m, vectors = 1}
      : memref<?xf32> -> vector<8xf32>, vector<8xf32>, vector<8xf32>
  return
}

// -----

#m = #rnn.matrix<gates = 3, units = 8, lanes = 8, vectors = 1, depth = 4, kind = int8>
func.func @f(%w: memref<?xi8>, %x: memref<?xf64>, %i: index) {
  // expected-error @+1 {{kind: found int8 for numbers of 'f64'}}
  %0:3 = rnn.panel_dot %w[%i] unit %i of %x[%i] k %i for 4 {matrix = #m, vectors = 1}
      : memref<?xf64> -> vector<8xf64>, vector<8xf64>, vector<8xf64>
  return
}

// -----

#m = #rnn.matrix<gates = 3, units = 8, lanes = 8, vectors = 1, depth = 4>
func.func @f(%w: memref<?xi8>, %x: memref<?xf32>, %i: index) {
  // expected-error @+1 {{unroll: found 0, expected at least 1}}
  %0:3 = rnn.panel_dot %w[%i] unit %i of %x[%i] k %i for 4 {matrix = #m, vectors = 1, unroll = 0}
      : memref<?xf32> -> vector<8xf32>, vector<8xf32>, vector<8xf32>
  return
}

// -----

#m = #rnn.matrix<gates = 3, units = 8, lanes = 8, vectors = 1, depth = 4>
func.func @f(%w: memref<?xi8>, %x: memref<?xf32>, %i: index) {
  // expected-error @+1 {{vectors: found 2, expected at most 1}}
  %0:6 = rnn.panel_dot %w[%i] unit %i of %x[%i] k %i for 4 {matrix = #m, vectors = 2}
      : memref<?xf32> -> vector<8xf32>, vector<8xf32>, vector<8xf32>, vector<8xf32>, vector<8xf32>, vector<8xf32>
  return
}

// -----

#m = #rnn.matrix<gates = 3, units = 8, lanes = 8, vectors = 1, depth = 4>
func.func @f(%w: memref<?xi8>, %x: memref<?xf32>, %i: index) {
  // expected-error @+1 {{one_by_one: found it, expected it for words of several k}}
  %0:3 = rnn.panel_dot %w[%i] unit %i of %x[%i] k %i for 4 {matrix = #m, vectors = 1, one_by_one}
      : memref<?xf32> -> vector<8xf32>, vector<8xf32>, vector<8xf32>
  return
}

// -----

#m = #rnn.matrix<gates = 3, units = 8, lanes = 8, vectors = 1, depth = 4>
func.func @f(%w: memref<?xi8>, %i: index) {
  // expected-error @+1 {{kind: found exact, expected one that has a scale}}
  %0 = rnn.matrix_constants %w[%i] {matrix = #m} : vector<8xf32>
  return
}
