// An index is as wide as the module's data layout says, in every dialect alike: sizes and offsets
// of memory, positions in a vector, bounds of loops. Counts of C have 64 bits on both.
// RUN: grucc-opt %s -split-input-file -rnn-lower-to-llvm -reconcile-unrealized-casts | FileCheck %s

// CHECK-LABEL: llvm.func @walk(
// CHECK-SAME: %{{.*}}: i64, %[[LANE:.*]]: i64, %{{.*}}: i64)
// CHECK: llvm.icmp "slt" %{{.*}}, %{{.*}} : i64
// CHECK: llvm.getelementptr %{{.*}}[%{{.*}}] : (!llvm.ptr, i64) -> !llvm.ptr, f32
// CHECK: llvm.load %{{.*}} : !llvm.ptr -> vector<4xf32>
// CHECK: llvm.extractelement %{{.*}}[%[[LANE]] : i64]
func.func @walk(%memory: memref<?xf32>, %at: index, %lane: index, %count: i64) -> f32 {
  %end = arith.index_cast %count : i64 to index
  %inside = arith.cmpi slt, %at, %end : index
  cf.cond_br %inside, ^inside, ^outside
^inside:
  %values = vector.load %memory[%at] : memref<?xf32>, vector<4xf32>
  %value = vector.extract %values[%lane] : f32 from vector<4xf32>
  return %value : f32
^outside:
  %zero = arith.constant 0.0 : f32
  return %zero : f32
}

// -----

module attributes {dlti.dl_spec = #dlti.dl_spec<index = 32 : i32>} {
// CHECK-LABEL: llvm.func @walk(
// CHECK-SAME: %{{.*}}: i32, %[[LANE:.*]]: i32, %[[COUNT:.*]]: i64)
// CHECK: %[[END:.*]] = llvm.trunc %[[COUNT]] : i64 to i32
// CHECK: llvm.icmp "slt" %{{.*}}, %[[END]] : i32
// CHECK: llvm.getelementptr %{{.*}}[%{{.*}}] : (!llvm.ptr, i32) -> !llvm.ptr, f32
// CHECK: llvm.extractelement %{{.*}}[%[[LANE]] : i32]
func.func @walk(%memory: memref<?xf32>, %at: index, %lane: index, %count: i64) -> f32 {
  %end = arith.index_cast %count : i64 to index
  %inside = arith.cmpi slt, %at, %end : index
  cf.cond_br %inside, ^inside, ^outside
^inside:
  %values = vector.load %memory[%at] : memref<?xf32>, vector<4xf32>
  %value = vector.extract %values[%lane] : f32 from vector<4xf32>
  return %value : f32
^outside:
  %zero = arith.constant 0.0 : f32
  return %zero : f32
}
}
