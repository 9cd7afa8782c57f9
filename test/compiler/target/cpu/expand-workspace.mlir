// RUN: grucc-opt %s --rnn-expand-workspace --canonicalize --cse | FileCheck %s

#memory = #rnn.memory<weights = 1024, chunk_rows = 512, workspace = [
    <"gates", 40, chunk_row>, <"states", 24, batch_row>, <"sizes", 8, step>]>

// Behind gates of min(T * B, max(512, B)) rows, in whole lines: six floats of every row.
// CHECK-LABEL: @states(
// CHECK-SAME: %[[W:.*]]: memref<?xi8>, %[[T:.*]]: i64, %[[B:.*]]: i64)
// CHECK-DAG: %[[CHUNK:.*]] = arith.maxsi %[[B]], %c512
// CHECK-DAG: %[[ALL:.*]] = arith.muli %[[T]], %[[B]]
// CHECK: %[[ROWS:.*]] = arith.minsi %[[ALL]], %[[CHUNK]]
// CHECK: %[[BYTES:.*]] = arith.muli %[[ROWS]], %c40
// CHECK: %[[UP:.*]] = arith.addi %[[BYTES]], %c63
// CHECK: %[[AT:.*]] = arith.andi %[[UP]], %c-64
// CHECK: %[[VIEW:.*]] = memref.view %[[W]][%{{.*}}][%{{.*}}] : memref<?xi8> to memref<?xf32>
// CHECK: return %[[VIEW]]
func.func @states(%workspace: memref<?xi8>, %seq_len: i64, %batch: i64) -> memref<?xf32>
    attributes {rnn.memory = #memory} {
  %states = rnn.workspace_part "states" of %workspace(%seq_len, %batch) : memref<?xf32>
  return %states : memref<?xf32>
}

// All parts, and a line at least.
// CHECK-LABEL: @bytes(
// CHECK: %[[GATES:.*]] = arith.andi
// CHECK: %[[STATES:.*]] = arith.andi
// CHECK: %[[SUM:.*]] = arith.addi %[[GATES]], %[[STATES]]
// CHECK: %[[SIZES:.*]] = arith.andi
// CHECK: %[[ALL:.*]] = arith.addi %[[SUM]], %[[SIZES]]
// CHECK: %[[BYTES:.*]] = arith.maxsi %[[ALL]], %c64
// CHECK: return %[[BYTES]], %{{.*}} : i64, i64
func.func @bytes(%seq_len: i64, %batch: i64) -> (i64, i64) attributes {rnn.memory = #memory} {
  %bytes = rnn.workspace_bytes(%seq_len, %batch)
  %rows = rnn.chunk_rows(%seq_len, %batch)
  return %bytes, %rows : i64, i64
}
