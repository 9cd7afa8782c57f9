// RUN: grucc-opt %s --split-input-file --rnn-emit-descriptor | FileCheck %s
// RUN: echo 'module {}' | not grucc-opt --rnn-emit-descriptor 2>&1 | FileCheck %s --check-prefix=MISSING

// MISSING: error: found no rnn.descriptor, expected rnn-emit-interface to have run

// ABI version, size, flags (bias, batch first); functions that do not exist stay NULL.
// CHECK: llvm.mlir.global external constant @net_id_{{[0-9a-f]+}}
// CHECK: llvm.mlir.global internal constant @net.name("net\00")
// CHECK: llvm.mlir.global external constant @net_model()
// CHECK: %[[ABI:.*]] = llvm.mlir.constant(4 : i32)
// CHECK: llvm.insertvalue %[[ABI]], %{{.*}}[0]
// CHECK: %[[SIZE:.*]] = llvm.mlir.constant(368 : i32)
// CHECK: llvm.insertvalue %[[SIZE]], %{{.*}}[1]
// CHECK: %[[FLAGS:.*]] = llvm.mlir.constant(3 : i32)
// CHECK: llvm.insertvalue %[[FLAGS]], %{{.*}}[2]
// CHECK: %[[ROWS:.*]] = llvm.mlir.constant(7 : i32)
// CHECK: llvm.insertvalue %[[ROWS]], %{{.*}}[3]
// The architecture, bytes of a pointer, and the alignment; no variant.
// CHECK: %[[ARCHITECTURE:.*]] = llvm.mlir.constant(1 : i32)
// CHECK-NEXT: llvm.insertvalue %[[ARCHITECTURE]], %{{.*}}[4]
// CHECK: %[[POINTER:.*]] = llvm.mlir.constant(8 : i32)
// CHECK-NEXT: llvm.insertvalue %[[POINTER]], %{{.*}}[5]
// CHECK: %[[ALIGNMENT:.*]] = llvm.mlir.constant(64 : i32)
// CHECK-NEXT: llvm.insertvalue %[[ALIGNMENT]], %{{.*}}[6]
// CHECK: %[[DROPOUT:.*]] = llvm.mlir.constant(0.000000e+00 : f64)
// CHECK: llvm.insertvalue %[[DROPOUT]], %{{.*}}[13]
// CHECK: %[[FEATURES:.*]] = llvm.mlir.constant(7 : i64)
// CHECK: llvm.insertvalue %[[FEATURES]], %{{.*}}[16, 0]
// CHECK: llvm.insertvalue %{{.*}}, %{{.*}}[20] : !llvm.struct<{{.*}}array<32 x i8>
// CHECK: %[[ENTRY:.*]] = llvm.mlir.addressof @net_run
// CHECK: llvm.insertvalue %[[ENTRY]], %{{.*}}[24]
// CHECK-NOT: llvm.insertvalue
// CHECK: llvm.return
llvm.func @net_run(%args: !llvm.ptr) -> i32 attributes {
    rnn.machine = #rnn.machine<name = "m", target = "x86-64-v3", fma_per_cycle = 2, loads_per_cycle = 2, mhz = 3000, l1_bytes = 1, l2_bytes = 1, l3_bytes = 1, l2_bandwidth = 1, l3_bandwidth = 1>,
    rnn.network = #rnn.network<input_size = 2, hidden_size = 3, batch_first = true>,
    rnn.descriptor = #rnn.descriptor<name = "net", workspace_rows = [36], workspace_fixed = 64, weights_bytes = 64, step_rows = 7, row_bytes = 36>} {
  %0 = llvm.mlir.constant(0 : i32) : i32
  llvm.return %0 : i32
}

// -----

// Each flag is a bit of its own: bidirectional 4, float64 8, training 32; not external, 16.
// CHECK: llvm.mlir.global external constant @net_model()
// CHECK: %[[FLAGS:.*]] = llvm.mlir.constant(44 : i32)
// CHECK: llvm.insertvalue %[[FLAGS]], %{{.*}}[2]
// CHECK: %[[DROPOUT:.*]] = llvm.mlir.constant(2.500000e-01 : f64)
// CHECK: llvm.insertvalue %[[DROPOUT]], %{{.*}}[13]
// Two layers and directions, two tensors each.
// CHECK: %[[COUNT:.*]] = llvm.mlir.constant(8 : i64)
// CHECK: llvm.insertvalue %[[COUNT]], %{{.*}}[18]
llvm.func @net_run(%args: !llvm.ptr) -> i32 attributes {
    rnn.machine = #rnn.machine<name = "m", target = "x86-64-v3", fma_per_cycle = 2, loads_per_cycle = 2, mhz = 3000, l1_bytes = 1, l2_bytes = 1, l3_bytes = 1, l2_bandwidth = 1, l3_bandwidth = 1>,
    rnn.network = #rnn.network<input_size = 2, hidden_size = 3, num_layers = 2, bias = false, bidirectional = true,
                               dropout = 0.25, training = true, dtype = float64>,
    rnn.descriptor = #rnn.descriptor<name = "net", workspace_rows = [36], workspace_fixed = 64, weights_bytes = 64, step_rows = 0, row_bytes = 36>} {
  %0 = llvm.mlir.constant(0 : i32) : i32
  llvm.return %0 : i32
}

// -----

// CHECK: llvm.mlir.global external constant @net_model()
// CHECK: %[[FLAGS:.*]] = llvm.mlir.constant(16 : i32)
// CHECK: llvm.insertvalue %[[FLAGS]], %{{.*}}[2]
llvm.func @net_run(%args: !llvm.ptr) -> i32 attributes {
    rnn.machine = #rnn.machine<name = "m", target = "x86-64-v3", fma_per_cycle = 2, loads_per_cycle = 2, mhz = 3000, l1_bytes = 1, l2_bytes = 1, l3_bytes = 1, l2_bandwidth = 1, l3_bandwidth = 1>,
    rnn.network = #rnn.network<input_size = 2, hidden_size = 3, bias = false, external_weights = true>,
    rnn.descriptor = #rnn.descriptor<name = "net", workspace_rows = [36], workspace_fixed = 64, weights_bytes = 64, step_rows = 0, row_bytes = 36>} {
  %0 = llvm.mlir.constant(0 : i32) : i32
  llvm.return %0 : i32
}
