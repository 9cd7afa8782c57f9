// RUN: grucc-opt %s --rnn-select-gpu-schedule="gpu=sm_80" | FileCheck %s --check-prefix=SM80
// RUN: grucc-opt %s --rnn-select-gpu-schedule="gpu=sm_90" | FileCheck %s --check-prefix=SM90
// RUN: grucc-opt %s --rnn-round-weights="precision=float16" --rnn-select-gpu-schedule="gpu=sm_80" \
// RUN:   | FileCheck %s --check-prefix=HALF
// RUN: sed -e 's/480/3072/g; s/160/1024/g' %s | grucc-opt --rnn-select-gpu-schedule="gpu=sm_75" \
// RUN:   | FileCheck %s --check-prefix=WIDE
// RUN: grucc-opt %s --rnn-select-gpu-schedule="gpu=sm_90 fields=step_units=2,project_k=16" \
// RUN:   | FileCheck %s --check-prefix=HAND
// RUN: not grucc-opt %s --rnn-select-gpu-schedule="gpu=sm_70" 2>&1 | FileCheck %s --check-prefix=GPU
// RUN: not grucc-opt %s --rnn-select-gpu-schedule="gpu=sm_80 fields=speed=11" 2>&1 | FileCheck %s --check-prefix=FIELD
// RUN: not grucc-opt %s --rnn-select-gpu-schedule="gpu=sm_80 fields=step_rows=two" 2>&1 | FileCheck %s --check-prefix=NUMBER
// RUN: not grucc-opt %s --rnn-select-gpu-schedule="gpu=sm_80 fields=step_rows=12" 2>&1 | FileCheck %s --check-prefix=POWER
// RUN: not grucc-opt %s --rnn-select-gpu-schedule="gpu=sm_80 fields=scan_rows=1" 2>&1 | FileCheck %s --check-prefix=SHARED
// RUN: not grucc-opt %s --rnn-select-gpu-schedule="gpu=sm_90 fields=scan_register_k=64" 2>&1 | FileCheck %s --check-prefix=REGISTERS
// RUN: not grucc-opt %s --rnn-select-gpu-schedule="gpu=sm_90 fields=step_rows=32,step_thread_rows=1,step_units=32" 2>&1 \
// RUN:   | FileCheck %s --check-prefix=THREADS

// The weights of 160 units find room in a block of an H100, and not of an A100.
// SM80: func.func @network{{.*}} attributes {rnn.gpu = #rnn.gpu<target = "sm_80", card = "A100", {{.*}}, rnn.gpu_schedule = #rnn.gpu_schedule<{{.*}}scan_rows = 0,
// SM90: func.func @network{{.*}} attributes {rnn.gpu = #rnn.gpu<target = "sm_90", card = "H100 SXM", {{.*}}, rnn.gpu_schedule = #rnn.gpu_schedule<{{.*}}scan_rows = 1, scan_register_k = {{[1-9]}}
// In 16 bits there is room in both, most of it in registers.
// HALF: scan_rows = 4, scan_register_k = 128,
// A T4 has 64 KB: fewer sum blocks side by side.
// WIDE: scan_rows = 0, {{.*}}step_blocks = 8
// HAND: project_k = 16, {{.*}}step_units = 2

// GPU: error: target: found 'sm_70', expected an entry of the table of GPUs
// FIELD: error: schedule: found field 'speed', expected project_warps, project_thread_rows, project_thread_columns, project_k, scan_rows, scan_register_k, step_rows, step_thread_rows, step_units, step_blocks or step_unroll
// NUMBER: error: schedule: step_rows: found 'two', expected a whole number
// POWER: error: schedule: step_rows: found 12, expected a power of two from 1 to 32
// SHARED: error: schedule: found {{[0-9]+}} bytes of shared memory of scan, expected at most 166912 on sm_80
// REGISTERS: error: schedule: found 2{{[0-9]+}} registers of a thread of scan, expected at most 128 on sm_90
// THREADS: error: schedule: found 3072 threads of a block of step, expected at most 1024 on sm_90

func.func @network(%x: tensor<?x?x40xf32>, %w_ih: tensor<480x40xf32>,
                   %w_hh: tensor<480x160xf32>) -> tensor<?x?x160xf32>
    attributes {rnn.network = #rnn.network<input_size = 40, hidden_size = 160, bias = false, external_weights = true>} {
  %g = rnn.project %x, %w_ih : (tensor<?x?x40xf32>, tensor<480x40xf32>) -> tensor<?x?x480xf32>
  %y, %hn = rnn.scan %g {
  ^bb0(%gates: tensor<?x480xf32>, %h: tensor<?x160xf32>):
    %next = rnn.gru_cell %gates, %h, %w_hh
        : (tensor<?x480xf32>, tensor<?x160xf32>, tensor<480x160xf32>) -> tensor<?x160xf32>
    rnn.yield %next : tensor<?x160xf32>
  } : (tensor<?x?x480xf32>) -> (tensor<?x?x160xf32>, tensor<?x160xf32>)
  return %y : tensor<?x?x160xf32>
}
