// RUN: grucc-opt %s | grucc-opt | FileCheck %s
// RUN: grucc-opt --mlir-print-op-generic %s | grucc-opt | FileCheck %s

// CHECK-LABEL: @scalars_and_vectors
func.func @scalars_and_vectors(%a: f32, %b: f64, %c: vector<16xf32>, %d: vector<2x4xf64>)
    -> (f32, f64, vector<16xf32>, vector<2x4xf64>) {
  // CHECK: rnn.sigmoid %{{.*}} : f32
  %0 = rnn.sigmoid %a : f32
  // CHECK: rnn.tanh %{{.*}} : f64
  %1 = rnn.tanh %b : f64
  // CHECK: rnn.sigmoid %{{.*}} : vector<16xf32>
  %2 = rnn.sigmoid %c : vector<16xf32>
  // CHECK: rnn.tanh %{{.*}} : vector<2x4xf64>
  %3 = rnn.tanh %d : vector<2x4xf64>
  return %0, %1, %2, %3 : f32, f64, vector<16xf32>, vector<2x4xf64>
}
