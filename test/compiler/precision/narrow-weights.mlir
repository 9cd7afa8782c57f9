// RUN: grucc-opt %s --rnn-narrow-weights | FileCheck %s

// One W_ih [3, 2] a function: the narrowest storage that holds every bit of it.

// 1 + 2^-7 and 2^-80 (no float16), 3 (no common scale).
// CHECK-LABEL: @bfloat16_has_eight_bits
// CHECK: rnn.layer {{.*}}w_ih_storage = #rnn.storage<bfloat16>
func.func @bfloat16_has_eight_bits(%x: tensor<?x?x2xf32>, %w_hh: tensor<3x1xf32>) -> tensor<?x?x1xf32> {
  %w_ih = arith.constant dense<[[1.0078125, 8.27180613E-25], [3.0, -0.5], [0.0, 1.0]]> : tensor<3x2xf32>
  %y, %h_n = rnn.layer %x weights(%w_ih, %w_hh)
      : (tensor<?x?x2xf32>, tensor<3x2xf32>, tensor<3x1xf32>) -> (tensor<?x?x1xf32>, tensor<?x1xf32>)
  return %y : tensor<?x?x1xf32>
}

// 1 + 2^-10.
// CHECK-LABEL: @float16_has_eleven_bits
// CHECK: rnn.layer {{.*}}w_ih_storage = #rnn.storage<float16>
func.func @float16_has_eleven_bits(%x: tensor<?x?x2xf32>, %w_hh: tensor<3x1xf32>) -> tensor<?x?x1xf32> {
  %w_ih = arith.constant dense<[[1.0009765625, -0.5], [3.0, 0.25], [0.0, 1.0]]> : tensor<3x2xf32>
  %y, %h_n = rnn.layer %x weights(%w_ih, %w_hh)
      : (tensor<?x?x2xf32>, tensor<3x2xf32>, tensor<3x1xf32>) -> (tensor<?x?x1xf32>, tensor<?x1xf32>)
  return %y : tensor<?x?x1xf32>
}

// 1 + 2^-11.
// CHECK-LABEL: @one_bit_more_than_float16
// CHECK: rnn.layer
// CHECK-NOT: w_ih_storage
// CHECK: return
func.func @one_bit_more_than_float16(%x: tensor<?x?x2xf32>, %w_hh: tensor<3x1xf32>) -> tensor<?x?x1xf32> {
  %w_ih = arith.constant dense<[[1.00048828125, -0.5], [3.0, 0.25], [0.0, 1.0]]> : tensor<3x2xf32>
  %y, %h_n = rnn.layer %x weights(%w_ih, %w_hh)
      : (tensor<?x?x2xf32>, tensor<3x2xf32>, tensor<3x1xf32>) -> (tensor<?x?x1xf32>, tensor<?x1xf32>)
  return %y : tensor<?x?x1xf32>
}

// 1023 * 2^-24 and 2^-24, with a value of eleven bits.
// CHECK-LABEL: @smallest_float16_is_subnormal
// CHECK: rnn.layer {{.*}}w_ih_storage = #rnn.storage<float16>
func.func @smallest_float16_is_subnormal(%x: tensor<?x?x2xf32>, %w_hh: tensor<3x1xf32>) -> tensor<?x?x1xf32> {
  %w_ih = arith.constant dense<[[0x387FC000, 0x33800000], [1.0009765625, 0.25], [0.0, 1.0]]> : tensor<3x2xf32>
  %y, %h_n = rnn.layer %x weights(%w_ih, %w_hh)
      : (tensor<?x?x2xf32>, tensor<3x2xf32>, tensor<3x1xf32>) -> (tensor<?x?x1xf32>, tensor<?x1xf32>)
  return %y : tensor<?x?x1xf32>
}

// 2^-25.
// CHECK-LABEL: @half_of_the_smallest_float16
// CHECK: rnn.layer
// CHECK-NOT: w_ih_storage
// CHECK: return
func.func @half_of_the_smallest_float16(%x: tensor<?x?x2xf32>, %w_hh: tensor<3x1xf32>) -> tensor<?x?x1xf32> {
  %w_ih = arith.constant dense<[[0x33000000, 1.0009765625], [3.0, 0.25], [0.0, 1.0]]> : tensor<3x2xf32>
  %y, %h_n = rnn.layer %x weights(%w_ih, %w_hh)
      : (tensor<?x?x2xf32>, tensor<3x2xf32>, tensor<3x1xf32>) -> (tensor<?x?x1xf32>, tensor<?x1xf32>)
  return %y : tensor<?x?x1xf32>
}

// 65504.
// CHECK-LABEL: @largest_float16
// CHECK: rnn.layer {{.*}}w_ih_storage = #rnn.storage<float16>
func.func @largest_float16(%x: tensor<?x?x2xf32>, %w_hh: tensor<3x1xf32>) -> tensor<?x?x1xf32> {
  %w_ih = arith.constant dense<[[65504.0, 1.0009765625], [3.0, 0.25], [0.0, 1.0]]> : tensor<3x2xf32>
  %y, %h_n = rnn.layer %x weights(%w_ih, %w_hh)
      : (tensor<?x?x2xf32>, tensor<3x2xf32>, tensor<3x1xf32>) -> (tensor<?x?x1xf32>, tensor<?x1xf32>)
  return %y : tensor<?x?x1xf32>
}

// 65536 beside eleven bits.
// CHECK-LABEL: @beyond_the_largest_float16
// CHECK: rnn.layer
// CHECK-NOT: w_ih_storage
// CHECK: return
func.func @beyond_the_largest_float16(%x: tensor<?x?x2xf32>, %w_hh: tensor<3x1xf32>) -> tensor<?x?x1xf32> {
  %w_ih = arith.constant dense<[[65536.0, 1.0009765625], [3.0, 0.25], [0.0, 1.0]]> : tensor<3x2xf32>
  %y, %h_n = rnn.layer %x weights(%w_ih, %w_hh)
      : (tensor<?x?x2xf32>, tensor<3x2xf32>, tensor<3x1xf32>) -> (tensor<?x?x1xf32>, tensor<?x1xf32>)
  return %y : tensor<?x?x1xf32>
}

// -128 to 127 times 2^-7.
// CHECK-LABEL: @int8_with_one_scale
// CHECK: rnn.layer {{.*}}w_ih_storage = #rnn.storage<int8, exponent = -7>
func.func @int8_with_one_scale(%x: tensor<?x?x2xf32>, %w_hh: tensor<3x1xf32>) -> tensor<?x?x1xf32> {
  %w_ih = arith.constant dense<[[-1.0, 0.9921875], [0.0078125, 0.5], [0.0, -0.0078125]]> : tensor<3x2xf32>
  %y, %h_n = rnn.layer %x weights(%w_ih, %w_hh)
      : (tensor<?x?x2xf32>, tensor<3x2xf32>, tensor<3x1xf32>) -> (tensor<?x?x1xf32>, tensor<?x1xf32>)
  return %y : tensor<?x?x1xf32>
}

// 1 is 128 times 2^-7.
// CHECK-LABEL: @int8_has_no_128
// CHECK: rnn.layer {{.*}}w_ih_storage = #rnn.storage<bfloat16>
func.func @int8_has_no_128(%x: tensor<?x?x2xf32>, %w_hh: tensor<3x1xf32>) -> tensor<?x?x1xf32> {
  %w_ih = arith.constant dense<[[1.0, 0.9921875], [0.0078125, 0.5], [0.0, -0.0078125]]> : tensor<3x2xf32>
  %y, %h_n = rnn.layer %x weights(%w_ih, %w_hh)
      : (tensor<?x?x2xf32>, tensor<3x2xf32>, tensor<3x1xf32>) -> (tensor<?x?x1xf32>, tensor<?x1xf32>)
  return %y : tensor<?x?x1xf32>
}

// But bfloat16 has.
// CHECK-LABEL: @int8_has_no_negative_zero
// CHECK: rnn.layer {{.*}}w_ih_storage = #rnn.storage<bfloat16>
func.func @int8_has_no_negative_zero(%x: tensor<?x?x2xf32>, %w_hh: tensor<3x1xf32>) -> tensor<?x?x1xf32> {
  %w_ih = arith.constant dense<[[-1.0, 0.9921875], [0.0078125, 0.5], [-0.0, -0.0078125]]> : tensor<3x2xf32>
  %y, %h_n = rnn.layer %x weights(%w_ih, %w_hh)
      : (tensor<?x?x2xf32>, tensor<3x2xf32>, tensor<3x1xf32>) -> (tensor<?x?x1xf32>, tensor<?x1xf32>)
  return %y : tensor<?x?x1xf32>
}

// CHECK-LABEL: @float16_keeps_negative_zero
// CHECK: rnn.layer {{.*}}w_ih_storage = #rnn.storage<float16>
func.func @float16_keeps_negative_zero(%x: tensor<?x?x2xf32>, %w_hh: tensor<3x1xf32>) -> tensor<?x?x1xf32> {
  %w_ih = arith.constant dense<[[-0.0, 1.0009765625], [3.0, 0.25], [0.0, 1.0]]> : tensor<3x2xf32>
  %y, %h_n = rnn.layer %x weights(%w_ih, %w_hh)
      : (tensor<?x?x2xf32>, tensor<3x2xf32>, tensor<3x1xf32>) -> (tensor<?x?x1xf32>, tensor<?x1xf32>)
  return %y : tensor<?x?x1xf32>
}

// 100 * 2^20 and 2^20.
// CHECK-LABEL: @int8_of_large_numbers
// CHECK: rnn.layer {{.*}}w_ih_storage = #rnn.storage<int8, exponent = 20>
func.func @int8_of_large_numbers(%x: tensor<?x?x2xf32>, %w_hh: tensor<3x1xf32>) -> tensor<?x?x1xf32> {
  %w_ih = arith.constant dense<[[104857600.0, 1048576.0], [0.0, 0.0], [0.0, 0.0]]> : tensor<3x2xf32>
  %y, %h_n = rnn.layer %x weights(%w_ih, %w_hh)
      : (tensor<?x?x2xf32>, tensor<3x2xf32>, tensor<3x1xf32>) -> (tensor<?x?x1xf32>, tensor<?x1xf32>)
  return %y : tensor<?x?x1xf32>
}

// CHECK-LABEL: @zeros
// CHECK: rnn.layer {{.*}}w_ih_storage = #rnn.storage<int8>
func.func @zeros(%x: tensor<?x?x2xf32>, %w_hh: tensor<3x1xf32>) -> tensor<?x?x1xf32> {
  %w_ih = arith.constant dense<[[0.0, 0.0], [0.0, 0.0], [0.0, 0.0]]> : tensor<3x2xf32>
  %y, %h_n = rnn.layer %x weights(%w_ih, %w_hh)
      : (tensor<?x?x2xf32>, tensor<3x2xf32>, tensor<3x1xf32>) -> (tensor<?x?x1xf32>, tensor<?x1xf32>)
  return %y : tensor<?x?x1xf32>
}

// CHECK-LABEL: @infinity_is_no_int8
// CHECK: rnn.layer {{.*}}w_ih_storage = #rnn.storage<bfloat16>
func.func @infinity_is_no_int8(%x: tensor<?x?x2xf32>, %w_hh: tensor<3x1xf32>) -> tensor<?x?x1xf32> {
  %w_ih = arith.constant dense<[[0x7F800000, -0.5], [3.0, 0.25], [0.0, 1.0]]> : tensor<3x2xf32>
  %y, %h_n = rnn.layer %x weights(%w_ih, %w_hh)
      : (tensor<?x?x2xf32>, tensor<3x2xf32>, tensor<3x1xf32>) -> (tensor<?x?x1xf32>, tensor<?x1xf32>)
  return %y : tensor<?x?x1xf32>
}

// CHECK-LABEL: @infinity_is_a_float16
// CHECK: rnn.layer {{.*}}w_ih_storage = #rnn.storage<float16>
func.func @infinity_is_a_float16(%x: tensor<?x?x2xf32>, %w_hh: tensor<3x1xf32>) -> tensor<?x?x1xf32> {
  %w_ih = arith.constant dense<[[0xFF800000, 1.0009765625], [3.0, 0.25], [0.0, 1.0]]> : tensor<3x2xf32>
  %y, %h_n = rnn.layer %x weights(%w_ih, %w_hh)
      : (tensor<?x?x2xf32>, tensor<3x2xf32>, tensor<3x1xf32>) -> (tensor<?x?x1xf32>, tensor<?x1xf32>)
  return %y : tensor<?x?x1xf32>
}

// CHECK-LABEL: @bfloat16_keeps_the_bits_of_a_nan
// CHECK: rnn.layer {{.*}}w_ih_storage = #rnn.storage<bfloat16>
func.func @bfloat16_keeps_the_bits_of_a_nan(%x: tensor<?x?x2xf32>, %w_hh: tensor<3x1xf32>) -> tensor<?x?x1xf32> {
  %w_ih = arith.constant dense<[[0x7FC10000, -0.5], [3.0, 0.25], [0.0, 1.0]]> : tensor<3x2xf32>
  %y, %h_n = rnn.layer %x weights(%w_ih, %w_hh)
      : (tensor<?x?x2xf32>, tensor<3x2xf32>, tensor<3x1xf32>) -> (tensor<?x?x1xf32>, tensor<?x1xf32>)
  return %y : tensor<?x?x1xf32>
}

// Widening would quiet it.
// CHECK-LABEL: @float16_takes_no_nan
// CHECK: rnn.layer
// CHECK-NOT: w_ih_storage
// CHECK: return
func.func @float16_takes_no_nan(%x: tensor<?x?x2xf32>, %w_hh: tensor<3x1xf32>) -> tensor<?x?x1xf32> {
  %w_ih = arith.constant dense<[[0x7FC10000, 1.0009765625], [3.0, 0.25], [0.0, 1.0]]> : tensor<3x2xf32>
  %y, %h_n = rnn.layer %x weights(%w_ih, %w_hh)
      : (tensor<?x?x2xf32>, tensor<3x2xf32>, tensor<3x1xf32>) -> (tensor<?x?x1xf32>, tensor<?x1xf32>)
  return %y : tensor<?x?x1xf32>
}

// CHECK-LABEL: @nan_of_low_bits
// CHECK: rnn.layer
// CHECK-NOT: w_ih_storage
// CHECK: return
func.func @nan_of_low_bits(%x: tensor<?x?x2xf32>, %w_hh: tensor<3x1xf32>) -> tensor<?x?x1xf32> {
  %w_ih = arith.constant dense<[[0x7FC00001, -0.5], [3.0, 0.25], [0.0, 1.0]]> : tensor<3x2xf32>
  %y, %h_n = rnn.layer %x weights(%w_ih, %w_hh)
      : (tensor<?x?x2xf32>, tensor<3x2xf32>, tensor<3x1xf32>) -> (tensor<?x?x1xf32>, tensor<?x1xf32>)
  return %y : tensor<?x?x1xf32>
}

// 2^-133, the smallest, and 2^-126.
// CHECK-LABEL: @bfloat16_has_subnormals
// CHECK: rnn.layer {{.*}}w_ih_storage = #rnn.storage<bfloat16>
func.func @bfloat16_has_subnormals(%x: tensor<?x?x2xf32>, %w_hh: tensor<3x1xf32>) -> tensor<?x?x1xf32> {
  %w_ih = arith.constant dense<[[0x00010000, 0x00800000], [3.0, 0.25], [0.0, 1.0]]> : tensor<3x2xf32>
  %y, %h_n = rnn.layer %x weights(%w_ih, %w_hh)
      : (tensor<?x?x2xf32>, tensor<3x2xf32>, tensor<3x1xf32>) -> (tensor<?x?x1xf32>, tensor<?x1xf32>)
  return %y : tensor<?x?x1xf32>
}

// 2^-134.
// CHECK-LABEL: @subnormals_below_bfloat16
// CHECK: rnn.layer
// CHECK-NOT: w_ih_storage
// CHECK: return
func.func @subnormals_below_bfloat16(%x: tensor<?x?x2xf32>, %w_hh: tensor<3x1xf32>) -> tensor<?x?x1xf32> {
  %w_ih = arith.constant dense<[[0x00008000, 0x00800000], [3.0, 0.25], [0.0, 1.0]]> : tensor<3x2xf32>
  %y, %h_n = rnn.layer %x weights(%w_ih, %w_hh)
      : (tensor<?x?x2xf32>, tensor<3x2xf32>, tensor<3x1xf32>) -> (tensor<?x?x1xf32>, tensor<?x1xf32>)
  return %y : tensor<?x?x1xf32>
}

// CHECK-LABEL: @an_ordinary_network
// CHECK: rnn.layer
// CHECK-NOT: w_ih_storage
// CHECK: return
func.func @an_ordinary_network(%x: tensor<?x?x2xf32>, %w_hh: tensor<3x1xf32>) -> tensor<?x?x1xf32> {
  %w_ih = arith.constant dense<[[0.1, 0.2], [0.3, -0.4], [0.5, 0.6]]> : tensor<3x2xf32>
  %y, %h_n = rnn.layer %x weights(%w_ih, %w_hh)
      : (tensor<?x?x2xf32>, tensor<3x2xf32>, tensor<3x1xf32>) -> (tensor<?x?x1xf32>, tensor<?x1xf32>)
  return %y : tensor<?x?x1xf32>
}

// Each matrix has its own; what is not constant has none; float64 may be float32.
// CHECK-LABEL: @matrices_one_by_one
// CHECK: rnn.layer {{.*}} {w_hh_storage = #rnn.storage<bfloat16>}
// CHECK: rnn.layer {{.*}} {w_hh_storage = #rnn.storage<float32>}
func.func @matrices_one_by_one(%x: tensor<?x?x2xf32>, %x64: tensor<?x?x2xf64>,
                               %w_ih: tensor<3x2xf32>) -> (tensor<?x?x1xf32>, tensor<?x?x1xf64>) {
  %w_hh = arith.constant dense<[[1.0], [1024.0], [3.0]]> : tensor<3x1xf32>
  %y, %h_n = rnn.layer %x weights(%w_ih, %w_hh)
      : (tensor<?x?x2xf32>, tensor<3x2xf32>, tensor<3x1xf32>) -> (tensor<?x?x1xf32>, tensor<?x1xf32>)
  %w_ih64 = arith.constant dense<[[0.1, 1.0], [1.0, 1.0], [1.0, 1.0]]> : tensor<3x2xf64>
  %w_hh64 = arith.constant dense<[[1.0], [-0.0], [1.00000011920928955078125]]> : tensor<3x1xf64>
  %z, %z_n = rnn.layer %x64 weights(%w_ih64, %w_hh64)
      : (tensor<?x?x2xf64>, tensor<3x2xf64>, tensor<3x1xf64>) -> (tensor<?x?x1xf64>, tensor<?x1xf64>)
  return %y, %z : tensor<?x?x1xf32>, tensor<?x?x1xf64>
}
