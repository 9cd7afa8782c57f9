// RUN: grucc-opt %s --rnn-select-schedule="machine=x86-64-v2" --rnn-plan-model --rnn-pack-weights --canonicalize --cse > %t.packed
// RUN: FileCheck %s < %t.packed
// RUN: grucc-opt %t.packed --rnn-lower-layers --rnn-expand-workspace --rnn-emit-interface --canonicalize | FileCheck %s --check-prefix=PUBLIC
// RUN: not grucc-opt %s --rnn-select-schedule="machine=x86-64-v2" --rnn-plan-model --rnn-lower-layers 2>&1 | FileCheck %s --check-prefix=UNPACKED

// Weights that the caller has: functions that put them where constants would stand. Five units in
// vectors of four: a panel of four units, [k][gate][4] and behind it the fifth unit's gates, which
// share a vector whose last part is no gate's.
// CHECK-NOT: @net.weights
// CHECK-LABEL: func.func private @net.pack_matrix(
// CHECK-SAME: %[[W:.*]]: memref<?xf32>, %[[TO:.*]]: memref<?xf32>, %[[AT:.*]]: index, %[[K:.*]]: index)
// CHECK: scf.for %[[UNIT:.*]] = %c0 to %c4 step %c1
// CHECK: %[[ROW:.*]] = arith.muli %[[UNIT]], %[[K]]
// CHECK: scf.for %[[I:.*]] = %c0 to %[[K]] step %c1
// CHECK: arith.addi %[[ROW]], %[[I]]
// CHECK: %[[R:.*]] = arith.addi %[[AT]], %c12
// CHECK: %[[LAST:.*]] = arith.muli %[[K]], %c4
// CHECK: scf.for %[[I:.*]] = %c0 to %[[K]] step %c1
// CHECK-NEXT: %[[OF_K:.*]] = arith.muli %[[I]], %c16
// CHECK-NEXT: %[[PLACE:.*]] = arith.addi %[[R]], %[[OF_K]]
// CHECK-NEXT: %[[FROM:.*]] = arith.addi %[[LAST]], %[[I]]
// CHECK-NEXT: %[[NUMBER:.*]] = vector.load %[[W]][%[[FROM]]]
// CHECK-NEXT: vector.store %[[NUMBER]], %[[TO]][%[[PLACE]]]
// CHECK: arith.addi %[[AT]], %c13
// CHECK: arith.addi %[[AT]], %c14
// CHECK: %[[NONE:.*]] = arith.addi %[[AT]], %c15
// CHECK: scf.for
// CHECK: %[[PLACE:.*]] = arith.addi %[[NONE]],
// CHECK-NEXT: vector.store %cst, %[[TO]][%[[PLACE]]]

// b_x is b_ih + b_hh of r and z, b_ih of n, whose b_hh stays: as one k of a matrix, and [unit].
// CHECK-LABEL: func.func private @net.pack_biases(
// CHECK-SAME: %[[IH:.*]]: memref<?xf32>, %[[HH:.*]]: memref<?xf32>, %[[TO:.*]]: memref<?xf32>, %[[AT:.*]]: index, %[[KEPT:.*]]: index)
// CHECK: scf.for %{{.*}} = %c0 to %c4 step %c1
// CHECK: %[[R:.*]] = arith.addi %[[AT]], %c12
// CHECK: %[[X:.*]] = vector.load %[[IH]][%c4]
// CHECK: %[[H:.*]] = vector.load %[[HH]][%c4]
// CHECK: %[[SUM:.*]] = arith.addf %[[X]], %[[H]]
// CHECK: vector.store %[[SUM]], %[[TO]][%[[R]]]
// CHECK: %[[N:.*]] = arith.addi %[[AT]], %c14
// CHECK: %[[B_HN:.*]] = arith.addi %[[KEPT]], %c4
// CHECK: %[[X:.*]] = vector.load %[[IH]][%c14]
// CHECK: %[[H:.*]] = vector.load %[[HH]][%c14]
// CHECK: vector.store %[[H]], %[[TO]][%[[B_HN]]]
// CHECK: vector.store %[[X]], %[[TO]][%[[N]]]

// W_ih [15, 2] at 0, W_hh [15, 5] behind two k of 16 and the biases' one, b_hn at 48 + 5 * 16.
// CHECK-LABEL: func.func private @net.pack(
// CHECK-SAME: %[[TENSORS:.*]]: !llvm.ptr, %{{.*}}: !llvm.ptr)
// CHECK: llvm.load %[[TENSORS]]
// CHECK: call @net.pack_matrix(%{{.*}}, %[[TO:.*]], %c0, %c2)
// CHECK: llvm.getelementptr %[[TENSORS]][1]
// CHECK: call @net.pack_matrix(%{{.*}}, %[[TO]], %c48, %c5)
// CHECK: llvm.getelementptr %[[TENSORS]][2]
// CHECK: llvm.getelementptr %[[TENSORS]][3]
// CHECK: call @net.pack_biases(%{{.*}}, %{{.*}}, %[[TO]], %c32, %c128)

// What the caller sees looks at its arguments first.
// PUBLIC-LABEL: func.func @net_pack(%{{.*}}: !llvm.ptr, %{{.*}}: !llvm.ptr) -> i32
// PUBLIC-COUNT-3: scf.if
// PUBLIC: call @net.pack_matrix(

// UNPACKED: error: found no packed weights, expected rnn-pack-weights to have run
func.func @net(%x: tensor<?x?x2xf32>, %w_ih: tensor<15x2xf32>, %w_hh: tensor<15x5xf32>,
               %b_ih: tensor<15xf32>, %b_hh: tensor<15xf32>) -> (tensor<?x?x5xf32>, tensor<1x?x5xf32>)
    attributes {rnn.network = #rnn.network<input_size = 2, hidden_size = 5, external_weights = true>} {
  %b_x, %b_hn = rnn.fold_biases %b_ih, %b_hh : (tensor<15xf32>, tensor<15xf32>) -> (tensor<15xf32>, tensor<5xf32>)
  %g = rnn.project %x, %w_ih bias(%b_x) : (tensor<?x?x2xf32>, tensor<15x2xf32>, tensor<15xf32>) -> tensor<?x?x15xf32>
  %y, %hn = rnn.scan %g {
  ^bb0(%gates: tensor<?x15xf32>, %h: tensor<?x5xf32>):
    %next = rnn.gru_cell %gates, %h, %w_hh bias(%b_hn)
        : (tensor<?x15xf32>, tensor<?x5xf32>, tensor<15x5xf32>, tensor<5xf32>) -> tensor<?x5xf32>
    rnn.yield %next : tensor<?x5xf32>
  } : (tensor<?x?x15xf32>) -> (tensor<?x?x5xf32>, tensor<?x5xf32>)
  %h_n = rnn.stack %hn : tensor<?x5xf32> -> tensor<1x?x5xf32>
  return %y, %h_n : tensor<?x?x5xf32>, tensor<1x?x5xf32>
}
