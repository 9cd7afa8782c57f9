// RUN: grucc-opt %s | grucc-opt | FileCheck %s

// CHECK: module attributes {
// CHECK-SAME: rnn.gpu = #rnn.gpu<name = "sm_80", card = "an example", capability = 80, ptx = 71, sms = 100,
// CHECK-SAME: registers = 65536, shared_bytes = 166912, fma_per_cycle = 64, mhz = 1400,
// CHECK-SAME: l2_bytes = 41943040, l2_bandwidth = 4000, dram_bandwidth = 1500>
// CHECK-SAME: rnn.gpu_schedule = #rnn.gpu_schedule<project_warps = 2, project_thread_rows = 1,
// CHECK-SAME: project_thread_columns = 4, project_k = 16, scan_rows = 0, scan_register_k = 12,
// CHECK-SAME: step_rows = 4, step_thread_rows = 2, step_units = 1, step_blocks = 3, step_unroll = 8>
module attributes {
  rnn.gpu = #rnn.gpu<name = "sm_80", card = "an example", capability = 80, ptx = 71, sms = 100,
    registers = 65536, shared_bytes = 166912, fma_per_cycle = 64, mhz = 1400,
    l2_bytes = 41943040, l2_bandwidth = 4000, dram_bandwidth = 1500>,
  rnn.gpu_schedule = #rnn.gpu_schedule<project_warps = 2, project_thread_rows = 1,
    project_thread_columns = 4, project_k = 16, scan_rows = 0, scan_register_k = 12,
    step_rows = 4, step_thread_rows = 2, step_units = 1, step_blocks = 3, step_unroll = 8>
} {}
