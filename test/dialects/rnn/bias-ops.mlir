// RUN: grucc-opt %s --split-input-file --verify-diagnostics | grucc-opt --split-input-file | FileCheck %s

// CHECK-LABEL: func.func @round_trip
// CHECK: %{{.*}}, %{{.*}} = rnn.fold_biases %{{.*}}, %{{.*}} : (tensor<9xf32>, tensor<9xf32>) -> (tensor<9xf32>, tensor<3xf32>)
func.func @round_trip(%b_ih: tensor<9xf32>, %b_hh: tensor<9xf32>)
    -> (tensor<9xf32>, tensor<3xf32>) {
  %b_x, %b_hn = rnn.fold_biases %b_ih, %b_hh
      : (tensor<9xf32>, tensor<9xf32>) -> (tensor<9xf32>, tensor<3xf32>)
  return %b_x, %b_hn : tensor<9xf32>, tensor<3xf32>
}

// -----

func.func @rows_are_r_z_n(%b_ih: tensor<8xf32>, %b_hh: tensor<8xf32>) {
  // expected-error @below {{b_ih: found 8 rows, expected a multiple of 3}}
  %b_x, %b_hn = rnn.fold_biases %b_ih, %b_hh
      : (tensor<8xf32>, tensor<8xf32>) -> (tensor<8xf32>, tensor<2xf32>)
  return
}

// -----

func.func @same_rows(%b_ih: tensor<9xf32>, %b_hh: tensor<6xf32>) {
  // expected-error @below {{b_hh: found shape [6], expected [9]}}
  %b_x, %b_hn = rnn.fold_biases %b_ih, %b_hh
      : (tensor<9xf32>, tensor<6xf32>) -> (tensor<9xf32>, tensor<3xf32>)
  return
}
