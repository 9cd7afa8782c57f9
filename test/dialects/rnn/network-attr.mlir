// RUN: grucc-opt %s | FileCheck %s
// RUN: grucc-opt %s | grucc-opt | FileCheck %s

// What torch has unless it is told otherwise is left out.
// CHECK: func.func private @usual()
// CHECK-SAME: rnn.network = #rnn.network<input_size = 10, hidden_size = 20>
func.func private @usual() attributes {rnn.network = #rnn.network<
    hidden_size = 20, input_size = 10, num_layers = 1, bias = true, batch_first = false,
    bidirectional = false, dropout = 0.0, training = false, dtype = float32, external_weights = false>}

// Fields are printed in torch's order.
// CHECK: func.func private @other()
// CHECK-SAME: rnn.network = #rnn.network<input_size = 1, hidden_size = 2, num_layers = 3, bias = false, batch_first = true, bidirectional = true, dropout = 2.500000e-01, training = true, dtype = float64, external_weights = true>
func.func private @other() attributes {rnn.network = #rnn.network<
    external_weights = true, dtype = float64, training = true, dropout = 0.25, bidirectional = true,
    batch_first = true, bias = false, num_layers = 3, hidden_size = 2, input_size = 1>}

// CHECK: func.func private @gru_run()
// CHECK-SAME: rnn.descriptor = #rnn.descriptor<name = "gru", workspace_rows = [48, 12], workspace_fixed = 64, weights_bytes = 1024, step_rows = 7, row_bytes = 36>
func.func private @gru_run() attributes {rnn.descriptor = #rnn.descriptor<
    name = "gru", workspace_rows = [48, 12], workspace_fixed = 64, weights_bytes = 1024, step_rows = 7, row_bytes = 36>}

// The longest name.
// CHECK: func.func private @long_run()
// CHECK-SAME: name = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
func.func private @long_run() attributes {rnn.descriptor = #rnn.descriptor<
    name = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", workspace_rows = [48], workspace_fixed = 64, weights_bytes = 1024, step_rows = 7, row_bytes = 36>}
