// RUN: grucc-opt %s --rnn-select-schedule="machine=x86-64-v3" --rnn-verify-schedule | FileCheck %s
// RUN: not grucc-opt %s --rnn-select-schedule="machine=x86-64-v3 fields=lanes=16" --rnn-verify-schedule 2>&1 | FileCheck %s --check-prefix=LANES
// RUN: not grucc-opt %s --rnn-select-schedule="machine=x86-64-v3 fields=unroll=4096" --rnn-verify-schedule 2>&1 | FileCheck %s --check-prefix=UNROLL
// RUN: not grucc-opt %s --rnn-select-schedule="machine=x86-64-v3 fields=panel=65" --rnn-verify-schedule 2>&1 | FileCheck %s --check-prefix=PANEL
// RUN: not grucc-opt %s --rnn-select-schedule="machine=x86-64-v3 fields=panel=6,tiles=[3;6;1;1]" --rnn-verify-schedule 2>&1 | FileCheck %s --check-prefix=LIST
// RUN: not grucc-opt %s --rnn-select-schedule="machine=x86-64-v3 fields=chunk_rows=65537" --rnn-verify-schedule 2>&1 | FileCheck %s --check-prefix=CHUNK
// RUN: not grucc-opt %s --rnn-select-schedule="machine=x86-64-v3 fields=group_rows=65" --rnn-verify-schedule 2>&1 | FileCheck %s --check-prefix=GROUP
// RUN: not grucc-opt %s --rnn-select-schedule="machine=x86-64-v3 fields=register_k=2" --rnn-verify-schedule 2>&1 | FileCheck %s --check-prefix=REGISTERS
// RUN: not grucc-opt %s --rnn-select-schedule="machine=x86-64-v3 fields=streams=4,stream_rows=9" --rnn-verify-schedule 2>&1 | FileCheck %s --check-prefix=STREAMS
// RUN: not grucc-opt %s --rnn-verify-schedule 2>&1 | FileCheck %s --check-prefix=NONE

// 64 rows of 3 gates and 8 floats fit 6 KB of stack, 65 do not.
// RUN: grucc-opt %s --rnn-select-schedule="machine=x86-64-v3 fields=group_rows=64" --rnn-verify-schedule | FileCheck %s

// Of 4 panels 8 rows do, twice.
// RUN: grucc-opt %s --rnn-select-schedule="machine=x86-64-v3 fields=streams=4,stream_rows=8" --rnn-verify-schedule | FileCheck %s

// CHECK-LABEL: func.func @network
// LANES: error: schedule: lanes: found 16, expected at most 8 on x86-64-v3
// UNROLL: error: schedule: unroll: found 4096, expected 1 to 64
// PANEL: error: schedule: panel: found 65, expected 1 to 64
// LIST: error: schedule: tiles: found '[3;6;1;1]', expected [rows,vectors,rows,vectors], whole numbers
// CHUNK: error: schedule: chunk_rows: found 65537, expected 1 to 65536
// GROUP: error: schedule: group_rows: found 65, expected at most 64
// STREAMS: error: schedule: stream_rows: found 9, expected at most 8
// REGISTERS: error: schedule: register_k: found 2, expected 0, since 256 units are not one vector of 8
// NONE: error: {{.*}}found no schedule, expected rnn-select-schedule to have run

func.func @network(%x: tensor<?x?x40xf32>, %w_ih: tensor<768x40xf32>,
                   %w_hh: tensor<768x256xf32>) -> tensor<?x?x256xf32>
    attributes {rnn.network = #rnn.network<input_size = 40, hidden_size = 256, bias = false, external_weights = true>} {
  %g = rnn.project %x, %w_ih : (tensor<?x?x40xf32>, tensor<768x40xf32>) -> tensor<?x?x768xf32>
  %y, %hn = rnn.scan %g {
  ^bb0(%gates: tensor<?x768xf32>, %h: tensor<?x256xf32>):
    %next = rnn.gru_cell %gates, %h, %w_hh
        : (tensor<?x768xf32>, tensor<?x256xf32>, tensor<768x256xf32>) -> tensor<?x256xf32>
    rnn.yield %next : tensor<?x256xf32>
  } : (tensor<?x?x768xf32>) -> (tensor<?x?x256xf32>, tensor<?x256xf32>)
  return %y : tensor<?x?x256xf32>
}
