// RUN: grucc-opt %s \
// RUN:   --rnn-select-schedule="machine=x86-64-v4 fields=split=units,split_units=1,split_from=1" \
// RUN:   --rnn-plan-model --rnn-pack-weights --rnn-lower-layers --rnn-outline-kernels --rnn-expand-workspace --rnn-outline-phases | FileCheck %s
// RUN: grucc-opt %s \
// RUN:   --rnn-select-schedule="machine=x86-64-v4 fields=split=units,split_units=1,split_from=2" \
// RUN:   --rnn-plan-model --rnn-pack-weights --rnn-lower-layers --rnn-outline-kernels --rnn-expand-workspace --rnn-outline-phases | FileCheck %s --check-prefix=MORE --implicit-check-not=layer.one

// Where a step of one row is worth threads, a run of one step goes as `step` does: each part
// projects and scans its own panels in one walk, into the gates, since y may be x above layer 0.
// Which way it walks is said by where h_n and h_0 stand: the halves of a state take turns.
// CHECK: func.func private @net.step_2({{.*passthrough = \["noinline"\].*}}
// CHECK-LABEL: func.func private @net.layer.one(
// CHECK: %[[DOWN:.*]] = arith.cmpi ult
// CHECK: %[[DESCENDING:.*]] = arith.select %[[DOWN]]
// CHECK: scf.if
// CHECK: call @net.step_40({{.*}}, %[[DESCENDING]], %[[FIRST:.*]], %[[END:.*]]) :
// CHECK: call @net.step_2({{.*}}, %[[DESCENDING]], %[[FIRST]], %[[END]]) :
// Its units go to y and h_n when all parts have read x and h_0.
// CHECK-LABEL: func.func private @net.layer.keep(
// CHECK: call @net.copy(
// CHECK: call @net.copy(
// CHECK: func.func private @net.run({{.*}}rnn.descriptor = #rnn.descriptor<{{.*}}step_rows = 1, 
// MORE: func.func private @net.run({{.*}}rnn.descriptor = #rnn.descriptor<{{.*}}step_rows = 2, 

func.func @net(%x: tensor<?x?x2xf32>) -> (tensor<?x?x40xf32>, tensor<2x?x40xf32>)
    attributes {rnn.network = #rnn.network<input_size = 2, hidden_size = 40, num_layers = 2, bias = false>} {
  %w_0 = arith.constant dense<0.1> : tensor<120x2xf32>
  %w_1 = arith.constant dense<0.2> : tensor<120x40xf32>
  %w_hh = arith.constant dense<0.3> : tensor<120x40xf32>
  %g_0 = rnn.project %x, %w_0 : (tensor<?x?x2xf32>, tensor<120x2xf32>) -> tensor<?x?x120xf32>
  %y_0, %hn_0 = rnn.scan %g_0 {
  ^bb0(%gates: tensor<?x120xf32>, %h: tensor<?x40xf32>):
    %next = rnn.gru_cell %gates, %h, %w_hh
        : (tensor<?x120xf32>, tensor<?x40xf32>, tensor<120x40xf32>) -> tensor<?x40xf32>
    rnn.yield %next : tensor<?x40xf32>
  } : (tensor<?x?x120xf32>) -> (tensor<?x?x40xf32>, tensor<?x40xf32>)
  %g_1 = rnn.project %y_0, %w_1 : (tensor<?x?x40xf32>, tensor<120x40xf32>) -> tensor<?x?x120xf32>
  %y_1, %hn_1 = rnn.scan %g_1 {
  ^bb0(%gates: tensor<?x120xf32>, %h: tensor<?x40xf32>):
    %next = rnn.gru_cell %gates, %h, %w_hh
        : (tensor<?x120xf32>, tensor<?x40xf32>, tensor<120x40xf32>) -> tensor<?x40xf32>
    rnn.yield %next : tensor<?x40xf32>
  } : (tensor<?x?x120xf32>) -> (tensor<?x?x40xf32>, tensor<?x40xf32>)
  %h_n = rnn.stack %hn_0, %hn_1 : tensor<?x40xf32>, tensor<?x40xf32> -> tensor<2x?x40xf32>
  return %y_1, %h_n : tensor<?x?x40xf32>, tensor<2x?x40xf32>
}
