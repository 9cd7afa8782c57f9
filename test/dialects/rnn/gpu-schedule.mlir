// RUN: grucc-opt %s | grucc-opt | FileCheck %s

// CHECK: module attributes {
// CHECK-SAME: rnn.gpu_schedule = #rnn.gpu_schedule<project_warps = 2, project_thread_rows = 1,
// CHECK-SAME: project_thread_columns = 4, project_k = 16, scan_rows = 0, scan_register_k = 12,
// CHECK-SAME: step_rows = 4, step_thread_rows = 2, step_units = 1, step_blocks = 3, step_unroll = 8>
module attributes {
  rnn.gpu_schedule = #rnn.gpu_schedule<project_warps = 2, project_thread_rows = 1,
    project_thread_columns = 4, project_k = 16, scan_rows = 0, scan_register_k = 12,
    step_rows = 4, step_thread_rows = 2, step_units = 1, step_blocks = 3, step_unroll = 8>
} {}
