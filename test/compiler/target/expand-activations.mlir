// RUN: grucc-opt %s --rnn-expand-activations --cse --split-input-file | FileCheck %s
// RUN: grucc-opt %s --rnn-expand-activations=fma=false --split-input-file \
// RUN:   | FileCheck %s --check-prefix=UNFUSED --implicit-check-not=math.fma --implicit-check-not='= rnn.'
// RUN: grucc-opt %s --rnn-expand-activations=late-limits --cse --split-input-file \
// RUN:   | FileCheck %s --check-prefix=LATE

// CHECK-LABEL: func.func @sigmoid_limits_in_the_form_that_keeps_nan
// CHECK-SAME: (%[[X:.*]]: vector<16xf32>)
func.func @sigmoid_limits_in_the_form_that_keeps_nan(%x: vector<16xf32>) -> vector<16xf32> {
  // CHECK: %[[HIGH:.*]] = arith.constant dense<1.800000e+01> : vector<16xf32>
  // CHECK: %[[ABOVE:.*]] = arith.cmpf olt, %[[HIGH]], %[[X]]
  // CHECK: %[[MIN:.*]] = arith.select %[[ABOVE]], %[[HIGH]], %[[X]]
  // CHECK: %[[LOW:.*]] = arith.constant dense<-1.040000e+02> : vector<16xf32>
  // CHECK: %[[BELOW:.*]] = arith.cmpf olt, %[[MIN]], %[[LOW]]
  // CHECK: arith.select %[[BELOW]], %[[LOW]], %[[MIN]]
  // 2^n comes from the low bits of the rounded sum.
  // CHECK: %[[SUM:.*]] = math.fma
  // CHECK: %[[BITS:.*]] = arith.bitcast %[[SUM]] : vector<16xf32> to vector<16xi32>
  // CHECK: %[[POWER:.*]] = arith.shli %[[BITS]]
  // CHECK: arith.bitcast %[[POWER]] : vector<16xi32> to vector<16xf32>
  // CHECK: %[[Y:.*]] = arith.divf
  // CHECK-NOT: math.exp
  // CHECK: return %[[Y]]
  // UNFUSED: arith.divf
  // The steps take x itself; what they give beyond the limits is replaced.
  // LATE-LABEL: func.func @sigmoid_limits_in_the_form_that_keeps_nan
  // LATE-SAME: (%[[X:.*]]: vector<16xf32>)
  // LATE: %[[LOW:.*]] = arith.constant dense<-1.040000e+02>
  // LATE: %[[BELOW:.*]] = arith.cmpf olt, %[[X]], %[[LOW]]
  // LATE: %[[HIGH:.*]] = arith.constant dense<1.800000e+01>
  // LATE: %[[ABOVE:.*]] = arith.cmpf olt, %[[HIGH]], %[[X]]
  // LATE: math.fma %[[X]],
  // LATE: %[[Q:.*]] = arith.divf
  // LATE: %[[ZERO:.*]] = arith.constant dense<0.000000e+00>
  // LATE: %[[Y:.*]] = arith.select %[[BELOW]], %[[ZERO]], %[[Q]]
  // LATE: %[[LIMITED:.*]] = arith.select %[[ABOVE]], %{{.*}}, %[[Y]]
  // LATE: return %[[LIMITED]]
  %y = rnn.sigmoid %x : vector<16xf32>
  return %y : vector<16xf32>
}

// -----

// CHECK-LABEL: func.func @tanh_takes_its_sign_from_the_input
// CHECK-SAME: (%[[X:.*]]: f32)
func.func @tanh_takes_its_sign_from_the_input(%x: f32) -> f32 {
  // CHECK: %[[BITS:.*]] = arith.bitcast %[[X]] : f32 to i32
  // CHECK: %[[QUOTIENT:.*]] = arith.divf {{.*}} : f32
  // CHECK: %[[SUM:.*]] = arith.addf %{{.*}}, %[[QUOTIENT]] : f32
  // CHECK: %[[SIGN:.*]] = arith.andi %[[BITS]], %{{.*}} : i32
  // CHECK: %[[UNSIGNED:.*]] = arith.bitcast %[[SUM]] : f32 to i32
  // CHECK: %[[SIGNED:.*]] = arith.ori %[[UNSIGNED]], %[[SIGN]] : i32
  // CHECK: %[[Y:.*]] = arith.bitcast %[[SIGNED]] : i32 to f32
  // CHECK: return %[[Y]]
  // UNFUSED: arith.divf
  %y = rnn.tanh %x : f32
  return %y : f32
}

// -----

// CHECK-LABEL: func.func @any_shape_inside_any_region
func.func @any_shape_inside_any_region(%x: vector<3x4xf32>, %c: i1) -> vector<3x4xf32> {
  // CHECK: scf.if
  // CHECK: math.fma {{.*}} : vector<3x4xf32>
  // CHECK-NOT: rnn.
  %y = scf.if %c -> vector<3x4xf32> {
    %s = rnn.sigmoid %x : vector<3x4xf32>
    %t = rnn.tanh %s : vector<3x4xf32>
    scf.yield %t : vector<3x4xf32>
  } else {
    scf.yield %x : vector<3x4xf32>
  }
  return %y : vector<3x4xf32>
}

// -----

// CHECK-LABEL: func.func @float64_has_steps_of_its_own
// CHECK-SAME: (%[[X:.*]]: vector<8xf64>)
func.func @float64_has_steps_of_its_own(%x: vector<8xf64>) -> vector<8xf64> {
  // CHECK: arith.constant dense<3.800000e+01> : vector<8xf64>
  // CHECK: arith.constant dense<-7.460000e+02> : vector<8xf64>
  // CHECK: %[[SUM:.*]] = math.fma {{.*}} : vector<8xf64>
  // CHECK: %[[BITS:.*]] = arith.bitcast %[[SUM]] : vector<8xf64> to vector<8xi64>
  // CHECK: %[[SHIFT:.*]] = arith.constant dense<52> : vector<8xi64>
  // CHECK: %[[POWER:.*]] = arith.shli %[[BITS]], %[[SHIFT]] : vector<8xi64>
  // CHECK: arith.bitcast %[[POWER]] : vector<8xi64> to vector<8xf64>
  // CHECK: %[[Y:.*]] = arith.divf {{.*}} : vector<8xf64>
  // CHECK-NOT: f32
  // CHECK: return %[[Y]]
  // UNFUSED: arith.divf
  %y = rnn.sigmoid %x : vector<8xf64>
  return %y : vector<8xf64>
}

// -----

// CHECK-LABEL: func.func @float64_scalar
// CHECK-SAME: (%[[X:.*]]: f64)
func.func @float64_scalar(%x: f64) -> f64 {
  // CHECK: %[[BITS:.*]] = arith.bitcast %[[X]] : f64 to i64
  // CHECK: %[[MASK:.*]] = arith.constant 9223372036854775807 : i64
  // CHECK: arith.andi %[[BITS]], %[[MASK]] : i64
  // CHECK: %[[QUOTIENT:.*]] = arith.divf {{.*}} : f64
  // CHECK: %[[SUM:.*]] = arith.addf %{{.*}}, %[[QUOTIENT]] : f64
  // CHECK: %[[SIGN:.*]] = arith.andi %[[BITS]], %{{.*}} : i64
  // CHECK: %[[UNSIGNED:.*]] = arith.bitcast %[[SUM]] : f64 to i64
  // CHECK: arith.ori %[[UNSIGNED]], %[[SIGN]] : i64
  // UNFUSED: arith.divf
  %y = rnn.tanh %x : f64
  return %y : f64
}

// -----

// The schedule of a function says the same as the option.
// CHECK-LABEL: func.func @as_the_schedule_says
// CHECK-SAME: (%[[X:.*]]: vector<8xf32>)
// CHECK: %[[A:.*]] = arith.bitcast %{{.*}} : vector<8xi32> to vector<8xf32>
// CHECK: %[[ABOVE:.*]] = arith.cmpf olt, %{{.*}}, %[[A]]
// CHECK: arith.divf
// CHECK: %[[SUM:.*]] = arith.addf
// CHECK: arith.select %[[ABOVE]], %{{.*}}, %[[SUM]]
func.func @as_the_schedule_says(%x: vector<8xf32>) -> vector<8xf32>
    attributes {rnn.schedule = #rnn.schedule<
        lanes = 8, panel = 1, tiles = [4, 1, 1, 1], k_block = 64, pair_blocks = true, k_chunk = 128,
        group_rows = 32, prefetch = false, chunk_rows = 64, zigzag = false, fuse_step = true,
        unroll = 2, late_limits = true>} {
  %y = rnn.tanh %x : vector<8xf32>
  return %y : vector<8xf32>
}
// It is that function's alone.
// CHECK-LABEL: func.func @without_a_schedule
// CHECK: arith.cmpf olt, %{{.*}}
// CHECK: arith.select
// CHECK: arith.divf
// CHECK-NOT: arith.select
// CHECK: return
func.func @without_a_schedule(%x: vector<8xf32>) -> vector<8xf32> {
  %y = rnn.tanh %x : vector<8xf32>
  return %y : vector<8xf32>
}
