// RUN: grucc-opt %s --split-input-file --rnn-outline-kernels --verify-diagnostics | FileCheck %s

#machine = #rnn.machine<name = "m", target = "x86-64-v3", fma_per_cycle = 2, loads_per_cycle = 2, mhz = 3000, l1_bytes = 32768, l2_bytes = 262144, l3_bytes = 2097152, l2_bandwidth = 32, l3_bandwidth = 16>
#matrix = #rnn.matrix<gates = 3, units = 8, lanes = 8, vectors = 1, depth = 2>
#step = #rnn.matrix<gates = 3, units = 8, lanes = 8, vectors = 1, depth = 8>

// One function for both calls, in front of the first, for the same machine.
// CHECK: func.func private @net.project_2(%[[W:.*]]: memref<?xi8>, %[[AT:[^,]*]]: index, %{{.*}}: memref<?xf32>
// CHECK-SAME: llvm.linkage<internal>{{.*}}rnn.machine
// CHECK: rnn.project_rows %[[W]][%[[AT]]] of {{.*}} {bias = 192 : i64, matrix = #rnn.matrix<{{.*}}>} :
// CHECK-NOT: @net.project_2(
// CHECK-LABEL: func.func @both(
// CHECK: scf.for
// CHECK: func.call @net.project_2(%arg0, %arg2, %arg1, %arg2, %arg2, %arg1, %arg2, %arg2, %arg2, %arg2, %arg2)
// CHECK: call @net.project_2(
func.func @both(%w: memref<?xi8>, %x: memref<?xf32>, %i: index) attributes {rnn.machine = #machine} {
  scf.for %j = %i to %i step %i {
    rnn.project_rows %w[%i] of %x[%i, %i] into %x[%i, %i] rows %i panels %i to %i
        {matrix = #matrix, bias = 192, kernel = "net.project_2"} : memref<?xf32>
  }
  rnn.project_rows %w[%i] of %x[%i, %i] into %x[%i, %i] rows %i panels %i to %i
      {matrix = #matrix, bias = 192, kernel = "net.project_2"} : memref<?xf32>
  return
}

// What has no name stays.
// CHECK-LABEL: func.func @stays(
// CHECK: rnn.project_rows
func.func @stays(%w: memref<?xi8>, %x: memref<?xf32>, %i: index) {
  rnn.project_rows %w[%i] of %x[%i, %i] into %x[%i, %i] rows %i panels %i to %i {matrix = #matrix}
      : memref<?xf32>
  return
}

// A step of one row that two functions take is not written into both.
// CHECK: func.func private @net.step_8({{.*}}passthrough = ["noinline"]
// CHECK-LABEL: func.func @first(
// CHECK: call @net.step_8
// CHECK-LABEL: func.func @second(
// CHECK: call @net.step_8
func.func @first(%w: memref<?xi8>, %x: memref<?xf32>, %i: index) {
  rnn.step_row %w[%i] of %x[%i] from %x[%i] into %x[%i] descending %i panels %i to %i
      {input = #step, recurrent = #step, recurrent_at = 0, kernel = "net.step_8"} : memref<?xf32>
  return
}
func.func @second(%w: memref<?xi8>, %x: memref<?xf32>, %i: index) {
  rnn.step_row %w[%i] of %x[%i] from %x[%i] into %x[%i] descending %i panels %i to %i
      {input = #step, recurrent = #step, recurrent_at = 0, kernel = "net.step_8"} : memref<?xf32>
  return
}

// -----

#matrix = #rnn.matrix<gates = 3, units = 8, lanes = 8, vectors = 1, depth = 2>
func.func @unlike(%w: memref<?xi8>, %x: memref<?xf32>, %i: index) {
  // expected-note @+1 {{which is this one}}
  rnn.project_rows %w[%i] of %x[%i, %i] into %x[%i, %i] rows %i panels %i to %i
      {matrix = #matrix, bias = 192, kernel = "project"} : memref<?xf32>
  // expected-error @+1 {{kernel: found 'project' of another kernel, expected one that is alike}}
  rnn.project_rows %w[%i] of %x[%i, %i] into %x[%i, %i] rows %i panels %i to %i
      {matrix = #matrix, bias = 256, kernel = "project"} : memref<?xf32>
  return
}

// -----

#matrix = #rnn.matrix<gates = 3, units = 8, lanes = 8, vectors = 1, depth = 2>
// expected-note @+1 {{which is this one}}
func.func @taken(%w: memref<?xi8>, %x: memref<?xf32>, %i: index) {
  // expected-error @+1 {{kernel: found the name of another symbol, 'taken', expected one of its own}}
  rnn.project_rows %w[%i] of %x[%i, %i] into %x[%i, %i] rows %i panels %i to %i
      {matrix = #matrix, kernel = "taken"} : memref<?xf32>
  return
}
