// RUN: grucc-opt %s --split-input-file --verify-diagnostics

func.func @nowhere(%n: i64) {
  // expected-error @+1 {{rnn.memory: found none, expected it on the function}}
  %bytes = rnn.workspace_bytes(%n, %n)
  return
}

// -----

// expected-note @+1 {{the workspace is described here}}
func.func @other(%workspace: memref<?xi8>, %n: i64) attributes {
    rnn.memory = #rnn.memory<weights = 64, chunk_rows = 1, workspace = [<"gates", 48, chunk_row>, <"order", 8, batch_row>]>} {
  // expected-error @+1 {{part: found 'states', expected one of 'gates', 'order'}}
  %part = rnn.workspace_part "states" of %workspace(%n, %n) : memref<?xf32>
  return
}

// -----

// expected-error @+1 {{memory: workspace: found two parts 'gates', expected names of their own}}
func.func private @twice() attributes {memory = #rnn.memory<weights = 64, chunk_rows = 1, workspace = [<"gates", 48, chunk_row>, <"gates", 8, row>]>}

// -----

// expected-error @+1 {{memory: chunk_rows: found 0, expected at least 1}}
func.func private @rows() attributes {memory = #rnn.memory<weights = 64, chunk_rows = 0, workspace = [<"gates", 48, row>]>}

// -----

// expected-error @+1 {{part: bytes: found -1, expected at least 0}}
func.func private @bytes() attributes {part = #rnn.part<"gates", -1, row>}

// -----

// expected-error @+1 {{place: bias: found 0, expected at least 64}}
func.func private @bias() attributes {place = #rnn.place<weights = 64, bias = 0>}

// -----

// expected-error @+1 {{rnn.place: found 3 : i32, expected #rnn.place}}
func.func private @typed() attributes {rnn.place = 3 : i32}
