// RUN: grucc-opt %s --rnn-split-layers --rnn-hoist-projection \
// RUN:   --rnn-select-schedule="machine=x86-64-v3" --rnn-plan-model --rnn-pack-weights --rnn-lower-layers --mlir-elide-resource-strings-if-larger=64 | FileCheck %s
// RUN: sed -e 's/training = true/training = false/' -e 's/dropout_seed(%%seed)//' -e 's/, i64, tensor<9x3/, tensor<9x3/' %s \
// RUN:   | grucc-opt --rnn-split-layers --rnn-hoist-projection \
// RUN:     --rnn-select-schedule="machine=x86-64-v3" --rnn-plan-model --rnn-pack-weights --rnn-lower-layers --mlir-elide-resource-strings-if-larger=64 | FileCheck %s --check-prefix=INFER
// RUN: sed -e 's/dropout = 0.25/dropout = 1.0/' %s | grucc-opt --rnn-split-layers \
// RUN:   --rnn-hoist-projection --rnn-select-schedule="machine=x86-64-v3" --rnn-plan-model --rnn-pack-weights --rnn-lower-layers --mlir-elide-resource-strings-if-larger=64 \
// RUN:   | FileCheck %s --check-prefix=ALL
// RUN: sed -e 's/dropout = 0.25, //' %s | grucc-opt --rnn-split-layers \
// RUN:   --rnn-hoist-projection --rnn-select-schedule="machine=x86-64-v3" --rnn-plan-model --rnn-pack-weights --rnn-lower-layers --mlir-elide-resource-strings-if-larger=64 \
// RUN:   | FileCheck %s --check-prefix=NONE

// No run takes the plain way.
// CHECK-NOT: @net.layer_

// C6, N5: kept values are scaled by 1 / (1 - p).
// CHECK-LABEL: func.func private @net.dropout(
// CHECK-SAME: %[[X:[a-z0-9]+]]: memref<?xf32>, %{{[a-z0-9]+}}: index, %[[Y:[a-z0-9]+]]: memref<?xf32>, %{{[a-z0-9]+}}: index,
// CHECK-SAME: %[[LAYER:[a-z0-9]+]]: index, %[[T:[a-z0-9]+]]: index, %[[B:[a-z0-9]+]]: index, %[[SEED:[a-z0-9]+]]: i64,
// CHECK-SAME: %[[MASK:[a-z0-9]+]]: memref<?xi8>, %{{[a-z0-9]+}}: index, %[[MASKED:[a-z0-9]+]]: i1)
// CHECK: %[[SCALE:.*]] = arith.constant dense<1.33333337> : vector<1xf32>
// By mask: any byte but 0 keeps.
// CHECK: scf.if %[[MASKED]]
// CHECK: %[[BYTE:.*]] = memref.load %[[MASK]]
// CHECK: %[[KEPT:.*]] = arith.cmpi ne, %[[BYTE]], %{{.*}} : i8
// CHECK: %[[SCALED:.*]] = arith.mulf %{{.*}}, %[[SCALE]]
// CHECK: arith.select %[[KEPT]], %[[SCALED]], %{{.*}}
// By seed: four outputs a draw of ten rounds, kept iff word >= floor(p 2^32).
// CHECK: else
// CHECK: %[[THRESHOLD:.*]] = arith.constant 1073741824 : i64
// CHECK: scf.for
// CHECK-DAG: arith.index_cast %[[LAYER]]
// CHECK-DAG: arith.index_cast %[[T]]
// CHECK-DAG: arith.index_cast %[[B]]
// CHECK-COUNT-20: arith.mului_extended
// CHECK-NOT: arith.mului_extended
// CHECK-COUNT-4: arith.cmpi uge, %{{.*}}, %[[THRESHOLD]] : i64
// The last two outputs of six are drawn apart, from the same kind of counter.
// CHECK-COUNT-20: arith.mului_extended
// CHECK-COUNT-2: arith.cmpi uge, %{{.*}}, %[[THRESHOLD]] : i64
// CHECK-NOT: arith.cmpi uge
// CHECK: return

// The first layer reads the input as it is, layers above with dropout.
// CHECK-LABEL: func.func private @net.ragged(
// CHECK-SAME: %{{[a-z0-9]+}}: memref<?xi8, strided<[1], offset: ?>>, %[[UPPER:[a-z0-9]+]]: i1,
// CHECK: scf.if %[[UPPER]]
// CHECK-NEXT: {{arith|func}}
// CHECK: call @net.dropout(
// CHECK: else
// CHECK: call @net.copy(
// CHECK-NOT: call @net.dropout
// Every run with dropout goes that way, whatever its lengths.
// CHECK-LABEL: func.func private @net.layers(
// CHECK-NOT: call @net.layer(
// CHECK: return
// CHECK: func.func private @net.run({{.*}}rnn.network = #rnn.network<{{[^>]*}}dropout = 2.500000e-01, training = true>

// INFER-NOT: @net.dropout
// INFER: func.func private @net.run({{.*}}rnn.network = #rnn.network<{{[^>]*}}dropout = 2.500000e-01>

// p = 1 keeps nothing, and divides by nothing.
// ALL-LABEL: func.func private @net.dropout(
// ALL: %[[NEVER:.*]] = arith.constant false
// ALL-COUNT-7: arith.select %[[NEVER]],
// ALL: return

// p = 0: a seed draws nothing, and a run without a mask takes the plain way.
// NONE-LABEL: func.func private @net.dropout(
// NONE: %[[SCALE:.*]] = arith.constant dense<1.000000e+00> : vector<1xf32>
// NONE: arith.mulf %{{.*}}, %[[SCALE]]
// NONE-NOT: arith.mului_extended
// NONE: return
// NONE-LABEL: func.func private @net.layers(
// NONE: scf.if %{{.*}} {
// NONE: call @net.ragged(
// NONE: else
// NONE: call @net.layer(
// NONE: func.func private @net.run({{.*}}rnn.network = #rnn.network<{{[^>]*}}bidirectional = true, training = true>
func.func @net(%x: tensor<?x?x3xf32>, %seed: i64) -> (tensor<?x?x6xf32>, tensor<4x?x3xf32>) {
  %a = arith.constant dense<0.5> : tensor<9x3xf32>
  %b = arith.constant dense<0.25> : tensor<9x6xf32>
  %y, %h_n = rnn.gru %x dropout_seed(%seed) weights(%a, %a, %a, %a, %b, %a, %b, %a)
      {input_size = 3, hidden_size = 3, num_layers = 2, bias = false, bidirectional = true, dropout = 0.25, training = true}
      : (tensor<?x?x3xf32>, i64, tensor<9x3xf32>, tensor<9x3xf32>, tensor<9x3xf32>, tensor<9x3xf32>,
         tensor<9x6xf32>, tensor<9x3xf32>, tensor<9x6xf32>, tensor<9x3xf32>)
      -> (tensor<?x?x6xf32>, tensor<4x?x3xf32>)
  return %y, %h_n : tensor<?x?x6xf32>, tensor<4x?x3xf32>
}
