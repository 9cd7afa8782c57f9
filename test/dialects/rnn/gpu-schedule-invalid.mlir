// RUN: grucc-opt %s --split-input-file --verify-diagnostics

// expected-error@+1 {{schedule: project_warps: found 9, expected 1 to 8}}
module attributes {rnn.gpu_schedule = #rnn.gpu_schedule<project_warps = 9, project_thread_rows = 4, project_thread_columns = 8, project_k = 32, scan_rows = 1, scan_register_k = 64, step_rows = 16, step_thread_rows = 8, step_units = 8, step_blocks = 16, step_unroll = 4>} {}

// -----

// expected-error@+1 {{schedule: project_thread_columns: found 2, expected a power of two from 4 to 8}}
module attributes {rnn.gpu_schedule = #rnn.gpu_schedule<project_warps = 4, project_thread_rows = 4, project_thread_columns = 2, project_k = 32, scan_rows = 1, scan_register_k = 64, step_rows = 16, step_thread_rows = 8, step_units = 8, step_blocks = 16, step_unroll = 4>} {}

// -----

// expected-error@+1 {{schedule: scan_register_k: found 30, expected a multiple of 4}}
module attributes {rnn.gpu_schedule = #rnn.gpu_schedule<project_warps = 4, project_thread_rows = 4, project_thread_columns = 8, project_k = 32, scan_rows = 1, scan_register_k = 30, step_rows = 16, step_thread_rows = 8, step_units = 8, step_blocks = 16, step_unroll = 4>} {}

// -----

// expected-error@+1 {{schedule: step_rows: found 12, expected a power of two from 1 to 32}}
module attributes {rnn.gpu_schedule = #rnn.gpu_schedule<project_warps = 4, project_thread_rows = 4, project_thread_columns = 8, project_k = 32, scan_rows = 1, scan_register_k = 64, step_rows = 12, step_thread_rows = 8, step_units = 8, step_blocks = 16, step_unroll = 4>} {}

// -----

// expected-error@+1 {{schedule: step_thread_rows: found 8, expected at most the 4 of step_rows}}
module attributes {rnn.gpu_schedule = #rnn.gpu_schedule<project_warps = 4, project_thread_rows = 4, project_thread_columns = 8, project_k = 32, scan_rows = 1, scan_register_k = 64, step_rows = 4, step_thread_rows = 8, step_units = 8, step_blocks = 16, step_unroll = 4>} {}
