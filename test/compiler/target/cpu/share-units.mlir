// RUN: grucc-opt %s --rnn-split-layers --rnn-hoist-projection \
// RUN:   --rnn-select-schedule="machine=x86-64-v3 fields=split=units" --rnn-plan-model --rnn-pack-weights --rnn-lower-layers --rnn-outline-kernels --rnn-expand-workspace --rnn-outline-phases \
// RUN:   --mlir-elide-resource-strings-if-larger=64 | FileCheck %s
// RUN: grucc-opt %s --rnn-split-layers --rnn-hoist-projection \
// RUN:   --rnn-select-schedule="machine=x86-64-v3 fields=split=none" --rnn-plan-model --rnn-pack-weights --rnn-lower-layers --rnn-outline-kernels --rnn-expand-workspace --rnn-outline-phases \
// RUN:   --mlir-elide-resource-strings-if-larger=64 | FileCheck %s --check-prefix=NONE

// A part of a step: its panels follow from which part it is, of how many.
// CHECK-LABEL: func.func private @net.layer.scan(
// CHECK-SAME: %[[FRAME:.*]]: !llvm.ptr, %[[PART:.*]]: i64)
// CHECK: %[[INDEX:.*]] = arith.index_cast %[[PART]] : i64 to index
// CHECK: %[[BEFORE:.*]] = arith.muli %[[INDEX]], %[[PANELS:.*]] : index
// CHECK: %[[FIRST:.*]] = arith.divui %[[BEFORE]], %[[PARTS:.*]] : index
// CHECK: %[[END:.*]] = arith.divui %{{.*}}, %[[PARTS]] : index
// CHECK: call @net.scan_row({{.*}}, %[[FIRST]], %[[END]])

// All layers on every part at once, for callers with a barrier.
// CHECK-LABEL: func.func private @net.run(
// CHECK: llvm.call %{{.*}} : !llvm.ptr, (!llvm.ptr, i64, !llvm.ptr, !llvm.ptr) -> ()
// CHECK: call @net.layers(
// CHECK-LABEL: func.func private @net.layers.together(
// CHECK: call @net.layers(

// One thread: no function of the caller's is called.
// NONE-LABEL: func.func private @net.run(
// NONE-NOT: llvm.call
// NONE: return
func.func @net(%x: tensor<?x?x2xf32>) -> (tensor<?x?x40xf32>, tensor<1x?x40xf32>) {
  %a = arith.constant dense<0.5> : tensor<120x2xf32>
  %b = arith.constant dense<0.25> : tensor<120x40xf32>
  %y, %h_n = rnn.gru %x weights(%a, %b) {input_size = 2, hidden_size = 40, bias = false}
      : (tensor<?x?x2xf32>, tensor<120x2xf32>, tensor<120x40xf32>)
      -> (tensor<?x?x40xf32>, tensor<1x?x40xf32>)
  return %y, %h_n : tensor<?x?x40xf32>, tensor<1x?x40xf32>
}
