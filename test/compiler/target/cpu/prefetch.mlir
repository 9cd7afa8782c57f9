// RUN: grucc-opt %s --rnn-split-layers --canonicalize --rnn-hoist-projection \
// RUN:   --rnn-select-schedule="machine=x86-64-v3 fields=prefetch=true,k_chunk=128" > %t.mlir
// RUN: grucc-opt %t.mlir --rnn-plan-model --rnn-pack-weights --rnn-lower-layers --rnn-outline-kernels --rnn-expand-workspace --rnn-walk-panels --rnn-expand-panel-dot --rnn-expand-cell | FileCheck %s -DLINE=64
// RUN: sed 's/ops_per_cycle = 3/&, line_bytes = 256/' %t.mlir | grucc-opt --rnn-plan-model --rnn-pack-weights --rnn-lower-layers --rnn-outline-kernels --rnn-expand-workspace --rnn-walk-panels --rnn-expand-panel-dot --rnn-expand-cell | FileCheck %s -DLINE=256

// For every k a tile fetches a line of the machine's caches, of the chunk that comes next: each
// tile its own lines.
// CHECK-LABEL: func.func private @net.scan_rows(
// CHECK: %[[SKIPPED:.*]] = arith.muli %{{.*}}, %c[[LINE]]{{(_[0-9]+)?}} : index
// CHECK-NEXT: %[[START:.*]] = arith.addi %{{.*}}, %[[SKIPPED]] : index
// CHECK: %[[BYTES:.*]] = arith.muli %{{.*}}, %c[[LINE]]{{(_[0-9]+)?}} : index
// CHECK-NEXT: %[[AT:.*]] = arith.addi %[[START]], %[[BYTES]] : index
// CHECK-NEXT: memref.prefetch %{{.*}}[%[[AT]]], read, locality<2>, data : memref<?xi8>
func.func @net(%x: tensor<?x?x160xf32>) -> (tensor<?x?x160xf32>, tensor<1x?x160xf32>) {
  %a = arith.constant dense<0.5> : tensor<480x160xf32>
  %y, %h_n = rnn.gru %x weights(%a, %a)
      {input_size = 160, hidden_size = 160, num_layers = 1, bias = false}
      : (tensor<?x?x160xf32>, tensor<480x160xf32>, tensor<480x160xf32>)
      -> (tensor<?x?x160xf32>, tensor<1x?x160xf32>)
  return %y, %h_n : tensor<?x?x160xf32>, tensor<1x?x160xf32>
}
