// RUN: grucc-opt %s --split-input-file | grucc-opt --split-input-file | FileCheck %s

// What is alike for most machines is left out, and so is what the table of targets says.
// CHECK: rnn.machine = #rnn.machine<name = "generic-v3", target = "x86-64-v3", fma_per_cycle = 2,
// CHECK-SAME: loads_per_cycle = 2, mhz = 3000, l1_bytes = 32768, l2_bytes = 262144,
// CHECK-SAME: l3_bytes = 8388608, l2_bandwidth = 32, l3_bandwidth = 16>
module attributes {
  rnn.machine = #rnn.machine<name = "generic-v3", target = "x86-64-v3", fma_per_cycle = 2,
    loads_per_cycle = 2, mhz = 3000, l1_bytes = 32768, l2_bytes = 262144, l3_bytes = 8388608,
    l2_bandwidth = 32, l3_bandwidth = 16, ops_per_cycle = 2, fma_in_flight = 8, line_bytes = 64, gate_cycles = 34,
    meeting_cycles = 400, start_cycles = 75000>} {}

// -----

// CHECK: rnn.machine = #rnn.machine<name = "odd", target = "x86-64-v2",
// CHECK-SAME: l3_bandwidth = 16, ops_per_cycle = 3, fma_in_flight = 5, line_bytes = 128, gate_cycles = 50, meeting_cycles = 200, start_cycles = 90000, streams = 4, pair_percent = 52>
module attributes {
  rnn.machine = #rnn.machine<name = "odd", target = "x86-64-v2", fma_per_cycle = 1,
    loads_per_cycle = 1, mhz = 3000, l1_bytes = 32768, l2_bytes = 262144, l3_bytes = 8388608,
    l2_bandwidth = 32, l3_bandwidth = 16, ops_per_cycle = 3, fma_in_flight = 5, line_bytes = 128, gate_cycles = 50,
    meeting_cycles = 200, start_cycles = 90000, streams = 4, pair_percent = 52>} {}

// -----

// CHECK: rnn.gpu = #rnn.gpu<target = "sm_80", card = "an example", sms = 100,
// CHECK-SAME: shared_bytes = 166912, fma_per_cycle = 64, mhz = 1400,
// CHECK-SAME: l2_bytes = 41943040, l2_bandwidth = 4000, dram_bandwidth = 1500>
module attributes {
  rnn.gpu = #rnn.gpu<target = "sm_80", card = "an example", sms = 100, shared_bytes = 166912,
    fma_per_cycle = 64, mhz = 1400, l2_bytes = 41943040, l2_bandwidth = 4000,
    dram_bandwidth = 1500>} {}
