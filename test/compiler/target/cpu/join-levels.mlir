// RUN: grucc-opt %s --split-input-file --rnn-join-levels | FileCheck %s
// RUN: grucc-opt %s --split-input-file --rnn-join-levels --rnn-emit-descriptor | FileCheck %s --check-prefix=SELECT

// Every function is told its CPU beside what it was told; those of the second level become internal; weights whose
// bytes are the same stand once, others by themselves.
// CHECK: module {
// CHECK-NOT: module
// CHECK: llvm.func @net_run(
// CHECK-SAME: passthrough = {{\[}}["target-cpu", "x86-64-v2"]]
// CHECK-SAME: rnn.weights = "net.weights"
// CHECK: llvm.func @net_supported() -> i32 attributes {passthrough = {{\[}}["target-cpu", "x86-64"]]}
// CHECK: llvm.mlir.global internal constant @net.weights
// CHECK: llvm.mlir.global internal constant @net.more
// CHECK: llvm.func internal @net_v3_run(
// CHECK-SAME: passthrough = ["cold", ["target-cpu", "x86-64-v3"]]
// CHECK-SAME: rnn.level_of = "net"
// CHECK-SAME: rnn.weights = "net.weights"
// CHECK: llvm.mlir.addressof @net.weights
// CHECK: llvm.func internal @net_v3_supported() -> i32
// CHECK-NOT: @net_v3.weights
// CHECK: llvm.mlir.global internal constant @net_v3.more

// NAME_select: the last level whose features (SSE4.2 alone is 1; with AVX2 and FMA 7) are all there.
// SELECT: llvm.func @net_select(%[[FEATURES:.*]]: !llvm.ptr) -> !llvm.ptr attributes {passthrough = {{\[}}["target-cpu", "x86-64"]]}
// SELECT: %[[NULL:.*]] = llvm.mlir.zero : !llvm.ptr
// SELECT: %[[ASKS:.*]] = llvm.icmp "eq" %[[FEATURES]], %[[NULL]]
// SELECT: llvm.cond_br %[[ASKS]], ^[[ASK:.*]], ^[[TOLD:.*]]
// SELECT: ^[[TOLD]]:
// SELECT: %[[HAS:.*]] = llvm.load %[[FEATURES]]
// SELECT: %[[LOWEST:.*]] = llvm.mlir.addressof @net_model
// SELECT: %[[NEEDED:.*]] = llvm.mlir.constant(7 : i64)
// SELECT: %[[FOUND:.*]] = llvm.and %[[HAS]], %[[NEEDED]]
// SELECT: %[[IS:.*]] = llvm.icmp "eq" %[[FOUND]], %[[NEEDED]]
// SELECT: %[[HIGHER:.*]] = llvm.mlir.addressof @net_v3_model
// SELECT: %[[BEST:.*]] = llvm.select %[[IS]], %[[HIGHER]], %[[LOWEST]]
// SELECT: llvm.return %[[BEST]]
// SELECT: ^[[ASK]]:
// SELECT: llvm.call @net_v3_supported()
// SELECT: llvm.return
// Descriptors: of one name, each with the same NAME_select, and one hash for the header.
// SELECT: llvm.mlir.global external constant @net_id_
// SELECT: llvm.mlir.global internal constant @net.name("net\00")
// SELECT: llvm.mlir.global external constant @net_model()
// SELECT: llvm.mlir.addressof @net_select
// SELECT-NOT: @net_v3_id_
// SELECT: llvm.mlir.global internal constant @net_v3.name("net\00")
// SELECT: llvm.mlir.global internal constant @net_v3_model()
// SELECT: llvm.mlir.addressof @net_select
#network = #rnn.network<input_size = 2, hidden_size = 3>
module {
  module {
    llvm.func @net_run(%args: !llvm.ptr) -> !llvm.ptr attributes {
        rnn.machine = #rnn.machine<name = "m", target = "x86-64-v2", fma_per_cycle = 2, loads_per_cycle = 2, mhz = 3000, l1_bytes = 1, l2_bytes = 1, l3_bytes = 1, l2_bandwidth = 1, l3_bandwidth = 1>,
        rnn.network = #network,
        rnn.descriptor = #rnn.descriptor<name = "net", workspace_rows = [36], workspace_fixed = 64, weights_bytes = 4, step_rows = 7, row_bytes = 36>} {
      %weights = llvm.mlir.addressof @net.weights : !llvm.ptr
      llvm.return %weights : !llvm.ptr
    }
    llvm.func @net_supported() -> i32 attributes {passthrough = [["target-cpu", "x86-64"]]} {
      %0 = llvm.mlir.constant(1 : i32) : i32
      llvm.return %0 : i32
    }
    llvm.mlir.global internal constant @net.weights(dense_resource<a> : tensor<4xi8>) : !llvm.array<4 x i8>
    llvm.mlir.global internal constant @net.more(dense_resource<c> : tensor<4xi8>) : !llvm.array<4 x i8>
  }
  module {
    llvm.func @net_v3_run(%args: !llvm.ptr) -> !llvm.ptr attributes {
        passthrough = ["cold"],
        rnn.machine = #rnn.machine<name = "m", target = "x86-64-v3", fma_per_cycle = 2, loads_per_cycle = 2, mhz = 3000, l1_bytes = 1, l2_bytes = 1, l3_bytes = 1, l2_bandwidth = 1, l3_bandwidth = 1>,
        rnn.network = #network,
        rnn.descriptor = #rnn.descriptor<name = "net_v3", workspace_rows = [36], workspace_fixed = 64, weights_bytes = 4, step_rows = 7, row_bytes = 36>} {
      %weights = llvm.mlir.addressof @net_v3.weights : !llvm.ptr
      llvm.return %weights : !llvm.ptr
    }
    llvm.func @net_v3_supported() -> i32 attributes {passthrough = [["target-cpu", "x86-64"]]} {
      %0 = llvm.mlir.constant(1 : i32) : i32
      llvm.return %0 : i32
    }
    llvm.mlir.global internal constant @net_v3.weights(dense_resource<b> : tensor<4xi8>) : !llvm.array<4 x i8>
    llvm.mlir.global internal constant @net_v3.more(dense_resource<d> : tensor<4xi8>) : !llvm.array<4 x i8>
  }
}

{-#
  dialect_resources: {
    builtin: {
      a: "0x0100000001020304",
      b: "0x0100000001020304",
      c: "0x0100000005060708",
      d: "0x0100000005060709"
    }
  }
#-}
