// RUN: grucc-opt %s --split-input-file --rnn-emit-interface --verify-diagnostics

// expected-error @+1 {{found no rnn.descriptor, expected rnn-lower-layers to have run}}
module {}

// -----

// expected-error @+1 {{rnn.network: found none, expected it beside rnn.descriptor}}
func.func private @net.run(%args: !llvm.ptr) attributes {
    rnn.machine = #rnn.machine<name = "m", target = "x86-64-v3", fma_per_cycle = 2, loads_per_cycle = 2, mhz = 3000, l1_bytes = 1, l2_bytes = 1, l3_bytes = 1, l2_bandwidth = 1, l3_bandwidth = 1>,
    rnn.descriptor = #rnn.descriptor<name = "net", workspace_rows = [36], workspace_fixed = 64, weights_bytes = 64, step_rows = 0, row_bytes = 36>} {
  return
}

// -----

// expected-error @+1 {{rnn.descriptor: found it on @other.run, expected @net.run}}
func.func private @other.run(%args: !llvm.ptr) attributes {
    rnn.network = #rnn.network<input_size = 2, hidden_size = 3, bidirectional = true>,
    rnn.machine = #rnn.machine<name = "m", target = "x86-64-v3", fma_per_cycle = 2, loads_per_cycle = 2, mhz = 3000, l1_bytes = 1, l2_bytes = 1, l3_bytes = 1, l2_bandwidth = 1, l3_bandwidth = 1>,
    rnn.descriptor = #rnn.descriptor<name = "net", workspace_rows = [36], workspace_fixed = 64, weights_bytes = 64, step_rows = 0, row_bytes = 36>} {
  return
}

// -----

// expected-error @+1 {{@net.workspace_bytes: found none, expected a function of type '(i64, i64) -> i64'}}
func.func private @net.run(%args: !llvm.ptr) attributes {
    rnn.network = #rnn.network<input_size = 2, hidden_size = 3, bidirectional = true>,
    rnn.machine = #rnn.machine<name = "m", target = "x86-64-v3", fma_per_cycle = 2, loads_per_cycle = 2, mhz = 3000, l1_bytes = 1, l2_bytes = 1, l3_bytes = 1, l2_bandwidth = 1, l3_bandwidth = 1>,
    rnn.descriptor = #rnn.descriptor<name = "net", workspace_rows = [36], workspace_fixed = 64, weights_bytes = 64, step_rows = 0, row_bytes = 36>} {
  return
}

// -----

// expected-note @+1 {{of whose network it is}}
func.func private @net.run(%args: !llvm.ptr) attributes {
    rnn.network = #rnn.network<input_size = 2, hidden_size = 3, bidirectional = true>,
    rnn.machine = #rnn.machine<name = "m", target = "x86-64-v3", fma_per_cycle = 2, loads_per_cycle = 2, mhz = 3000, l1_bytes = 1, l2_bytes = 1, l3_bytes = 1, l2_bandwidth = 1, l3_bandwidth = 1>,
    rnn.descriptor = #rnn.descriptor<name = "net", workspace_rows = [36], workspace_fixed = 64, weights_bytes = 64, step_rows = 0, row_bytes = 36>} {
  return
}
// expected-error @+1 {{@net.workspace_bytes: found type '(i64) -> i64', expected '(i64, i64) -> i64'}}
func.func private @net.workspace_bytes(i64) -> i64

// -----

// expected-note @+1 {{of whose network it is}}
func.func private @net.run(%args: !llvm.ptr) attributes {
    rnn.network = #rnn.network<input_size = 2, hidden_size = 3, bidirectional = true>,
    rnn.machine = #rnn.machine<name = "m", target = "x86-64-v3", fma_per_cycle = 2, loads_per_cycle = 2, mhz = 3000, l1_bytes = 1, l2_bytes = 1, l3_bytes = 1, l2_bandwidth = 1, l3_bandwidth = 1>,
    rnn.descriptor = #rnn.descriptor<name = "net", workspace_rows = [36], workspace_fixed = 64, weights_bytes = 64, step_rows = 0, row_bytes = 36>} {
  return
}
// expected-error @+1 {{@net.workspace_bytes: found 0 blocks, expected one}}
func.func private @net.workspace_bytes(i64, i64) -> i64

// -----

// The work moves; whoever else calls it would look for it.
// expected-note @+1 {{of whose network it is}}
func.func private @net.run(%args: !llvm.ptr) attributes {
    rnn.network = #rnn.network<input_size = 2, hidden_size = 3, bidirectional = true>,
    rnn.machine = #rnn.machine<name = "m", target = "x86-64-v3", fma_per_cycle = 2, loads_per_cycle = 2, mhz = 3000, l1_bytes = 1, l2_bytes = 1, l3_bytes = 1, l2_bandwidth = 1, l3_bandwidth = 1>,
    rnn.descriptor = #rnn.descriptor<name = "net", workspace_rows = [36], workspace_fixed = 64, weights_bytes = 64, step_rows = 0, row_bytes = 36>} {
  return
}
// expected-error @+1 {{@net.workspace_bytes: found a use of it, expected none}}
func.func private @net.workspace_bytes(%a: i64, %b: i64) -> i64 {
  return %a : i64
}
func.func private @caller(%n: i64) -> i64 {
  // expected-note @+1 {{which is here}}
  %bytes = call @net.workspace_bytes(%n, %n) : (i64, i64) -> i64
  return %bytes : i64
}

// -----

// expected-error @+1 {{@net_run: found it beside the network, expected none}}
func.func private @net.run(%args: !llvm.ptr) attributes {
    rnn.network = #rnn.network<input_size = 2, hidden_size = 3, bidirectional = true>,
    rnn.machine = #rnn.machine<name = "m", target = "x86-64-v3", fma_per_cycle = 2, loads_per_cycle = 2, mhz = 3000, l1_bytes = 1, l2_bytes = 1, l3_bytes = 1, l2_bandwidth = 1, l3_bandwidth = 1>,
    rnn.descriptor = #rnn.descriptor<name = "net", workspace_rows = [36], workspace_fixed = 64, weights_bytes = 64, step_rows = 0, row_bytes = 36>} {
  return
}
func.func private @net.workspace_bytes(%a: i64, %b: i64) -> i64 {
  return %a : i64
}
// expected-note @+1 {{which is here}}
llvm.func @net_run()

// -----

// A network that streams has a step.
// expected-error @+1 {{@net.init_state: found none, expected a function of type '(!llvm.ptr, !llvm.ptr, i64) -> ()'}}
func.func private @net.run(%args: !llvm.ptr) attributes {
    rnn.network = #rnn.network<input_size = 2, hidden_size = 3>,
    rnn.machine = #rnn.machine<name = "m", target = "x86-64-v3", fma_per_cycle = 2, loads_per_cycle = 2, mhz = 3000, l1_bytes = 1, l2_bytes = 1, l3_bytes = 1, l2_bandwidth = 1, l3_bandwidth = 1>,
    rnn.descriptor = #rnn.descriptor<name = "net", workspace_rows = [36], workspace_fixed = 64, weights_bytes = 64, step_rows = 0, row_bytes = 36>} {
  return
}
func.func private @net.workspace_bytes(%a: i64, %b: i64) -> i64 {
  return %a : i64
}
