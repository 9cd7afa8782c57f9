// RUN: grucc-opt %s --split-input-file --verify-diagnostics

// C1.
// expected-error @+1 {{network: input_size: found 0, expected an integer from 1 to 2147483647}}
#n = #rnn.network<input_size = 0, hidden_size = 2>

// -----

// Two sizes that every network has.
// expected-error @+1 {{network: input_size: found none, expected an integer from 1 to 2147483647}}
#n = #rnn.network<hidden_size = 2>

// -----

// expected-error @+1 {{network: hidden_size: found none, expected an integer from 1 to 2147483647}}
#n = #rnn.network<input_size = 1>

// -----

// expected-error @+1 {{network: hidden_size: found -2, expected an integer from 1 to 2147483647}}
#n = #rnn.network<input_size = 1, hidden_size = -2>

// -----

// expected-error @+1 {{network: num_layers: found 1025, expected an integer from 1 to 1024}}
#n = #rnn.network<input_size = 1, hidden_size = 2, num_layers = 1025>

// -----

// expected-error @+1 {{network: input_size: found 2147483648, expected an integer from 1 to 2147483647}}
#n = #rnn.network<input_size = 2147483648, hidden_size = 2>

// -----

// All tensors, in bytes.
// expected-error @+1 {{network: weights: found 51541966848 bytes (input_size 1, hidden_size 65536, num_layers 1), expected at most 2147483647 bytes}}
#n = #rnn.network<input_size = 1, hidden_size = 65536>

// -----

// C6.
// expected-error @+1 {{network: dropout: found 1.5, expected a number from 0 to 1}}
#n = #rnn.network<input_size = 1, hidden_size = 2, dropout = 1.5>

// -----

// expected-error @+1 {{network: dropout: found nan, expected a number from 0 to 1}}
#n = #rnn.network<input_size = 1, hidden_size = 2, dropout = 0x7FF8000000000000>

// -----

// expected-error @+1 {{network: dtype: found float16, expected float32 or float64}}
#n = #rnn.network<input_size = 1, hidden_size = 2, dtype = float16>

// -----

// expected-error @+1 {{network: found field speed, expected an argument of torch.nn.GRU}}
#n = #rnn.network<input_size = 1, hidden_size = 2, speed = 11>

// -----

// expected-error @+1 {{network: found input_size twice, expected it once}}
#n = #rnn.network<input_size = 1, hidden_size = 2, input_size = 1>

// -----

// An attribute of another kind, or that nobody knows.
// expected-error @+1 {{rnn.schedule: found 3 : i32, expected #rnn.schedule}}
func.func private @gru() attributes {rnn.schedule = 3 : i32}

// -----

// expected-error @+1 {{rnn.machine: found "x86-64-v3", expected #rnn.machine}}
func.func private @gru() attributes {rnn.machine = "x86-64-v3"}

// -----

// expected-error @+1 {{rnn.network: found {input_size = 1 : i64}, expected #rnn.network}}
func.func private @gru() attributes {rnn.network = {input_size = 1}}

// -----

// expected-error @+1 {{rnn.gpu_schedule: found unit, expected #rnn.gpu_schedule}}
func.func private @gru() attributes {rnn.gpu_schedule}

// -----

// expected-error @+1 {{rnn.provenance: found 3 : i32, expected a string}}
func.func private @gru() attributes {rnn.provenance = 3 : i32}

// -----

// expected-error @+1 {{rnn.shedule: found an unknown attribute, expected one of the rnn dialect}}
func.func private @gru() attributes {rnn.shedule = 3 : i32}

// -----

// An incomplete descriptor.
// expected-error @+1 {{rnn.descriptor: found {name = "gru"}, expected #rnn.descriptor}}
func.func private @gru() attributes {rnn.descriptor = {name = "gru"}}

// -----

// expected-error @+1 {{descriptor: name: found '', expected a C identifier of at most 495 characters}}
#d = #rnn.descriptor<name = "", workspace_rows = [48], workspace_fixed = 64, weights_bytes = 1024, step_rows = 7, row_bytes = 36>

// -----

// expected-error @+1 {{descriptor: name: found '3/gru', expected a C identifier of at most 495 characters}}
#d = #rnn.descriptor<name = "3/gru", workspace_rows = [48], workspace_fixed = 64, weights_bytes = 1024, step_rows = 7, row_bytes = 36>

// -----

// Of 496 characters.
// expected-error-re @+1 {{descriptor: name: found '{{a+}}', expected a C identifier of at most 495 characters}}
#d = #rnn.descriptor<name = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", workspace_rows = [48], workspace_fixed = 64, weights_bytes = 1024, step_rows = 7, row_bytes = 36>

// -----

// expected-error @+1 {{descriptor: workspace_rows: found -1, expected 0 to 9223372036854775807}}
#d = #rnn.descriptor<name = "gru", workspace_rows = [48, -1], workspace_fixed = 64, weights_bytes = 1024, step_rows = 7, row_bytes = 36>

// -----

// expected-error @+1 {{descriptor: weights_bytes: found -1, expected 0 to 9223372036854775807}}
#d = #rnn.descriptor<name = "gru", workspace_rows = [48], workspace_fixed = 64, weights_bytes = -1, step_rows = 7, row_bytes = 36>

// -----

// expected-error @+1 {{descriptor: step_rows: found 2147483648, expected 0 to 2147483647}}
#d = #rnn.descriptor<name = "gru", workspace_rows = [48], workspace_fixed = 64, weights_bytes = 1024, step_rows = 2147483648, row_bytes = 36>

// -----

// expected-error @+1 {{descriptor: row_bytes: found 0, expected at least 1}}
#d = #rnn.descriptor<name = "gru", workspace_rows = [48], workspace_fixed = 64, weights_bytes = 1024, step_rows = 7, row_bytes = 0>

// -----

// expected-error @+1 {{expected ','}}
#d = #rnn.descriptor<name = "gru", workspace_rows = [48], workspace_fixed = 64, step_rows = 7, row_bytes = 36>

// -----

// expected-error @+1 {{kernel: name: found nothing, expected a symbol}}
#k = #rnn.kernel<name = "", threads = 32, shared_bytes = 0, rows = 1, columns = 1>

// -----

// expected-error @+1 {{kernel: threads: found 0, expected at least 1}}
#k = #rnn.kernel<name = "step", threads = 0, shared_bytes = 0, rows = 1, columns = 1>

// -----

// expected-error @+1 {{cuda: layers: found array<i64: 0, 1>, expected five places of weights}}
#c = #rnn.cuda<project_input = <name = "step", threads = 32, shared_bytes = 0, rows = 1, columns = 1>, project_above = <name = "step", threads = 32, shared_bytes = 0, rows = 1, columns = 1>, step = <name = "step", threads = 32, shared_bytes = 0, rows = 1, columns = 1>, layers = [array<i64: 0, 1>]>
