// RUN: grucc-opt %s --split-input-file --rnn-emit-interface | FileCheck %s

// What describes the model goes on to the public function, which takes the private one's place; so
// does room on the stack.
// CHECK: func.func @net_run(%[[ARGS:.*]]: !llvm.ptr) -> i32 attributes {rnn.descriptor = {{.*}}, rnn.machine = {{.*}}, rnn.network = {{.*}}} {
// CHECK-NEXT: %[[WORDS:.*]] = arith.constant 6 : i64
// CHECK-NEXT: %[[FRAME:.*]] = llvm.alloca %[[WORDS]] x i64
// No arguments, or of another size than grucc_args has for these pointers: 1.
// CHECK: %[[NULL:.*]] = llvm.icmp "eq" %[[ARGS]], %{{.*}} : !llvm.ptr
// CHECK-NEXT: %[[STATUS:.*]] = scf.if %[[NULL]] -> (i32) {
// CHECK-NEXT: %[[E1:.*]] = arith.constant 1 : i32
// CHECK-NEXT: scf.yield %[[E1]]
// CHECK: %[[AT:.*]] = llvm.getelementptr %[[ARGS]][0, 0] : (!llvm.ptr) -> !llvm.ptr, !llvm.struct<(i64, i64, i64, ptr, {{.*}})>
// CHECK-NEXT: %[[SIZE:.*]] = llvm.load %[[AT]] : !llvm.ptr -> i64
// CHECK-NEXT: %[[BYTES:.*]] = arith.constant 136 : i64
// CHECK-NEXT: arith.cmpi ne, %[[SIZE]], %[[BYTES]]
// Rows of 16 bytes: no more of them than 2^60 bytes hold.
// CHECK: arith.constant 72057594037927936 : i64
// CHECK: arith.constant 2 : i32
// The weights are the model's own: 5.
// CHECK: llvm.getelementptr %[[ARGS]][0, 10]
// CHECK: arith.constant 5 : i32
// CHECK: arith.constant 3 : i32
// CHECK: arith.constant 4 : i32
// Lengths are looked at last, and only where there are any.
// CHECK: %[[LENGTHS:.*]] = llvm.load %{{.*}} : !llvm.ptr -> !llvm.ptr
// CHECK: memref.load %{{.*}} : memref<?xi64>
// CHECK: call @work(%[[ARGS]], %[[FRAME]])
// CHECK-NEXT: %[[OK:.*]] = arith.constant 0 : i32
// CHECK-NEXT: scf.yield %[[OK]]
// CHECK: return %[[STATUS]] : i32
func.func private @net.run(%args: !llvm.ptr) attributes {
    rnn.network = #rnn.network<input_size = 2, hidden_size = 1, bidirectional = true>,
    rnn.machine = #rnn.machine<name = "m", target = "x86-64-v3", fma_per_cycle = 2, loads_per_cycle = 2, mhz = 3000, l1_bytes = 1, l2_bytes = 1, l3_bytes = 1, l2_bandwidth = 1, l3_bandwidth = 1>,
    rnn.descriptor = #rnn.descriptor<name = "net", workspace_rows = [36], workspace_fixed = 64, weights_bytes = 64, step_rows = 0, row_bytes = 16>} {
  %words = arith.constant 6 : i64
  %frame = llvm.alloca %words x i64 : (i64) -> !llvm.ptr
  call @work(%args, %frame) : (!llvm.ptr, !llvm.ptr) -> ()
  return
}
func.func private @work(!llvm.ptr, !llvm.ptr)
// CHECK: func.func @net_workspace_bytes(%[[T:.*]]: i64, %[[B:.*]]: i64) -> i64 {
// CHECK-NEXT: %[[BYTES:.*]] = arith.muli %[[T]], %[[B]] : i64
// CHECK: %[[NEVER:.*]] = arith.constant -1 : i64
// CHECK: arith.select %{{.*}}, %{{.*}}, %[[BYTES]] : i64
// Nothing streams in two directions.
// CHECK-NOT: @net_{{s|pack}}
func.func private @net.workspace_bytes(%steps: i64, %batch: i64) -> i64 {
  %bytes = arith.muli %steps, %batch : i64
  return %bytes : i64
}

// An argument as what its field is, and as what stands behind it.
// CHECK-LABEL: func.func private @net.layers(
// CHECK-SAME: %[[ARGS:.*]]: !llvm.ptr)
func.func private @net.layers(%args: !llvm.ptr) -> (index, memref<?xf32>) {
  // CHECK: %[[AT:.*]] = llvm.getelementptr %[[ARGS]][0, 15]
  // CHECK-NEXT: %[[COUNT:.*]] = llvm.load %[[AT]] : !llvm.ptr -> i64
  // CHECK-NEXT: %[[THREADS:.*]] = arith.index_cast %[[COUNT]] : i64 to index
  %threads = rnn.argument threads of %args : index
  // CHECK: %[[AT:.*]] = llvm.getelementptr %[[ARGS]][0, 7]
  // CHECK-NEXT: %[[POINTER:.*]] = llvm.load %[[AT]] : !llvm.ptr -> !llvm.ptr
  // CHECK: %[[OUTPUT:.*]] = builtin.unrealized_conversion_cast %{{.*}} to memref<?xf32>
  %output = rnn.argument output of %args : memref<?xf32>
  // CHECK: return %[[THREADS]], %[[OUTPUT]]
  return %threads, %output : index, memref<?xf32>
}
// Every CPU of the platform may ask.
// CHECK: func.func @net_supported() -> i32 attributes {passthrough = {{\[\[}}"target-cpu", "x86-64"]]}

// -----

// A stream, and weights that the caller packs.
// CHECK-LABEL: func.func @given_state_bytes(
// CHECK-LABEL: func.func @given_init_state(
// CHECK: call @work(%{{.*}}, %{{.*}}) : (!llvm.ptr, !llvm.ptr)
// CHECK-LABEL: func.func @given_read_state(
// CHECK-LABEL: func.func @given_reset_state(
// Rows are unsigned: a negative one is too large.
// CHECK: arith.cmpi uge
// CHECK: call @work(
// CHECK-LABEL: func.func @given_step(
// CHECK-NOT: arith.constant 5 : i32
// CHECK: call @work(
// Every tensor is looked at: one cell has four.
// CHECK-LABEL: func.func @given_pack(%{{.*}}: !llvm.ptr, %{{.*}}: !llvm.ptr) -> i32
// CHECK: arith.constant 4 : index
// CHECK: call @work(
// CHECK-LABEL: func.func @given_supported(
func.func private @work(!llvm.ptr, !llvm.ptr)
func.func private @given.workspace_bytes(%steps: i64, %batch: i64) -> i64 {
  return %steps : i64
}
func.func private @given.run(%a: !llvm.ptr) attributes {
    rnn.network = #rnn.network<input_size = 2, hidden_size = 3, external_weights = true>,
    rnn.machine = #rnn.machine<name = "m", target = "x86-64-v3", fma_per_cycle = 2, loads_per_cycle = 2, mhz = 3000, l1_bytes = 1, l2_bytes = 1, l3_bytes = 1, l2_bandwidth = 1, l3_bandwidth = 1>,
    rnn.descriptor = #rnn.descriptor<name = "given", workspace_rows = [36], workspace_fixed = 64, weights_bytes = 64, step_rows = 0, row_bytes = 36>} {
  call @work(%a, %a) : (!llvm.ptr, !llvm.ptr) -> ()
  return
}
func.func private @given.init_state(%a: !llvm.ptr, %b: !llvm.ptr, %n0: i64) {
  call @work(%a, %b) : (!llvm.ptr, !llvm.ptr) -> ()
  return
}
func.func private @given.read_state(%a: !llvm.ptr, %b: !llvm.ptr, %n0: i64) {
  call @work(%a, %b) : (!llvm.ptr, !llvm.ptr) -> ()
  return
}
func.func private @given.reset_state(%a: !llvm.ptr, %b: !llvm.ptr, %n0: i64, %n1: i64) {
  call @work(%a, %b) : (!llvm.ptr, !llvm.ptr) -> ()
  return
}
func.func private @given.step(%a: !llvm.ptr, %b: !llvm.ptr, %c: !llvm.ptr, %d: !llvm.ptr, %e: !llvm.ptr, %n0: i64) {
  call @work(%a, %e) : (!llvm.ptr, !llvm.ptr) -> ()
  return
}
func.func private @given.pack(%a: !llvm.ptr, %b: !llvm.ptr) {
  call @work(%a, %b) : (!llvm.ptr, !llvm.ptr) -> ()
  return
}
