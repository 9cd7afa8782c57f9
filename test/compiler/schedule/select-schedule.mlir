// RUN: grucc-opt %s --rnn-select-schedule="machine=x86-64-v4" | FileCheck %s --check-prefixes=CHECK,V4
// RUN: grucc-opt %s --rnn-select-schedule="machine=x86-64-v3" | FileCheck %s --check-prefixes=CHECK,V3
// RUN: grucc-opt %s --rnn-select-schedule="machine=x86-64-v2" | FileCheck %s --check-prefixes=CHECK,V2
// RUN: grucc-opt %s --rnn-select-schedule="machine=zen3" | FileCheck %s --check-prefix=ZEN3
// RUN: grucc-opt %S/small-networks.mlir --rnn-select-schedule="machine=zen3" | FileCheck %s --check-prefix=SMALL
// RUN: grucc-opt %s --rnn-select-schedule="machine=x86-64-v3 fields=panel=2,chunk_rows=24" \
// RUN:   | FileCheck %s --check-prefix=HAND
// RUN: not grucc-opt %s --rnn-select-schedule="machine=pdp11" 2>&1 | FileCheck %s --check-prefix=MACHINE
// RUN: not grucc-opt %s --rnn-select-schedule="machine=x86-64-v3 fields=k_block=32" 2>&1 | FileCheck %s --check-prefix=ORDER
// RUN: not grucc-opt %s --rnn-select-schedule="machine=x86-64-v3 fields=speed=11" 2>&1 | FileCheck %s --check-prefix=FIELD
// RUN: not grucc-opt %s --rnn-select-schedule="machine=x86-64-v3 fields=panel=two" 2>&1 | FileCheck %s --check-prefix=NUMBER

// The function remembers the machine and the schedule; every projection and scan carries it.
// CHECK-LABEL: func.func @wide_network
// V4-SAME: attributes {rnn.machine = #rnn.machine<name = "x86-64-v4"{{.*}}>, rnn.network = {{.*}}, rnn.schedule = #rnn.schedule<
// V4: rnn.project {{.*}} {schedule = #rnn.schedule<lanes = 16, panel = 1, tiles = [8, 1, 5, 1, 4, 1, 3, 1, 2, 1, 1, 1], k_block = 64,{{.*}} zigzag = true
// V4: rnn.scan
// V4: schedule = #rnn.schedule<lanes = 16, panel = 1
// V3: rnn.project {{.*}} {schedule = #rnn.schedule<lanes = 8, panel = 1, tiles = [4, 1, 3, 1, 2, 1, 1, 1], k_block = 64
// V2: rnn.project {{.*}} {schedule = #rnn.schedule<lanes = 4, panel = 1, tiles = [4, 1, 3, 1, 2, 1, 1, 1], k_block = 64
// HAND: schedule = #rnn.schedule<lanes = 8, panel = 2, {{.*}}chunk_rows = 24
// Where the recurrent weights, here 768 KiB, are beyond L2 a machine may read several panels at a time.
// ZEN3: rnn.schedule = #rnn.schedule<{{.*}}zigzag = true, streams = 4, fuse_step = true
// SMALL: rnn.schedule = #rnn.schedule<
// SMALL-NOT: streams

// MACHINE: error: machine: found 'pdp11', expected aarch64-sve128, {{.*}}zen3, {{.*}} or a file that ends in .json
// ORDER: error: schedule: k_block: found 32, expected 64
// FIELD: error: schedule: found field 'speed', expected lanes, row_lanes, {{[a-z_, ]+}} or {{[a-z_]+$}}
// NUMBER: error: schedule: panel: found 'two', expected a whole number

func.func @wide_network(%x: tensor<?x?x40xf32>, %w_ih: tensor<768x40xf32>,
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
