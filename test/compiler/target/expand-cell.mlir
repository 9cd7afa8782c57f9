// RUN: grucc-opt %s --rnn-expand-cell | FileCheck %s
// RUN: sed 's/x86-64-v3/x86-64-v2/' %s | grucc-opt --rnn-expand-cell | FileCheck %s --check-prefix=NOFMA

#machine = #rnn.machine<name = "m", target = "x86-64-v3", fma_per_cycle = 2, loads_per_cycle = 2, mhz = 3000, l1_bytes = 32768, l2_bytes = 262144, l3_bytes = 2097152, l2_bandwidth = 32, l3_bandwidth = 16>

// The reset gate applies after the product (C2); of the biases b_hn alone is left.
// CHECK-LABEL: @update(
// CHECK-SAME: %[[R:.*]]: vector<4xf32>, %[[Z:.*]]: vector<4xf32>, %[[N:.*]]: vector<4xf32>, %[[B:.*]]: vector<4xf32>, %[[H:.*]]: vector<4xf32>)
// CHECK: %[[SUM:.*]] = arith.addf %[[R]], %[[R]]
// CHECK: %[[RESET:.*]] = rnn.sigmoid %[[SUM]]
// CHECK: %[[SUM:.*]] = arith.addf %[[Z]], %[[Z]]
// CHECK: %[[UPDATE:.*]] = rnn.sigmoid %[[SUM]]
// CHECK: %[[INNER:.*]] = arith.addf %[[N]], %[[B]]
// CHECK: %[[SUM:.*]] = math.fma %[[RESET]], %[[INNER]], %[[N]]
// CHECK: %[[NEW:.*]] = rnn.tanh %[[SUM]]
// CHECK: %[[REST:.*]] = arith.subf %{{.*}}, %[[UPDATE]]
// CHECK: %[[KEPT:.*]] = arith.mulf %[[UPDATE]], %[[H]]
// CHECK: %[[STATE:.*]] = math.fma %[[REST]], %[[NEW]], %[[KEPT]]
// States below 2^-64 are 0 (N7).
// CHECK: %[[TINY:.*]] = arith.cmpf olt
// CHECK: arith.select %[[TINY]], %{{.*}}, %[[STATE]]
// NOFMA-NOT: math.fma
func.func @update(%r: vector<4xf32>, %z: vector<4xf32>, %n: vector<4xf32>, %b: vector<4xf32>,
                  %h: vector<4xf32>) -> vector<4xf32> attributes {rnn.machine = #machine} {
  %new = rnn.cell_update gates(%r, %z, %n) sums(%r, %z, %n) biases(%b) h(%h) : vector<4xf32>
  return %new : vector<4xf32>
}
