// RUN: grucc-opt %s --rnn-select-gpu-schedule="gpu=sm_80" --rnn-emit-gpu-kernels | FileCheck %s

// Networks of one module have kernels, weights and attributes each of their own: the weights of
// 160 units fit no block of this GPU, those of three do.
// CHECK: gpu.module @small_kernels attributes {rnn.cuda = #rnn.cuda<project_input = <name = "small_project_input",{{.*}} scan = <name = "small_scan",{{.*}} step = <name = "small_step",
// CHECK-SAME: rnn.gpu_schedule = #rnn.gpu_schedule<{{.*}}scan_rows = 1,
// CHECK-SAME: rnn.network = #rnn.network<input_size = 2, hidden_size = 3, bias = false>
// CHECK: gpu.func @small_scan(
// CHECK: llvm.mlir.global internal constant @small.weights(
// CHECK: gpu.module @large_kernels attributes {rnn.cuda = #rnn.cuda<project_input = <name = "large_project_input",{{[^<>]*}}>, project_above = <{{[^<>]*}}>, step = <name = "large_step",
// CHECK-SAME: rnn.gpu_schedule = #rnn.gpu_schedule<{{.*}}scan_rows = 0,
// CHECK-SAME: rnn.network = #rnn.network<input_size = 40, hidden_size = 160, bias = false>
// CHECK-NOT: gpu.func @large_scan(
// CHECK: llvm.mlir.global internal constant @large.weights(
func.func @small(%x: tensor<?x?x2xf32>) -> (tensor<?x?x3xf32>, tensor<1x?x3xf32>)
    attributes {rnn.network = #rnn.network<input_size = 2, hidden_size = 3, bias = false>} {
  %w_ih = arith.constant dense<0.5> : tensor<9x2xf32>
  %w_hh = arith.constant dense<0.25> : tensor<9x3xf32>
  %g = rnn.project %x, %w_ih : (tensor<?x?x2xf32>, tensor<9x2xf32>) -> tensor<?x?x9xf32>
  %y, %hn = rnn.scan %g {
  ^bb0(%gates: tensor<?x9xf32>, %h: tensor<?x3xf32>):
    %next = rnn.gru_cell %gates, %h, %w_hh
        : (tensor<?x9xf32>, tensor<?x3xf32>, tensor<9x3xf32>) -> tensor<?x3xf32>
    rnn.yield %next : tensor<?x3xf32>
  } : (tensor<?x?x9xf32>) -> (tensor<?x?x3xf32>, tensor<?x3xf32>)
  %h_n = rnn.stack %hn : tensor<?x3xf32> -> tensor<1x?x3xf32>
  return %y, %h_n : tensor<?x?x3xf32>, tensor<1x?x3xf32>
}
func.func @large(%x: tensor<?x?x40xf32>) -> (tensor<?x?x160xf32>, tensor<1x?x160xf32>)
    attributes {rnn.network = #rnn.network<input_size = 40, hidden_size = 160, bias = false>} {
  %w_ih = arith.constant dense<0.5> : tensor<480x40xf32>
  %w_hh = arith.constant dense<0.25> : tensor<480x160xf32>
  %g = rnn.project %x, %w_ih : (tensor<?x?x40xf32>, tensor<480x40xf32>) -> tensor<?x?x480xf32>
  %y, %hn = rnn.scan %g {
  ^bb0(%gates: tensor<?x480xf32>, %h: tensor<?x160xf32>):
    %next = rnn.gru_cell %gates, %h, %w_hh
        : (tensor<?x480xf32>, tensor<?x160xf32>, tensor<480x160xf32>) -> tensor<?x160xf32>
    rnn.yield %next : tensor<?x160xf32>
  } : (tensor<?x?x480xf32>) -> (tensor<?x?x160xf32>, tensor<?x160xf32>)
  %h_n = rnn.stack %hn : tensor<?x160xf32> -> tensor<1x?x160xf32>
  return %y, %h_n : tensor<?x?x160xf32>, tensor<1x?x160xf32>
}
