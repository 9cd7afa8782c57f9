// RUN: grucc-opt %s --rnn-select-schedule="machine=x86-64-v4" | FileCheck %s

// No vector is wider than the network, and weights that stay in L1 need no zig-zag.
// CHECK-LABEL: func.func @eight_units_fill_eight_lanes
// CHECK: #rnn.schedule<lanes = 8, panel = 1,{{.*}} zigzag = false
func.func @eight_units_fill_eight_lanes(%x: tensor<?x?x1xf32>, %w_ih: tensor<24x1xf32>,
                                        %w_hh: tensor<24x8xf32>) -> tensor<?x?x8xf32> {
  %g = rnn.project %x, %w_ih : (tensor<?x?x1xf32>, tensor<24x1xf32>) -> tensor<?x?x24xf32>
  %y, %hn = rnn.scan %g {
  ^bb0(%gates: tensor<?x24xf32>, %h: tensor<?x8xf32>):
    %next = rnn.gru_cell %gates, %h, %w_hh
        : (tensor<?x24xf32>, tensor<?x8xf32>, tensor<24x8xf32>) -> tensor<?x8xf32>
    rnn.yield %next : tensor<?x8xf32>
  } : (tensor<?x?x24xf32>) -> (tensor<?x?x8xf32>, tensor<?x8xf32>)
  return %y : tensor<?x?x8xf32>
}
