// RUN: grucc-opt %s --rnn-split-layers --rnn-hoist-projection \
// RUN:   --rnn-select-schedule="machine=x86-64-v3 fields=split=layers,turn_rows=4" --rnn-plan-model --rnn-pack-weights --rnn-lower-layers --rnn-outline-kernels --rnn-expand-workspace --rnn-outline-phases \
// RUN:   --mlir-elide-resource-strings-if-larger=64 | FileCheck %s

// All parts run the same turns, and meet after each.
// CHECK-LABEL: func.func private @net.wave(
// CHECK: scf.for
// CHECK: call @net.wave.turn(

// A part that is p layers up goes through the chunk that the lowest one did p turns ago.
// CHECK-LABEL: func.func private @net.wave.turn(
// CHECK-SAME: %[[FRAME:.*]]: !llvm.ptr, %[[PART:.*]]: i64)
// CHECK: %[[INDEX:.*]] = arith.index_cast %[[PART]] : i64 to index
// CHECK: %[[LATE:.*]] = arith.subi %{{.*}}, %[[INDEX]] : index
// CHECK: %[[FIRST:.*]] = arith.muli %[[LATE]], %{{.*}} : index
// CHECK: call @net.layer(

// CHECK-LABEL: func.func private @net.run(
// CHECK: call @net.wave(
func.func @net(%x: tensor<?x?x2xf32>) -> (tensor<?x?x8xf32>, tensor<2x?x8xf32>) {
  %a = arith.constant dense<0.5> : tensor<24x2xf32>
  %b = arith.constant dense<0.25> : tensor<24x8xf32>
  %y, %h_n = rnn.gru %x weights(%a, %b, %b, %b)
      {input_size = 2, hidden_size = 8, num_layers = 2, bias = false}
      : (tensor<?x?x2xf32>, tensor<24x2xf32>, tensor<24x8xf32>, tensor<24x8xf32>, tensor<24x8xf32>)
      -> (tensor<?x?x8xf32>, tensor<2x?x8xf32>)
  return %y, %h_n : tensor<?x?x8xf32>, tensor<2x?x8xf32>
}
