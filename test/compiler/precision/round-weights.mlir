// RUN: grucc-opt %s --rnn-round-weights="precision=float16" | FileCheck %s --check-prefix=FLOAT16
// RUN: grucc-opt %s --rnn-round-weights="precision=bfloat16" | FileCheck %s --check-prefix=BFLOAT16
// RUN: grucc-opt %s --rnn-round-weights="precision=exact" | FileCheck %s --check-prefix=EXACT
// RUN: not grucc-opt %s --rnn-round-weights="precision=int8" 2>&1 | FileCheck %s --check-prefix=OTHER
// What is stated is what the schedule of a GPU is chosen for, and what a CPU has no products of.
// RUN: not grucc-opt %s --rnn-round-weights="precision=bfloat16" --rnn-select-gpu-schedule="gpu=sm_75" 2>&1 \
// RUN:   | FileCheck %s --check-prefix=OLD
// RUN: grucc-opt %s --rnn-round-weights="precision=float16" --rnn-select-gpu-schedule="gpu=sm_75" \
// RUN:   | FileCheck %s --check-prefix=FLOAT16
// RUN: not grucc-opt %s --rnn-round-weights="precision=float16" --rnn-select-schedule="machine=x86-64-v3" 2>&1 \
// RUN:   | FileCheck %s --check-prefix=CPU
// RUN: grucc --input-size=2 --hidden-size=3 --init=uniform --target=sm_80 --precision=bfloat16 --name=m \
// RUN:   --stop-after=precision | FileCheck %s --check-prefix=BFLOAT16

// FLOAT16: func.func @{{.*}}rnn.precision = f16
// BFLOAT16: func.func @{{.*}}rnn.precision = bf16
// EXACT-NOT: rnn.precision
// OTHER: error: precision: found 'int8', expected exact, float16 or bfloat16
// OLD: error: precision: found 'bfloat16' for sm_75, expected exact or float16
// CPU: error: precision: found f16 for x86-64-v3, expected none
func.func @network(%x: tensor<?x?x2xf32>) -> (tensor<?x?x2xf32>, tensor<1x?x2xf32>)
    attributes {rnn.network = #rnn.network<input_size = 2, hidden_size = 2, bias = false>} {
  %w = arith.constant dense<0.5> : tensor<6x2xf32>
  %g = rnn.project %x, %w : (tensor<?x?x2xf32>, tensor<6x2xf32>) -> tensor<?x?x6xf32>
  %y, %e = rnn.scan %g {
  ^bb0(%a: tensor<?x6xf32>, %h: tensor<?x2xf32>):
    %n = rnn.gru_cell %a, %h, %w : (tensor<?x6xf32>, tensor<?x2xf32>, tensor<6x2xf32>) -> tensor<?x2xf32>
    rnn.yield %n : tensor<?x2xf32>
  } : (tensor<?x?x6xf32>) -> (tensor<?x?x2xf32>, tensor<?x2xf32>)
  %s = rnn.stack %e : tensor<?x2xf32> -> tensor<1x?x2xf32>
  return %y, %s : tensor<?x?x2xf32>, tensor<1x?x2xf32>
}
