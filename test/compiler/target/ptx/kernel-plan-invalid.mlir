// RUN: grucc-opt %s --split-input-file --rnn-emit-gpu-kernels --verify-diagnostics

// What kernels for a GPU need beside the network, whoever chose the schedule.

// Rows of step.
#gpu = #rnn.gpu<target = "sm_80", card = "c", sms = 100, shared_bytes = 166912, fma_per_cycle = 64, mhz = 1400, l2_bytes = 41943040, l2_bandwidth = 4000, dram_bandwidth = 1500>
#schedule = #rnn.gpu_schedule<project_warps = 4, project_thread_rows = 2, project_thread_columns = 8, project_k = 32, scan_rows = 1, scan_register_k = 64, step_rows = 4, step_thread_rows = 1, step_units = 8, step_blocks = 16, step_unroll = 4>
// expected-error @+1 {{schedule: step_rows: found 4, expected at least 8 for float16}}
func.func @gru(%x: tensor<?x?x2xf32>) -> (tensor<?x?x2xf32>, tensor<1x?x2xf32>)
    attributes {rnn.network = #rnn.network<input_size = 2, hidden_size = 2, bias = false>, rnn.precision = f16, rnn.gpu = #gpu, rnn.gpu_schedule = #schedule} {
  %w = arith.constant dense<0.5> : tensor<6x2xf32>
  %g = rnn.project %x, %w : (tensor<?x?x2xf32>, tensor<6x2xf32>) -> tensor<?x?x6xf32>
  %y, %e = rnn.scan %g {
  ^bb0(%a: tensor<?x6xf32>, %h: tensor<?x2xf32>):
    %n = rnn.gru_cell %a, %h, %w : (tensor<?x6xf32>, tensor<?x2xf32>, tensor<6x2xf32>) -> tensor<?x2xf32>
    rnn.yield %n : tensor<?x2xf32>
  } : (tensor<?x?x6xf32>) -> (tensor<?x?x2xf32>, tensor<?x2xf32>)
  %s = rnn.stack %e : tensor<?x2xf32> -> tensor<1x?x2xf32>
  return %y, %s : tensor<?x?x2xf32>, tensor<1x?x2xf32>
}

// -----

// Rows of a thread of project.
#gpu = #rnn.gpu<target = "sm_80", card = "c", sms = 100, shared_bytes = 166912, fma_per_cycle = 64, mhz = 1400, l2_bytes = 41943040, l2_bandwidth = 4000, dram_bandwidth = 1500>
#schedule = #rnn.gpu_schedule<project_warps = 4, project_thread_rows = 1, project_thread_columns = 8, project_k = 32, scan_rows = 1, scan_register_k = 64, step_rows = 16, step_thread_rows = 1, step_units = 8, step_blocks = 16, step_unroll = 4>
// expected-error @+1 {{schedule: project_thread_rows: found 1, expected at least 2 for bfloat16}}
func.func @gru(%x: tensor<?x?x2xf32>) -> (tensor<?x?x2xf32>, tensor<1x?x2xf32>)
    attributes {rnn.network = #rnn.network<input_size = 2, hidden_size = 2, bias = false>, rnn.precision = bf16, rnn.gpu = #gpu, rnn.gpu_schedule = #schedule} {
  %w = arith.constant dense<0.5> : tensor<6x2xf32>
  %g = rnn.project %x, %w : (tensor<?x?x2xf32>, tensor<6x2xf32>) -> tensor<?x?x6xf32>
  %y, %e = rnn.scan %g {
  ^bb0(%a: tensor<?x6xf32>, %h: tensor<?x2xf32>):
    %n = rnn.gru_cell %a, %h, %w : (tensor<?x6xf32>, tensor<?x2xf32>, tensor<6x2xf32>) -> tensor<?x2xf32>
    rnn.yield %n : tensor<?x2xf32>
  } : (tensor<?x?x6xf32>) -> (tensor<?x?x2xf32>, tensor<?x2xf32>)
  %s = rnn.stack %e : tensor<?x2xf32> -> tensor<1x?x2xf32>
  return %y, %s : tensor<?x?x2xf32>, tensor<1x?x2xf32>
}

// -----

// k in registers.
#gpu = #rnn.gpu<target = "sm_80", card = "c", sms = 100, shared_bytes = 166912, fma_per_cycle = 64, mhz = 1400, l2_bytes = 41943040, l2_bandwidth = 4000, dram_bandwidth = 1500>
#schedule = #rnn.gpu_schedule<project_warps = 4, project_thread_rows = 2, project_thread_columns = 8, project_k = 32, scan_rows = 1, scan_register_k = 4, step_rows = 16, step_thread_rows = 1, step_units = 8, step_blocks = 16, step_unroll = 4>
// expected-error @+1 {{schedule: scan_register_k: found 4, expected a multiple of 16 for float16}}
func.func @gru(%x: tensor<?x?x2xf32>) -> (tensor<?x?x2xf32>, tensor<1x?x2xf32>)
    attributes {rnn.network = #rnn.network<input_size = 2, hidden_size = 2, bias = false>, rnn.precision = f16, rnn.gpu = #gpu, rnn.gpu_schedule = #schedule} {
  %w = arith.constant dense<0.5> : tensor<6x2xf32>
  %g = rnn.project %x, %w : (tensor<?x?x2xf32>, tensor<6x2xf32>) -> tensor<?x?x6xf32>
  %y, %e = rnn.scan %g {
  ^bb0(%a: tensor<?x6xf32>, %h: tensor<?x2xf32>):
    %n = rnn.gru_cell %a, %h, %w : (tensor<?x6xf32>, tensor<?x2xf32>, tensor<6x2xf32>) -> tensor<?x2xf32>
    rnn.yield %n : tensor<?x2xf32>
  } : (tensor<?x?x6xf32>) -> (tensor<?x?x2xf32>, tensor<?x2xf32>)
  %s = rnn.stack %e : tensor<?x2xf32> -> tensor<1x?x2xf32>
  return %y, %s : tensor<?x?x2xf32>, tensor<1x?x2xf32>
}

// -----

// A GPU that multiplies none.
#gpu = #rnn.gpu<target = "sm_75", card = "c", sms = 100, shared_bytes = 166912, fma_per_cycle = 64, mhz = 1400, l2_bytes = 41943040, l2_bandwidth = 4000, dram_bandwidth = 1500>
#schedule = #rnn.gpu_schedule<project_warps = 4, project_thread_rows = 2, project_thread_columns = 8, project_k = 32, scan_rows = 1, scan_register_k = 64, step_rows = 16, step_thread_rows = 1, step_units = 8, step_blocks = 16, step_unroll = 4>
// expected-error @+1 {{precision: found 'bfloat16' for sm_75, expected exact or float16}}
func.func @gru(%x: tensor<?x?x2xf32>) -> (tensor<?x?x2xf32>, tensor<1x?x2xf32>)
    attributes {rnn.network = #rnn.network<input_size = 2, hidden_size = 2, bias = false>, rnn.precision = bf16, rnn.gpu = #gpu, rnn.gpu_schedule = #schedule} {
  %w = arith.constant dense<0.5> : tensor<6x2xf32>
  %g = rnn.project %x, %w : (tensor<?x?x2xf32>, tensor<6x2xf32>) -> tensor<?x?x6xf32>
  %y, %e = rnn.scan %g {
  ^bb0(%a: tensor<?x6xf32>, %h: tensor<?x2xf32>):
    %n = rnn.gru_cell %a, %h, %w : (tensor<?x6xf32>, tensor<?x2xf32>, tensor<6x2xf32>) -> tensor<?x2xf32>
    rnn.yield %n : tensor<?x2xf32>
  } : (tensor<?x?x6xf32>) -> (tensor<?x?x2xf32>, tensor<?x2xf32>)
  %s = rnn.stack %e : tensor<?x2xf32> -> tensor<1x?x2xf32>
  return %y, %s : tensor<?x?x2xf32>, tensor<1x?x2xf32>
}

// -----

// Shared memory of a block.
#gpu = #rnn.gpu<target = "sm_80", card = "c", sms = 100, shared_bytes = 1024, fma_per_cycle = 64, mhz = 1400, l2_bytes = 41943040, l2_bandwidth = 4000, dram_bandwidth = 1500>
#schedule = #rnn.gpu_schedule<project_warps = 4, project_thread_rows = 2, project_thread_columns = 8, project_k = 32, scan_rows = 0, scan_register_k = 64, step_rows = 8, step_thread_rows = 1, step_units = 8, step_blocks = 16, step_unroll = 4>
// expected-error @+1 {{schedule: found 1792 bytes of shared memory of step, expected at most 1024 on sm_80}}
func.func @gru(%x: tensor<?x?x2xf32>) -> (tensor<?x?x2xf32>, tensor<1x?x2xf32>)
    attributes {rnn.network = #rnn.network<input_size = 2, hidden_size = 2, bias = false>, rnn.gpu = #gpu, rnn.gpu_schedule = #schedule} {
  %w = arith.constant dense<0.5> : tensor<6x2xf32>
  %g = rnn.project %x, %w : (tensor<?x?x2xf32>, tensor<6x2xf32>) -> tensor<?x?x6xf32>
  %y, %e = rnn.scan %g {
  ^bb0(%a: tensor<?x6xf32>, %h: tensor<?x2xf32>):
    %n = rnn.gru_cell %a, %h, %w : (tensor<?x6xf32>, tensor<?x2xf32>, tensor<6x2xf32>) -> tensor<?x2xf32>
    rnn.yield %n : tensor<?x2xf32>
  } : (tensor<?x?x6xf32>) -> (tensor<?x?x2xf32>, tensor<?x2xf32>)
  %s = rnn.stack %e : tensor<?x2xf32> -> tensor<1x?x2xf32>
  return %y, %s : tensor<?x?x2xf32>, tensor<1x?x2xf32>
}
