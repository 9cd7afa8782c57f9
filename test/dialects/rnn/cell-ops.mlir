// RUN: grucc-opt %s | grucc-opt | FileCheck %s
// RUN: grucc-opt --mlir-print-op-generic %s | grucc-opt | FileCheck %s

#schedule = #rnn.schedule<lanes = 16, panel = 2, tiles = [8, 1, 1, 2], k_block = 64, pair_blocks = true,
                          k_chunk = 128, group_rows = 32, prefetch = true, chunk_rows = 64,
                          zigzag = true, fuse_step = true, unroll = 1>

// CHECK-LABEL: @project_and_scan
func.func @project_and_scan(%x: tensor<?x?x2xf32>, %h: tensor<?x3xf32>, %lengths: tensor<?xi64>,
                            %w_ih: tensor<9x2xf32>, %b_x: tensor<9xf32>, %w_hh: tensor<9x3xf32>,
                            %b_hn: tensor<3xf32>) -> (tensor<?x?x3xf32>, tensor<?x3xf32>) {
  // CHECK: %[[GATES:.*]] = rnn.project %{{.*}}, %{{.*}} bias(%{{.*}}) {schedule = #rnn.schedule<lanes = 16,
  %gates = rnn.project %x, %w_ih bias(%b_x) {schedule = #schedule}
      : (tensor<?x?x2xf32>, tensor<9x2xf32>, tensor<9xf32>) -> tensor<?x?x9xf32>
  // CHECK: rnn.scan %[[GATES]] h_0(%{{.*}}) lengths(%{{.*}}) reverse {
  %y, %h_n = rnn.scan %gates h_0(%h) lengths(%lengths) reverse {
  // CHECK-NEXT: ^bb0(%[[G:.*]]: tensor<?x9xf32>, %[[H:.*]]: tensor<?x3xf32>):
  ^bb0(%g: tensor<?x9xf32>, %state: tensor<?x3xf32>):
    // CHECK-NEXT: %[[NEXT:.*]] = rnn.gru_cell %[[G]], %[[H]], %{{.*}} bias(%{{.*}})
    %next = rnn.gru_cell %g, %state, %w_hh bias(%b_hn)
        : (tensor<?x9xf32>, tensor<?x3xf32>, tensor<9x3xf32>, tensor<3xf32>) -> tensor<?x3xf32>
    // CHECK-NEXT: rnn.yield %[[NEXT]] : tensor<?x3xf32>
    rnn.yield %next : tensor<?x3xf32>
  // CHECK-NEXT: } {schedule = #rnn.schedule<lanes = 16,
  } {schedule = #schedule} : (tensor<?x?x9xf32>, tensor<?x3xf32>, tensor<?xi64>)
      -> (tensor<?x?x3xf32>, tensor<?x3xf32>)
  return %y, %h_n : tensor<?x?x3xf32>, tensor<?x3xf32>
}

// b_hn alone, or b_hh whole; with one unit, too.
// CHECK-LABEL: @cell_biases
func.func @cell_biases(%g: tensor<4x3xf64>, %h: tensor<4x1xf64>, %w_hh: tensor<3x1xf64>,
                       %b_hn: tensor<1xf64>, %b_hh: tensor<3xf64>) -> tensor<4x1xf64> {
  // CHECK: rnn.gru_cell {{.*}} : (tensor<4x3xf64>, tensor<4x1xf64>, tensor<3x1xf64>, tensor<1xf64>)
  %once = rnn.gru_cell %g, %h, %w_hh bias(%b_hn)
      : (tensor<4x3xf64>, tensor<4x1xf64>, tensor<3x1xf64>, tensor<1xf64>) -> tensor<4x1xf64>
  // CHECK: rnn.gru_cell {{.*}} : (tensor<4x3xf64>, tensor<4x1xf64>, tensor<3x1xf64>, tensor<3xf64>)
  %twice = rnn.gru_cell %g, %once, %w_hh bias(%b_hh)
      : (tensor<4x3xf64>, tensor<4x1xf64>, tensor<3x1xf64>, tensor<3xf64>) -> tensor<4x1xf64>
  return %twice : tensor<4x1xf64>
}
