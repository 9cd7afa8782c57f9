// RUN: cells-opt %s --rnn-expand-cell --cse | FileCheck %s

// The two rounds of a GRU whose reset gate comes before the product: r, z and r * h; then n,
// with b_hn, and h' from z as it is.
// CHECK-LABEL: @rounds(
// CHECK-SAME: %[[R:.*]]: f32, %[[Z:.*]]: f32, %[[N:.*]]: f32, %[[SR:.*]]: f32, %[[SZ:.*]]: f32, %[[SN:.*]]: f32, %[[B:.*]]: f32, %[[H:.*]]: f32)
// CHECK: %[[SUM:.*]] = arith.addf %[[R]], %[[SR]]
// CHECK: %[[RESET:.*]] = rnn.sigmoid %[[SUM]]
// CHECK: %[[SUM:.*]] = arith.addf %[[Z]], %[[SZ]]
// CHECK: %[[UPDATE:.*]] = rnn.sigmoid %[[SUM]]
// CHECK: %[[OPERAND:.*]] = arith.mulf %[[RESET]], %[[H]]
// CHECK: %[[INNER:.*]] = arith.addf %[[SN]], %[[B]]
// CHECK: %[[SUM:.*]] = arith.addf %[[N]], %[[INNER]]
// CHECK: %[[NEW:.*]] = rnn.tanh %[[SUM]]
// CHECK: %[[REST:.*]] = arith.subf %{{.*}}, %[[UPDATE]]
// CHECK: %[[KEPT:.*]] = arith.mulf %[[UPDATE]], %[[H]]
// CHECK: math.fma %[[REST]], %[[NEW]], %[[KEPT]]
// CHECK: return %[[OPERAND]]
func.func @rounds(%r: f32, %z: f32, %n: f32, %sr: f32, %sz: f32, %sn: f32, %b: f32, %h: f32)
    -> (f32, f32) {
  %a:2, %operand = rnn.cell_round 0 gates(%r, %z) sums(%sr, %sz) biases() h(%h)
      {cell = #rnn.cell<"test.gru_reset_before_cell">} : f32
  %new = rnn.cell_update gates(%a#0, %a#1, %n) sums(%sn) biases(%b) h(%h)
      {cell = #rnn.cell<"test.gru_reset_before_cell">} : f32
  return %operand, %new : f32, f32
}
