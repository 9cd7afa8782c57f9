// RUN: grucc-opt %s --rnn-split-layers --rnn-hoist-projection \
// RUN:   --rnn-select-schedule="machine=x86-64-v3 fields=split=none" --rnn-plan-model --rnn-pack-weights --rnn-lower-layers \
// RUN:   --canonicalize --cse --mlir-elide-resource-strings-if-larger=64 | FileCheck %s

// Three layers of two directions, six projections and scans: all of them are one function, which is
// called once for each direction in a loop over layers. Its weights begin where rnn-plan-model has
// placed them, of layer 1 at byte 640 and of each above 1152 further; the directions write halves of
// y; and layers take turns between the output, which the last one has to write, and what is spare.
// CHECK-LABEL: func.func private @net.layers(
// CHECK: } else {
// CHECK: %[[ARGUMENT:.*]] = rnn.argument output of
// CHECK: %[[OUTPUT:.*]] = memref.reinterpret_cast %[[ARGUMENT]]
// CHECK: %[[Y_0:.*]] = memref.cast %[[OUTPUT]]
// CHECK: %[[OTHER:.*]] = rnn.workspace_part "other" of
// CHECK: %[[ROWS:.*]] = memref.reinterpret_cast %[[OTHER]]
// CHECK: %[[SPARE_0:.*]] = memref.cast %[[ROWS]]
// CHECK: scf.for %[[LAYER:[^ ]+]] = %c0 to %c3 step %c1 iter_args(%[[X:[^ ]+]] = %{{[^ ]+}}, %[[Y:[^ ]+]] = %[[Y_0]], %[[SPARE:[^ ]+]] = %[[SPARE_0]])
// CHECK: %[[BELOW:.*]] = arith.subi %[[LAYER]], %c1
// CHECK: %[[UPPER:.*]] = arith.cmpi sgt, %[[LAYER]], %c0
// CHECK: %[[AFTER:.*]] = arith.muli %[[BELOW]], %c1152
// CHECK: %[[ABOVE:.*]] = arith.addi %[[AFTER]], %c640
// CHECK: %[[AT:.*]] = arith.select %[[UPPER]], %[[ABOVE]], %c0
// CHECK: memref.reinterpret_cast %{{.*}} to offset: [%[[AT]]]
// CHECK: memref.subview %[[Y]][0, 0, 0] [%{{.*}}, %{{.*}}, 4]
// CHECK: call @net.layer(%{{[^,]*}}, %[[UPPER]], %c0, %[[X]],
// CHECK: memref.subview %[[Y]][0, 0, 4] [%{{.*}}, %{{.*}}, 4]
// CHECK: call @net.layer(%{{[^,]*}}, %[[UPPER]], %c1, %[[X]],
// CHECK-NOT: call
// CHECK: scf.yield %[[Y]], %[[SPARE]], %[[Y]]
// CHECK-NOT: call
// CHECK: return
func.func @net(%x: tensor<?x?x2xf32>) -> (tensor<?x?x8xf32>, tensor<6x?x4xf32>) {
  %a = arith.constant dense<0.5> : tensor<12x2xf32>
  %b = arith.constant dense<0.25> : tensor<12x8xf32>
  %c = arith.constant dense<0.125> : tensor<12x4xf32>
  %y, %h_n = rnn.gru %x weights(%a, %c, %a, %c, %b, %c, %b, %c, %b, %c, %b, %c)
      {input_size = 2, hidden_size = 4, num_layers = 3, bias = false, bidirectional = true}
      : (tensor<?x?x2xf32>, tensor<12x2xf32>, tensor<12x4xf32>, tensor<12x2xf32>, tensor<12x4xf32>,
         tensor<12x8xf32>, tensor<12x4xf32>, tensor<12x8xf32>, tensor<12x4xf32>,
         tensor<12x8xf32>, tensor<12x4xf32>, tensor<12x8xf32>, tensor<12x4xf32>)
      -> (tensor<?x?x8xf32>, tensor<6x?x4xf32>)
  return %y, %h_n : tensor<?x?x8xf32>, tensor<6x?x4xf32>
}
