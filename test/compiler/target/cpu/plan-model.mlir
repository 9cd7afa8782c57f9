// RUN: grucc-opt %s --rnn-select-schedule="machine=x86-64-v3" --rnn-plan-model | FileCheck %s

// Four lanes, three gates of two units: 3 * 4 numbers for each k, each part from a line on.
// The first layer reads two numbers a row, the second as many as the first has units: two.
// CHECK-LABEL: @net(
// CHECK-SAME: rnn.memory = #rnn.memory<weights = 768, chunk_rows = 512, workspace =
// CHECK-SAME: [<"gates", 48, chunk_row>, <"other", 0, row>, <"staged", 8, chunk_row>, <"states", 16, batch_row>,
// CHECK-SAME: <"sizes", 8, step>, <"places", 8, step>, <"order", 8, batch_row>]>
// CHECK: rnn.project {{.*}}rnn.place = #rnn.place<weights = 0, bias = 128>
// CHECK: rnn.scan
// CHECK: rnn.place = #rnn.place<weights = 192, bias = 320, state = 0>
// CHECK: rnn.project {{.*}}rnn.place = #rnn.place<weights = 384, bias = 512>
// CHECK: rnn.scan
// CHECK: rnn.place = #rnn.place<weights = 576, bias = 704, state = 1>
func.func @net(%x: tensor<?x?x2xf32>) -> (tensor<?x?x2xf32>, tensor<2x?x2xf32>)
    attributes {rnn.network = #rnn.network<input_size = 2, hidden_size = 2, num_layers = 2>} {
  %w = arith.constant dense<0.5> : tensor<6x2xf32>
  %b = arith.constant dense<0.25> : tensor<6xf32>
  %b_n = arith.constant dense<0.25> : tensor<2xf32>
  %g = rnn.project %x, %w bias(%b) : (tensor<?x?x2xf32>, tensor<6x2xf32>, tensor<6xf32>) -> tensor<?x?x6xf32>
  %y, %hn = rnn.scan %g {
  ^bb0(%gates: tensor<?x6xf32>, %h: tensor<?x2xf32>):
    %next = rnn.gru_cell %gates, %h, %w bias(%b_n)
        : (tensor<?x6xf32>, tensor<?x2xf32>, tensor<6x2xf32>, tensor<2xf32>) -> tensor<?x2xf32>
    rnn.yield %next : tensor<?x2xf32>
  } : (tensor<?x?x6xf32>) -> (tensor<?x?x2xf32>, tensor<?x2xf32>)
  %g1 = rnn.project %y, %w bias(%b) : (tensor<?x?x2xf32>, tensor<6x2xf32>, tensor<6xf32>) -> tensor<?x?x6xf32>
  %y1, %hn1 = rnn.scan %g1 {
  ^bb0(%gates: tensor<?x6xf32>, %h: tensor<?x2xf32>):
    %next = rnn.gru_cell %gates, %h, %w bias(%b_n)
        : (tensor<?x6xf32>, tensor<?x2xf32>, tensor<6x2xf32>, tensor<2xf32>) -> tensor<?x2xf32>
    rnn.yield %next : tensor<?x2xf32>
  } : (tensor<?x?x6xf32>) -> (tensor<?x?x2xf32>, tensor<?x2xf32>)
  %h_n = rnn.stack %hn, %hn1 : tensor<?x2xf32>, tensor<?x2xf32> -> tensor<2x?x2xf32>
  return %y1, %h_n : tensor<?x?x2xf32>, tensor<2x?x2xf32>
}
