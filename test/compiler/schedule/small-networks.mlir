// RUN: grucc-opt %s --rnn-select-schedule="machine=x86-64-v4" --rnn-verify-schedule \
// RUN:   | FileCheck %s --check-prefixes=CHECK,V4
// RUN: grucc-opt %s --rnn-select-schedule="machine=x86-64-v3" --rnn-verify-schedule \
// RUN:   | FileCheck %s --check-prefixes=CHECK,V3
// RUN: grucc-opt %s --rnn-select-schedule="machine=x86-64-v4 fields=lanes=16" \
// RUN:   --rnn-verify-schedule | FileCheck %s --check-prefix=WIDE
// RUN: grucc-opt %s --rnn-select-schedule="machine=x86-64-v4 fields=lanes=4" \
// RUN:   --rnn-verify-schedule | FileCheck %s --check-prefix=NARROW
// RUN: grucc-opt %s --rnn-select-schedule="machine=x86-64-v4 fields=register_k=8" \
// RUN:   --rnn-verify-schedule | FileCheck %s --check-prefix=ALL
// RUN: not grucc-opt %s --rnn-select-schedule="machine=x86-64-v4 fields=register_k=9" \
// RUN:   --rnn-verify-schedule 2>&1 | FileCheck %s --check-prefix=MORE
// RUN: not grucc-opt %s --rnn-select-schedule="machine=x86-64-v4 fields=lanes=4,register_k=1" \
// RUN:   --rnn-verify-schedule 2>&1 | FileCheck %s --check-prefix=APART

// RUN: not grucc-opt %s --rnn-select-schedule="machine=x86-64-v4 fields=lanes=16,row_lanes=8" \
// RUN:   --rnn-verify-schedule 2>&1 | FileCheck %s --check-prefix=OTHER
// RUN: not grucc-opt %s \
// RUN:   --rnn-select-schedule="machine=x86-64-v4 fields=row_lanes=4,panel=4611686018427387904" \
// RUN:   --rnn-verify-schedule 2>&1 | FileCheck %s --check-prefix=HUGE
// RUN: not grucc-opt %s \
// RUN:   --rnn-select-schedule="machine=x86-64-v4 fields=row_lanes=4,panel=16,tiles=[1,16]" \
// RUN:   --rnn-verify-schedule 2>&1 | FileCheck %s --check-prefix=SUMS
// A vector of 512 bits that twelve units need is halved for one row; ten units fill a half and
// a packed vector. Half as many bits are never halved.
// RUN: sed -e 's/<24x/<36x/g' -e 's/x24xf32/x36xf32/g' -e 's/x8xf32/x12xf32/g; s/size = 8/size = 12/' %s \
// RUN:   | grucc-opt --rnn-select-schedule="machine=x86-64-v4" --rnn-verify-schedule \
// RUN:   | FileCheck %s --check-prefix=TWELVE
// RUN: sed -e 's/<24x/<30x/g' -e 's/x24xf32/x30xf32/g' -e 's/x8xf32/x10xf32/g; s/size = 8/size = 10/' %s \
// RUN:   | grucc-opt --rnn-select-schedule="machine=x86-64-v4" --rnn-verify-schedule \
// RUN:   | FileCheck %s --check-prefix=TEN
// RUN: sed -e 's/<24x/<36x/g' -e 's/x24xf32/x36xf32/g' -e 's/x8xf32/x12xf32/g; s/size = 8/size = 12/' %s \
// RUN:   | grucc-opt --rnn-select-schedule="machine=x86-64-v3" --rnn-verify-schedule \
// RUN:   | FileCheck %s --check-prefix=HALVES

// No vector is wider than the network, and weights that stay in L1 need no zig-zag. What
// registers the gates leave hold weights from step to step: a k has three.
// TWELVE: #rnn.schedule<lanes = 16, row_lanes = 8, panel = 1, tiles = [8, 1,
// TWELVE-NOT: register_k
// TEN: #rnn.schedule<lanes = 8, panel = 2,
// HALVES: #rnn.schedule<lanes = 8, panel = 2,
// HUGE: error: schedule: panel: found 4611686018427387904, expected 1 to 64
// SUMS: error: schedule: row_lanes: vectors of one row: found 32, expected at most 16
// OTHER: error: schedule: row_lanes: found 8, expected 0, since 8 units are other panels by 8 than by 16

// CHECK-LABEL: func.func @eight_units_fill_eight_lanes
// CHECK: #rnn.schedule<lanes = 8, panel = 1,{{.*}} zigzag = false
// V4-SAME: register_k = 4, late_limits = true
// V3-SAME: register_k = 1, late_limits = true
// ALL: register_k = 8,
// MORE: error: schedule: register_k: found 9, expected at most 8

// Lanes that were set by hand take it away: half a vector, or two.
// WIDE: #rnn.schedule<lanes = 16,
// WIDE-NOT: register_k
// NARROW: #rnn.schedule<lanes = 4,
// NARROW-NOT: register_k
// APART: error: schedule: register_k: found 1, expected 0, since 8 units are not one vector of 4
func.func @eight_units_fill_eight_lanes(%x: tensor<?x?x1xf32>, %w_ih: tensor<24x1xf32>,
                                        %w_hh: tensor<24x8xf32>) -> tensor<?x?x8xf32>
    attributes {rnn.network = #rnn.network<input_size = 1, hidden_size = 8, bias = false, external_weights = true>} {
  %g = rnn.project %x, %w_ih : (tensor<?x?x1xf32>, tensor<24x1xf32>) -> tensor<?x?x24xf32>
  %y, %hn = rnn.scan %g {
  ^bb0(%gates: tensor<?x24xf32>, %h: tensor<?x8xf32>):
    %next = rnn.gru_cell %gates, %h, %w_hh
        : (tensor<?x24xf32>, tensor<?x8xf32>, tensor<24x8xf32>) -> tensor<?x8xf32>
    rnn.yield %next : tensor<?x8xf32>
  } : (tensor<?x?x24xf32>) -> (tensor<?x?x8xf32>, tensor<?x8xf32>)
  return %y : tensor<?x?x8xf32>
}
