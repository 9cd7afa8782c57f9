// RUN: grucc-opt %s --rnn-select-gpu-schedule="gpu=sm_80" --rnn-emit-gpu-kernels --rnn-expand-cell | FileCheck %s
// RUN: grucc-opt %s --rnn-select-gpu-schedule="gpu=sm_80 fields=scan_rows=0" --rnn-emit-gpu-kernels --rnn-expand-cell \
// RUN:   | FileCheck %s --check-prefix=NO-SCAN
// RUN: grucc-opt %s --rnn-round-weights="precision=bfloat16" --rnn-select-gpu-schedule="gpu=sm_80" --rnn-emit-gpu-kernels --rnn-expand-cell \
// RUN:   | FileCheck %s --check-prefix=HALF
// RUN: not grucc-opt %s --rnn-emit-gpu-kernels 2>&1 | FileCheck %s --check-prefix=UNSCHEDULED
// RUN: sed -e 's/f32/f64/g; s/size = 3>/size = 3, dtype = float64>/' %s | not grucc-opt --rnn-select-gpu-schedule="gpu=sm_80" --rnn-emit-gpu-kernels 2>&1 \
// RUN:   | FileCheck %s --check-prefix=FLOAT64
// RUN: sed -e 's/%w_ih = arith.*/%w_ih = "test.weights"() : () -> tensor<9x2xf32>/' %s \
// RUN:   | not grucc-opt --allow-unregistered-dialect --rnn-select-gpu-schedule="gpu=sm_80" --rnn-emit-gpu-kernels 2>&1 \
// RUN:   | FileCheck %s --check-prefix=EXTERNAL

// UNSCHEDULED: error: {{.*}}found no schedule, expected rnn-select-gpu-schedule to have run
// FLOAT64: error: {{.*}}dtype: found float64, expected float32 for a GPU
// EXTERNAL: error: weights: found values that are not known at compile time, expected constants

// How kernels are launched: threads, bytes of shared memory, rows of a block, columns of
// the grid; and where each layer's weights stand. One layer has one kind of projection.
// Nothing of the network is left but kernels, bytes, and what stood on its function.
// CHECK: module attributes {gpu.container_module}
// CHECK-NOT: func.func
// CHECK: gpu.module @net_kernels attributes {
// CHECK-SAME: rnn.cuda = #rnn.cuda<
// CHECK-SAME: project_input = <name = "net_project_input", threads = 128, shared_bytes = [[#]], rows = 64, columns = 1>
// CHECK-SAME: project_above = <name = "net_project_input", threads = 128, shared_bytes = [[#]], rows = 64, columns = 1>
// CHECK-SAME: scan = <name = "net_scan", threads = 32, shared_bytes = [[#]], rows = 1, columns = 1>
// CHECK-SAME: step = <name = "net_step", threads = 32, shared_bytes = [[#]], rows = 16, columns = 2>
// CHECK-SAME: layers = [array<i64: 0, [[#BIAS:]], [[#HH:]], [[#STEP:]], [[#HN:]]>]
// CHECK-SAME: rnn.gpu = #rnn.gpu<target = "sm_80"
// CHECK-SAME: rnn.network = #rnn.network<input_size = 2, hidden_size = 3>
// CHECK: llvm.mlir.global external @shared() {addr_space = 3 : i32, alignment = 16 : i64} : !llvm.array<0 x f32>

// Every chunk of k has one barrier, and multiply-adds are fused.
// CHECK-LABEL: gpu.func @net_project_input(%{{.*}}: i64, {{.*}} kernel attributes {known_block_size = array<i32: 128, 1, 1>, nvvm.maxnreg = 128 : i32}
// CHECK: gpu.barrier
// CHECK-NOT: gpu.barrier
// CHECK: math.fma
// CHECK-NOT: gpu.barrier
// CHECK: gpu.return

// One sum block: threads meet once a step, and states take turns.
// CHECK-LABEL: gpu.func @net_scan(
// CHECK: scf.for
// CHECK: gpu.barrier
// CHECK-NOT: gpu.barrier
// CHECK: math.fma
// CHECK: rnn.sigmoid
// CHECK: rnn.sigmoid
// CHECK: rnn.tanh
// CHECK-NOT: gpu.barrier
// CHECK: gpu.return

// No block asks whether its rows are over but by a vote of its own warp.
// CHECK-LABEL: gpu.func @net_step(
// CHECK: nvvm.vote.sync any
// CHECK: gpu.barrier
// CHECK: math.fma
// CHECK: gpu.barrier
// CHECK: rnn.tanh
// CHECK: gpu.return
// CHECK: llvm.mlir.global internal constant @net.weights(dense_resource<net.weights> : tensor<[[#]]xi8>)

// In 16 bits a warp has 16 units, and the products of their three gates in its own registers:
// threads meet once a step.
// HALF: scan = <name = "net_scan", threads = 32, shared_bytes = [[#]], rows = 4, columns = 1>
// HALF-LABEL: gpu.func @net_scan(
// HALF: arith.truncf {{.*}} to bf16
// HALF: scf.for
// HALF: gpu.barrier
// HALF-NOT: gpu.barrier
// HALF-COUNT-3: nvvm.mma.sync
// HALF-NOT: nvvm.mma.sync
// HALF: rnn.tanh
// HALF-NOT: gpu.barrier
// HALF: arith.truncf {{.*}} to bf16
// HALF: gpu.return

// NO-SCAN: project_above = <{{[^<>]*}}>, step = <name = "net_step"
// NO-SCAN-NOT: gpu.func @net_scan

func.func @net(%x: tensor<?x?x2xf32>) -> (tensor<?x?x3xf32>, tensor<1x?x3xf32>)
    attributes {rnn.network = #rnn.network<input_size = 2, hidden_size = 3>} {
  %w_ih = arith.constant dense<0.5> : tensor<9x2xf32>
  %w_hh = arith.constant dense<0.25> : tensor<9x3xf32>
  %b = arith.constant dense<0.125> : tensor<9xf32>
  %b_hn = arith.constant dense<1.0> : tensor<3xf32>
  %g = rnn.project %x, %w_ih bias(%b)
      : (tensor<?x?x2xf32>, tensor<9x2xf32>, tensor<9xf32>) -> tensor<?x?x9xf32>
  %y, %hn = rnn.scan %g {
  ^bb0(%gates: tensor<?x9xf32>, %h: tensor<?x3xf32>):
    %next = rnn.gru_cell %gates, %h, %w_hh bias(%b_hn)
        : (tensor<?x9xf32>, tensor<?x3xf32>, tensor<9x3xf32>, tensor<3xf32>) -> tensor<?x3xf32>
    rnn.yield %next : tensor<?x3xf32>
  } : (tensor<?x?x9xf32>) -> (tensor<?x?x3xf32>, tensor<?x3xf32>)
  %h_n = rnn.stack %hn : tensor<?x3xf32> -> tensor<1x?x3xf32>
  return %y, %h_n : tensor<?x?x3xf32>, tensor<1x?x3xf32>
}
