// RUN: grucc-opt %s --split-input-file --verify-diagnostics --rnn-join-levels

// expected-error@+1 {{found no module in it, expected one for every level}}
module {
}

// -----

#machine = #rnn.machine<name = "m", target = "x86-64-v3", fma_per_cycle = 2, loads_per_cycle = 2, mhz = 3000, l1_bytes = 1, l2_bytes = 1, l3_bytes = 1, l2_bandwidth = 1, l3_bandwidth = 1>
#facts = #rnn.descriptor<name = "net", workspace_rows = [36], workspace_fixed = 64, weights_bytes = 4, step_rows = 7, row_bytes = 36>
module {
  // expected-error@+1 {{found no rnn.descriptor, expected rnn-emit-interface to have run}}
  module {
  }
}

// -----

#facts = #rnn.descriptor<name = "net", workspace_rows = [36], workspace_fixed = 64, weights_bytes = 4, step_rows = 7, row_bytes = 36>
module {
  module {
    // expected-error@+1 {{rnn.machine: found none, expected it beside rnn.descriptor}}
    llvm.func @net_run() attributes {rnn.descriptor = #facts}
  }
}

// -----

#machine = #rnn.machine<name = "m", target = "x86-64-v3", fma_per_cycle = 2, loads_per_cycle = 2, mhz = 3000, l1_bytes = 1, l2_bytes = 1, l3_bytes = 1, l2_bandwidth = 1, l3_bandwidth = 1>
#facts = #rnn.descriptor<name = "net", workspace_rows = [36], workspace_fixed = 64, weights_bytes = 4, step_rows = 7, row_bytes = 36>
module {
  module {
    // expected-note@+1 {{which is this one}}
    llvm.func @net_run() attributes {rnn.descriptor = #facts, rnn.machine = #machine}
    // expected-error@+1 {{found a second network, expected one}}
    llvm.func @other_run() attributes {rnn.descriptor = #facts, rnn.machine = #machine}
  }
}

// -----

#v3 = #rnn.machine<name = "m", target = "x86-64-v3", fma_per_cycle = 2, loads_per_cycle = 2, mhz = 3000, l1_bytes = 1, l2_bytes = 1, l3_bytes = 1, l2_bandwidth = 1, l3_bandwidth = 1>
#arm = #rnn.machine<name = "m", target = "aarch64", fma_per_cycle = 2, loads_per_cycle = 2, mhz = 3000, l1_bytes = 1, l2_bytes = 1, l3_bytes = 1, l2_bandwidth = 1, l3_bandwidth = 1>
#facts = #rnn.descriptor<name = "net", workspace_rows = [36], workspace_fixed = 64, weights_bytes = 4, step_rows = 7, row_bytes = 36>
#other = #rnn.descriptor<name = "net_arm", workspace_rows = [36], workspace_fixed = 64, weights_bytes = 4, step_rows = 7, row_bytes = 36>
module {
  module {
    // expected-note@+1 {{the other level is this one}}
    llvm.func @net_run() attributes {rnn.descriptor = #facts, rnn.machine = #v3}
  }
  module {
    // expected-error@+1 {{target: found one of CPUs of AArch64, expected one of CPUs of x86-64}}
    llvm.func @net_arm_run() attributes {rnn.descriptor = #other, rnn.machine = #arm}
  }
}

// -----

#v3 = #rnn.machine<name = "m", target = "x86-64-v3", fma_per_cycle = 2, loads_per_cycle = 2, mhz = 3000, l1_bytes = 1, l2_bytes = 1, l3_bytes = 1, l2_bandwidth = 1, l3_bandwidth = 1>
#facts = #rnn.descriptor<name = "net", workspace_rows = [36], workspace_fixed = 64, weights_bytes = 4, step_rows = 7, row_bytes = 36>
#again = #rnn.descriptor<name = "net_again", workspace_rows = [36], workspace_fixed = 64, weights_bytes = 4, step_rows = 7, row_bytes = 36>
module {
  module {
    // expected-note@+1 {{the other level is this one}}
    llvm.func @net_run() attributes {rnn.descriptor = #facts, rnn.machine = #v3}
  }
  module {
    // expected-error@+1 {{target: found x86-64-v3 again, expected another}}
    llvm.func @net_again_run() attributes {rnn.descriptor = #again, rnn.machine = #v3}
  }
}

// -----

#v2 = #rnn.machine<name = "m", target = "x86-64-v2", fma_per_cycle = 2, loads_per_cycle = 2, mhz = 3000, l1_bytes = 1, l2_bytes = 1, l3_bytes = 1, l2_bandwidth = 1, l3_bandwidth = 1>
#v3 = #rnn.machine<name = "m", target = "x86-64-v3", fma_per_cycle = 2, loads_per_cycle = 2, mhz = 3000, l1_bytes = 1, l2_bytes = 1, l3_bytes = 1, l2_bandwidth = 1, l3_bandwidth = 1>
#facts = #rnn.descriptor<name = "net", workspace_rows = [36], workspace_fixed = 64, weights_bytes = 4, step_rows = 7, row_bytes = 36>
#other = #rnn.descriptor<name = "other", workspace_rows = [36], workspace_fixed = 64, weights_bytes = 4, step_rows = 7, row_bytes = 36>
module {
  module {
    // expected-note@+1 {{the other level is this one}}
    llvm.func @net_run() attributes {rnn.descriptor = #facts, rnn.machine = #v2}
  }
  module {
    // expected-error@+1 {{name: found 'other', expected one that begins with 'net_'}}
    llvm.func @other_run() attributes {rnn.descriptor = #other, rnn.machine = #v3}
  }
}
