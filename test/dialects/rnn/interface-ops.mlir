// RUN: grucc-opt %s | grucc-opt | FileCheck %s
// RUN: grucc-opt --mlir-print-op-generic %s | grucc-opt | FileCheck %s
// RUN: grucc-opt --cse %s | FileCheck %s --check-prefix=CSE

// CHECK-LABEL: @run(
// CHECK-SAME: %[[ARGS:.*]]: !llvm.ptr
// CHECK-NEXT: rnn.argument seq_len of %[[ARGS]] : i64
// CHECK-NEXT: rnn.argument batch of %[[ARGS]] : index
// CHECK-NEXT: rnn.argument batch of %[[ARGS]] : index
// CHECK-NEXT: rnn.argument h_0 of %[[ARGS]] : !llvm.ptr
// CHECK-NEXT: rnn.argument output of %[[ARGS]] : memref<?xf64>
// CHECK-NEXT: rnn.argument batch_sizes of %[[ARGS]] : memref<?xi64>
// CHECK-NEXT: rnn.argument weights of %[[ARGS]] : memref<?xi8>
// CHECK-NEXT: rnn.argument workspace of %[[ARGS]] : memref<?xf64>
// CHECK-NEXT: rnn.argument barrier of %[[ARGS]] : !llvm.ptr
// The same argument is read once, unless something is written in between.
// CSE-COUNT-1: rnn.argument batch of %{{.*}} : index
// CSE-NOT: rnn.argument batch of
func.func @run(%args: !llvm.ptr) -> (i64, index, index, !llvm.ptr, memref<?xf64>, memref<?xi64>, memref<?xi8>, memref<?xf64>, !llvm.ptr) {
  %0 = rnn.argument seq_len of %args : i64
  %1 = rnn.argument batch of %args : index
  %2 = rnn.argument batch of %args : index
  %3 = rnn.argument h_0 of %args : !llvm.ptr
  %4 = rnn.argument output of %args : memref<?xf64>
  %5 = rnn.argument batch_sizes of %args : memref<?xi64>
  %6 = rnn.argument weights of %args : memref<?xi8>
  %7 = rnn.argument workspace of %args : memref<?xf64>
  %8 = rnn.argument barrier of %args : !llvm.ptr
  return %0, %1, %2, %3, %4, %5, %6, %7, %8 : i64, index, index, !llvm.ptr, memref<?xf64>, memref<?xi64>, memref<?xi8>, memref<?xf64>, !llvm.ptr
}
