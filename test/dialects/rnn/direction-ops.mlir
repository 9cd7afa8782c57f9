// RUN: grucc-opt %s | grucc-opt | FileCheck %s
// RUN: grucc-opt --mlir-print-op-generic %s | grucc-opt | FileCheck %s

// A size that only one direction knows holds for both.
// CHECK-LABEL: @concat_doubles_the_last_axis
// CHECK: rnn.concat %{{.*}}, %{{.*}} : (tensor<?x4x3xf64>, tensor<7x?x3xf64>) -> tensor<7x4x6xf64>
func.func @concat_doubles_the_last_axis(%f: tensor<?x4x3xf64>, %b: tensor<7x?x3xf64>)
    -> tensor<7x4x6xf64> {
  %y = rnn.concat %f, %b : (tensor<?x4x3xf64>, tensor<7x?x3xf64>) -> tensor<7x4x6xf64>
  return %y : tensor<7x4x6xf64>
}

// CHECK-LABEL: @dropout_by_seed
// CHECK: rnn.dropout %{{.*}} seed(%{{.*}}) {layer = 2 : i64, p = 2.500000e-01 : f64} : (tensor<?x?x3xf32>, i64) -> tensor<?x?x3xf32>
func.func @dropout_by_seed(%x: tensor<?x?x3xf32>, %seed: i64) -> tensor<?x?x3xf32> {
  %y = rnn.dropout %x seed(%seed) {p = 0.25, layer = 2} : (tensor<?x?x3xf32>, i64) -> tensor<?x?x3xf32>
  return %y : tensor<?x?x3xf32>
}

// CHECK-LABEL: @dropout_by_mask
// CHECK: rnn.dropout %{{.*}} mask(%{{.*}}) {layer = 0 : i64, p = 1.000000e+00 : f64}
func.func @dropout_by_mask(%x: tensor<?x4x3xf64>, %mask: tensor<1x?x?x3xf64>) -> tensor<?x4x3xf64> {
  %y = rnn.dropout %x mask(%mask) {p = 1.0, layer = 0}
      : (tensor<?x4x3xf64>, tensor<1x?x?x3xf64>) -> tensor<?x4x3xf64>
  return %y : tensor<?x4x3xf64>
}
