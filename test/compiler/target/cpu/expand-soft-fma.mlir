// RUN: grucc-opt %s --split-input-file --rnn-expand-soft-fma | FileCheck %s
// RUN: not grucc-opt %S/Inputs/soft-fma-taken.mlir --rnn-expand-soft-fma 2>&1 | FileCheck %s --check-prefix=TAKEN
// RUN: grucc --input-size=3 --hidden-size=6 --init=uniform --target=cortex-m0plus --stop-after=vectors -o - \
// RUN:   | FileCheck %s --check-prefix=NETWORK --implicit-check-not=math.fma
// RUN: grucc --input-size=3 --hidden-size=6 --init=uniform --target=cortex-m4f --stop-after=vectors -o - \
// RUN:   | FileCheck %s --check-prefix=HARD --implicit-check-not=fma.float32

#soft = #rnn.machine<name = "m", target = "cortex-m3", fma_per_cycle = 1, loads_per_cycle = 1, mhz = 72, l1_bytes = 65536, l2_bytes = 1048576, l3_bytes = 1048576, l2_bandwidth = 4, l3_bandwidth = 4>
#hard = #rnn.machine<name = "m", target = "cortex-m4f", fma_per_cycle = 1, loads_per_cycle = 1, mhz = 72, l1_bytes = 65536, l2_bytes = 1048576, l3_bytes = 1048576, l2_bandwidth = 4, l3_bandwidth = 4>

// CHECK-LABEL: func.func @scalar
// CHECK-SAME: %[[A:.*]]: f32, %[[B:.*]]: f32, %[[C:.*]]: f32
func.func @scalar(%a: f32, %b: f32, %c: f32) -> f32 attributes {rnn.machine = #soft} {
  // CHECK: %[[X:.*]] = arith.bitcast %[[A]] : f32 to i32
  // CHECK: %[[Y:.*]] = arith.bitcast %[[B]] : f32 to i32
  // CHECK: %[[Z:.*]] = arith.bitcast %[[C]] : f32 to i32
  // CHECK: %[[D:.*]] = call @fma.float32(%[[X]], %[[Y]], %[[Z]]) : (i32, i32, i32) -> i32
  // CHECK: %[[E:.*]] = arith.bitcast %[[D]] : i32 to f32
  // CHECK: return %[[E]]
  %d = math.fma %a, %b, %c : f32
  return %d : f32
}

// Lane by lane.
// CHECK-LABEL: func.func @vector
// CHECK: vector.to_elements
// CHECK-COUNT-2: call @fma.float32
// CHECK: vector.from_elements
// CHECK-NOT: call
func.func @vector(%a: vector<2xf32>) -> vector<2xf32> attributes {rnn.machine = #soft} {
  %d = math.fma %a, %a, %a : vector<2xf32>
  return %d : vector<2xf32>
}

// CHECK-LABEL: func.func @float64
// CHECK-NEXT: math.fma
func.func @float64(%a: f64) -> f64 attributes {rnn.machine = #soft} {
  %d = math.fma %a, %a, %a : f64
  return %d : f64
}

// CHECK-LABEL: func.func @in_hardware
// CHECK-NEXT: math.fma
func.func @in_hardware(%a: f32) -> f32 attributes {rnn.machine = #hard} {
  %d = math.fma %a, %a, %a : f32
  return %d : f32
}

// CHECK: func.func private @fma.float32(%{{.*}}: i32, %{{.*}}: i32, %{{.*}}: i32) -> i32
// CHECK-SAME: llvm.linkage = #llvm.linkage<internal>
// Only numbers without a mantissa are a library's.
// CHECK: func.func private @fma.float32_any
// CHECK: arith.mulf
// CHECK: arith.addf
// CHECK-LABEL: func.func private @fma.product(
// CHECK: arith.muli %{{.*}}, %{{.*}} : i64

// -----

// An ARMv6-M multiplies into 32 bits, four times.
#small = #rnn.machine<name = "m", target = "cortex-m0plus", fma_per_cycle = 1, loads_per_cycle = 1, mhz = 72, l1_bytes = 65536, l2_bytes = 1048576, l3_bytes = 1048576, l2_bandwidth = 4, l3_bandwidth = 4>

// CHECK-LABEL: func.func @small
func.func @small(%a: f32) -> f32 attributes {rnn.machine = #small} {
  %d = math.fma %a, %a, %a : f32
  return %d : f32
}
// CHECK-LABEL: func.func private @fma.product(
// CHECK-COUNT-4: arith.muli %{{.*}}, %{{.*}} : i32
// CHECK-NOT: arith.muli

// -----

// Nothing is added where nothing is called.
// CHECK-LABEL: func.func @none
// CHECK-NOT: @fma.
func.func @none() {
  return
}

// TAKEN: error: 'builtin.module' op multiply-adds: found the name of another symbol, 'fma.float32', expected one of its own
// TAKEN: note: which is this one

// NETWORK: call @fma.float32
// HARD: math.fma
