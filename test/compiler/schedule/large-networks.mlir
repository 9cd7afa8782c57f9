// RUN: grucc-opt %s --rnn-select-schedule="machine=x86-64-v4" | FileCheck %s
// RUN: grucc-opt %s --rnn-select-schedule="machine=x86-64-v3" | FileCheck %s
// RUN: sed 's/1100/256/g; s/3300/768/g' %s \
// RUN:   | grucc-opt --rnn-select-schedule="machine=x86-64-v3" | FileCheck %s --check-prefix=IN-L2

// Weights far beyond L2: a block of sums is a chunk, and tiles fetch the next one.
// CHECK: rnn.project {{.*}}k_chunk = 64,{{.*}}prefetch = true
// Nearer weights wait in half of L1.
// IN-L2: rnn.project {{.*}}k_chunk = 128,
func.func @network(%x: tensor<?x?x1100xf32>, %w_ih: tensor<3300x1100xf32>,
                   %w_hh: tensor<3300x1100xf32>) -> tensor<?x?x1100xf32>
    attributes {rnn.network = #rnn.network<input_size = 1100, hidden_size = 1100, bias = false, external_weights = true>} {
  %g = rnn.project %x, %w_ih
      : (tensor<?x?x1100xf32>, tensor<3300x1100xf32>) -> tensor<?x?x3300xf32>
  %y, %hn = rnn.scan %g {
  ^bb0(%gates: tensor<?x3300xf32>, %h: tensor<?x1100xf32>):
    %next = rnn.gru_cell %gates, %h, %w_hh
        : (tensor<?x3300xf32>, tensor<?x1100xf32>, tensor<3300x1100xf32>) -> tensor<?x1100xf32>
    rnn.yield %next : tensor<?x1100xf32>
  } : (tensor<?x?x3300xf32>) -> (tensor<?x?x1100xf32>, tensor<?x1100xf32>)
  return %y : tensor<?x?x1100xf32>
}
