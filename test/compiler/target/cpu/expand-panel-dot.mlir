// RUN: grucc-opt %s --rnn-expand-panel-dot --canonicalize | FileCheck %s

#gru = #rnn.matrix<gates = 3, units = 400, lanes = 4, vectors = 1, depth = 64>
#deep = #rnn.matrix<gates = 1, units = 400, lanes = 4, vectors = 1, depth = 300>
#half = #rnn.matrix<gates = 1, units = 4, lanes = 4, vectors = 1, depth = 2, kind = bfloat16>

// One broadcast of x and three multiply-adds a k; 3 gates of 4 floats are 48 bytes a k.
// CHECK-LABEL: @one_block(
// CHECK: %[[SUMS:.*]]:3 = scf.for %[[K:[^ ]+]] = %c0 to %c64 step %c1 iter_args({{.*}}) -> (vector<4xf32>, vector<4xf32>, vector<4xf32>)
// CHECK: arith.muli %[[K]], %c48
// CHECK-COUNT-3: vector.load %{{.*}} : memref<?xi8>, vector<16xi8>
// CHECK: %[[AT:.*]] = arith.addi %{{.*}}, %[[K]]
// CHECK: memref.load %{{.*}}[%[[AT]]] : memref<?xf32>
// CHECK-COUNT-3: math.fma
// CHECK-NOT: math.fma
// CHECK: return
func.func @one_block(%w: memref<?xi8>, %x: memref<?xf32>, %at: index) -> (vector<4xf32>, vector<4xf32>, vector<4xf32>) {
  %0 = arith.constant 0 : index
  %s:3 = rnn.panel_dot %w[%0] unit %0 of %x[%at] k %0 for 64 {matrix = #gru, vectors = 1}
      : memref<?xf32> -> vector<4xf32>, vector<4xf32>, vector<4xf32>
  return %s#0, %s#1, %s#2 : vector<4xf32>, vector<4xf32>, vector<4xf32>
}

// Two panels are read side by side, by the same numbers of x: each k of either in turn.
// CHECK-LABEL: @side_by_side(
// CHECK-SAME: %[[W:[^:]*]]: memref<?xi8>, {{.*}}, %[[A:[^:]*]]: index, %[[B:[^:]*]]: index)
// CHECK: scf.for %[[K:[^ ]+]] = %c0 to %c64 step %c1 iter_args(%[[S:.*]] = %{{.*}}, %[[T:.*]] = %{{.*}}) -> (vector<4xf32>, vector<4xf32>)
// CHECK: %[[AT:.*]] = arith.addi %[[A]], %
// CHECK: %[[BYTES:.*]] = vector.load %[[W]][%[[AT]]]
// CHECK: %[[OF_A:.*]] = vector.bitcast %[[BYTES]]
// CHECK: %[[AT:.*]] = arith.addi %[[B]], %
// CHECK: %[[BYTES:.*]] = vector.load %[[W]][%[[AT]]]
// CHECK: %[[OF_B:.*]] = vector.bitcast %[[BYTES]]
// CHECK: %[[X:.*]] = vector.broadcast
// CHECK: math.fma %[[OF_A]], %[[X]], %[[S]]
// CHECK: math.fma %[[OF_B]], %[[X]], %[[T]]
func.func @side_by_side(%w: memref<?xi8>, %x: memref<?xf32>, %at: index, %a: index, %b: index) -> (vector<4xf32>, vector<4xf32>) {
  %0 = arith.constant 0 : index
  %s:2 = rnn.panel_dot %w[%a, %b] unit %0 of %x[%at] k %0 for 64 {matrix = #deep, vectors = 1}
      : memref<?xf32> -> vector<4xf32>, vector<4xf32>
  return %s#0, %s#1 : vector<4xf32>, vector<4xf32>
}

// A few k of a block go on with what those before gave, in straight-line code.
// CHECK-LABEL: @onto(
// CHECK-SAME: %[[K:[^ ]*]]: index, %[[S:[^ ]*]]: vector<4xf32>)
// CHECK-NOT: scf.for
// CHECK: %[[FIRST:.*]] = math.fma %{{.*}}, %{{.*}}, %[[S]]
// CHECK: %[[SECOND:.*]] = math.fma %{{.*}}, %{{.*}}, %[[FIRST]]
// CHECK: return %[[SECOND]]
func.func @onto(%w: memref<?xi8>, %x: memref<?xf32>, %at: index, %k: index, %s: vector<4xf32>) -> vector<4xf32> {
  %sum = rnn.panel_dot %w[%at] unit %at of %x[%at] k %k for 2 onto(%s : vector<4xf32>)
      {matrix = #deep, vectors = 1, unroll = 2} : memref<?xf32> -> vector<4xf32>
  return %sum : vector<4xf32>
}

// Blocks of 64 k, each from 0, are added in ascending order; two at a time side by side; 44 k are left.
// CHECK-LABEL: @blocks(
// CHECK: %[[TOTAL:.*]] = scf.for {{.*}} iter_args(%[[BEFORE:.*]] = %{{.*}})
// CHECK:   %[[TWO:.*]]:2 = scf.for
// CHECK:   %[[FIRST:.*]] = arith.addf %[[BEFORE]], %[[TWO]]#0
// CHECK:   %[[BOTH:.*]] = arith.addf %[[FIRST]], %[[TWO]]#1
// CHECK:   scf.yield %[[BOTH]]
// CHECK: %[[REST:.*]] = scf.for
// CHECK: arith.addf %[[TOTAL]], %[[REST]]
func.func @blocks(%w: memref<?xi8>, %x: memref<?xf32>, %at: index) -> vector<4xf32> {
  %0 = arith.constant 0 : index
  %s = rnn.panel_dot %w[%0] unit %0 of %x[%at] k %0 for 300 {matrix = #deep, vectors = 1, beside = 2}
      : memref<?xf32> -> vector<4xf32>
  return %s : vector<4xf32>
}

// Two k in one word, the first in its lower half; and a line is fetched for no k.
// CHECK-LABEL: @widened(
// CHECK: %[[WORD:.*]] = vector.bitcast %{{.*}} : vector<16xi8> to vector<4xi32>
// CHECK: arith.shli %[[WORD]]
// CHECK: arith.andi %[[WORD]]
// CHECK-NOT: memref.prefetch
func.func @widened(%w: memref<?xi8>, %x: memref<?xf32>, %at: index) -> vector<4xf32> {
  %0 = arith.constant 0 : index
  %s = rnn.panel_dot %w[%0] unit %0 of %x[%at] k %0 for 2 {matrix = #half, vectors = 1}
      : memref<?xf32> -> vector<4xf32>
  return %s : vector<4xf32>
}

// CHECK-LABEL: @ahead(
// CHECK: scf.for %[[K:[^ ]+]] =
// CHECK: %[[LINES:.*]] = arith.muli %[[K]], %c128
// CHECK: %[[BYTE:.*]] = arith.addi %{{.*}}, %[[LINES]]
// CHECK: memref.prefetch %{{.*}}[%[[BYTE]]], read, locality<2>, data
func.func @ahead(%w: memref<?xi8>, %x: memref<?xf32>, %at: index, %next: index) -> vector<4xf32> {
  %0 = arith.constant 0 : index
  %s:3 = rnn.panel_dot %w[%0] unit %0 of %x[%at] k %0 for 64 ahead %next
      {matrix = #gru, vectors = 1, line_bytes = 128} : memref<?xf32> -> vector<4xf32>, vector<4xf32>, vector<4xf32>
  return %s#0 : vector<4xf32>
}

// A state in a register: one lane of it in every lane.
// CHECK-LABEL: @registers(
// CHECK: vector.shuffle %[[H:.*]], %[[H]] [1, 1, 1, 1]
// CHECK: math.fma
func.func @registers(%w: vector<4xf32>, %h: vector<4xf32>) -> vector<4xf32> {
  %s = rnn.register_dot(%w, %w, %w, %w) of %h : vector<4xf32> -> vector<4xf32>
  return %s : vector<4xf32>
}

// A scale's constants are loaded once; a byte becomes the last bits of a power of two.
#bytes = #rnn.matrix<gates = 1, units = 4, lanes = 4, vectors = 1, depth = 4, kind = int8>
// CHECK-LABEL: @scaled(
// CHECK: vector.load %{{.*}} : memref<?xi8>, vector<16xi8>
// CHECK-COUNT-4: vector.broadcast
// CHECK: %[[WORD:.*]] = arith.extui %{{.*}} : vector<4xi16> to vector<4xi32>
// CHECK: %[[BYTE:.*]] = arith.andi %[[WORD]], %cst{{.*}} : vector<4xi32>
// CHECK: %[[BITS:.*]] = arith.ori %[[BYTE]], %[[POWER:.*]] : vector<4xi32>
// CHECK: %[[SUM:.*]] = arith.bitcast %[[BITS]] : vector<4xi32> to vector<4xf32>
// CHECK: %[[WEIGHT:.*]] = arith.subf %[[SUM]]
// CHECK: math.fma %[[WEIGHT]]
func.func @scaled(%w: memref<?xi8>, %x: memref<?xf32>, %at: index, %start: index) -> vector<4xf32> {
  %0 = arith.constant 0 : index
  %c:4 = rnn.matrix_constants %w[%0] {matrix = #bytes}
      : vector<4xi32>, vector<4xf32>, vector<4xi32>, vector<4xf32>
  %s = rnn.panel_dot %w[%start] constants(%c#0, %c#1, %c#2, %c#3 : vector<4xi32>, vector<4xf32>, vector<4xi32>, vector<4xf32>)
      unit %0 of %x[%at] k %0 for 4 {matrix = #bytes, vectors = 1} : memref<?xf32> -> vector<4xf32>
  return %s : vector<4xf32>
}
