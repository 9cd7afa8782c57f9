// RUN: grucc-opt %s --rnn-select-schedule="machine=x86-64-v3 fields=unroll=1" --rnn-plan-model --rnn-pack-weights --rnn-lower-layers --rnn-outline-kernels --rnn-expand-workspace --rnn-walk-panels --rnn-expand-panel-dot --rnn-expand-cell | FileCheck %s
// RUN: grucc-opt %s --rnn-select-schedule="machine=x86-64-v2" --rnn-plan-model --rnn-pack-weights --rnn-lower-layers --rnn-outline-kernels --rnn-expand-workspace --rnn-walk-panels --rnn-expand-panel-dot --rnn-expand-cell | FileCheck %s --check-prefix=NOFMA
// RUN: grucc-opt %s --rnn-select-schedule="machine=x86-64-v4 fields=lanes=16" --rnn-plan-model --rnn-pack-weights --rnn-lower-layers --rnn-outline-kernels --rnn-expand-workspace --rnn-walk-panels --rnn-expand-panel-dot --rnn-expand-cell | FileCheck %s --check-prefix=FEW
// RUN: grucc-opt %s --rnn-select-schedule="machine=x86-64-v3" | sed 's/ops_per_cycle = 3/&, fma_in_flight = 4/' \
// RUN:   | grucc-opt --rnn-plan-model --rnn-pack-weights --rnn-lower-layers --rnn-outline-kernels --rnn-expand-workspace --rnn-walk-panels --rnn-expand-panel-dot --rnn-expand-cell | FileCheck %s --check-prefix=FLIGHT

// The network is gone; its weights are bytes, its kernels are private functions.
// CHECK: llvm.mlir.global internal constant @net.weights({{.*}}) {{.*}}alignment = 64
// CHECK: func.func private @net.project_2({{.*}}llvm.linkage<internal>
// CHECK-NOT: {{rnn.scan|rnn.project}}

// One row: 3 gates of one vector live across the loop over k, then the gates on them.
// CHECK-LABEL: func.func private @net.scan_row(
// CHECK: %[[SUMS:.*]]:3 = scf.for {{.*}} iter_args({{.*}}, {{.*}}, {{.*}})
// CHECK: %[[K:.*]] = memref.load
// CHECK: vector.broadcast %[[K]]
// CHECK-COUNT-3: math.fma {{.*}} : vector<8xf32>
// CHECK: scf.yield
// CHECK: arith.addf {{.*}}, %[[SUMS]]#0
// CHECK: %[[R:.*]] = rnn.sigmoid
// CHECK: arith.addf {{.*}}, %[[SUMS]]#1
// CHECK: %[[Z:.*]] = rnn.sigmoid
// The reset gate applies after the matrix product (C2).
// CHECK: %[[A:.*]] = math.fma %[[R]], %[[SUMS]]#2
// CHECK: %[[N:.*]] = rnn.tanh %[[A]]
// CHECK: %[[REST:.*]] = arith.subf {{.*}}, %[[Z]]
// CHECK: %[[KEPT:.*]] = arith.mulf %[[Z]],
// CHECK: math.fma %[[REST]], %[[N]], %[[KEPT]]
// Only the five units that exist are stored.
// CHECK: vector.store {{.*}} : memref<?xf32>, vector<5xf32>

// Rows are divided among tiles of 4, 3, 2 and 1: five go as 2 and 3, since a single row
// has too few sums to keep multiply-adds busy.
// CHECK-LABEL: func.func private @net.scan_rows(
// CHECK: scf.while
// CHECK: %[[LEFT:.*]] = arith.subi
// CHECK: %[[SEVEN:.*]] = arith.cmpi slt, %c6{{.*}}, %[[LEFT]]
// CHECK: %[[FOUR:.*]] = arith.cmpi eq, %[[LEFT]], %c4
// CHECK: %[[FITS:.*]] = arith.ori %[[FOUR]], %[[SEVEN]]
// CHECK: scf.if %[[FITS]]
// CHECK-COUNT-12: math.fma
// CHECK-NOT: math.fma
// CHECK: arith.cmpi slt, %c5{{.*}}, %[[LEFT]]
// CHECK: arith.cmpi eq, %[[LEFT]], %c3
// CHECK-COUNT-9: math.fma
// On a machine that has but four multiply-adds under way, two rows are enough: six go as 4 and 2.
// FLIGHT-LABEL: func.func private @net.scan_rows(
// FLIGHT: scf.while
// FLIGHT: %[[LEFT:.*]] = arith.subi
// FLIGHT: arith.cmpi slt, %c5{{.*}}, %[[LEFT]]
// FLIGHT: arith.cmpi eq, %[[LEFT]], %c4
// What is done for C: nothing is checked there, and nobody but C would call it.
// CHECK: func.func private @net.workspace_bytes(%{{.*}}: i64, %{{.*}}: i64) -> i64
// CHECK: func.func private @net.run(%[[ARGS:.*]]: !llvm.ptr) attributes {{.*}}rnn.descriptor = #rnn.descriptor<{{.*}}row_bytes = 96>
// CHECK: rnn.argument batch of %[[ARGS]] : i64
// A step of one row projects and scans a panel in one go.
// CHECK-LABEL: func.func private @net.step_2(
// CHECK: scf.for
// CHECK: rnn.sigmoid
// CHECK-NOT: {{rnn.scan|rnn.project}}
// CHECK: func.func private @net.step(
// CHECK-NOT: func.func {{@net_|private @net.pack}}

// Five units need eight lanes of sixteen: the gates are no wider than that.
// FEW-LABEL: func.func private @net.scan_row(
// FEW: math.fma {{.*}} : vector<16xf32>
// FEW-NOT: rnn.sigmoid {{.*}} : vector<16xf32>
// FEW: rnn.tanh {{.*}} : vector<8xf32>
// FEW: func.func private @net.scan_rows(

// NOFMA-LABEL: func.func private @net.scan_row(
// NOFMA-NOT: math.fma
// NOFMA: return
func.func @net(%x: tensor<?x?x2xf32>) -> (tensor<?x?x5xf32>, tensor<1x?x5xf32>)
    attributes {rnn.network = #rnn.network<input_size = 2, hidden_size = 5, bias = false>} {
  %w_ih = arith.constant dense<0.5> : tensor<15x2xf32>
  %w_hh = arith.constant dense<0.25> : tensor<15x5xf32>
  %g = rnn.project %x, %w_ih : (tensor<?x?x2xf32>, tensor<15x2xf32>) -> tensor<?x?x15xf32>
  %y, %hn = rnn.scan %g {
  ^bb0(%gates: tensor<?x15xf32>, %h: tensor<?x5xf32>):
    %next = rnn.gru_cell %gates, %h, %w_hh
        : (tensor<?x15xf32>, tensor<?x5xf32>, tensor<15x5xf32>) -> tensor<?x5xf32>
    rnn.yield %next : tensor<?x5xf32>
  } : (tensor<?x?x15xf32>) -> (tensor<?x?x5xf32>, tensor<?x5xf32>)
  %h_n = rnn.stack %hn : tensor<?x5xf32> -> tensor<1x?x5xf32>
  return %y, %h_n : tensor<?x?x5xf32>, tensor<1x?x5xf32>
}
