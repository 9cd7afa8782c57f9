// RUN: grucc-opt %s | grucc-opt | FileCheck %s
// RUN: grucc-opt --mlir-print-op-generic %s | grucc-opt | FileCheck %s

#ih = #rnn.matrix<gates = 3, units = 8, lanes = 8, vectors = 1, depth = 2>
#hh = #rnn.matrix<gates = 3, units = 8, lanes = 8, vectors = 1, depth = 8>

// CHECK-LABEL: @kernels
func.func @kernels(%w: memref<?xi8>, %x: memref<?xf64>, %g: memref<?xf64>, %h: memref<?xf64>,
                   %y: memref<?xf64>, %i: index) {
  // CHECK: rnn.project_rows %{{.*}}[%{{.*}}] of %{{.*}}[%{{.*}}, %{{.*}}] into %{{.*}}[%{{.*}}, %{{.*}}] rows %{{.*}} panels %{{.*}} to %{{.*}} {bias = 64 : i64, matrix = #{{.*}}} : memref<?xf64>
  rnn.project_rows %w[%i] of %x[%i, %i] into %g[%i, %i] rows %i panels %i to %i
      {matrix = #ih, bias = 64} : memref<?xf64>
  // CHECK: rnn.scan_rows %{{.*}}[%{{.*}}] gates %{{.*}}[%{{.*}}] from %{{.*}}[%{{.*}}, %{{.*}}] into %{{.*}}[%{{.*}}, %{{.*}}] rows %{{.*}} descending %{{.*}} panels %{{.*}} to %{{.*}} {matrix = #{{.*}}, one_row} : memref<?xf64>
  rnn.scan_rows %w[%i] gates %g[%i] from %h[%i, %i] into %y[%i, %i] rows %i descending %i
      panels %i to %i {matrix = #hh, one_row} : memref<?xf64>
  // CHECK: rnn.scan_steps %{{.*}}[%{{.*}}] gates %{{.*}}[%{{.*}}, %{{.*}}] from %{{.*}}[%{{.*}}] into %{{.*}}[%{{.*}}, %{{.*}}] steps %{{.*}} {bias = 128 : i64, matrix = #{{.*}}} : memref<?xf64>
  rnn.scan_steps %w[%i] gates %g[%i, %i] from %h[%i] into %y[%i, %i] steps %i
      {matrix = #hh, bias = 128} : memref<?xf64>
  // CHECK: rnn.step_row %{{.*}}[%{{.*}}] of %{{.*}}[%{{.*}}] from %{{.*}}[%{{.*}}] into %{{.*}}[%{{.*}}] descending %{{.*}} panels %{{.*}} to %{{.*}} {input = #{{.*}}, recurrent = #{{.*}}, recurrent_at = 64 : i64} : memref<?xf64>
  rnn.step_row %w[%i] of %x[%i] from %h[%i] into %y[%i] descending %i panels %i to %i
      {input = #ih, recurrent = #hh, recurrent_at = 64} : memref<?xf64>
  return
}
