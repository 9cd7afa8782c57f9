// DEFINE: %{kernels} = grucc-opt --rnn-split-layers --canonicalize --rnn-hoist-projection \
// DEFINE:   --rnn-fold-biases --canonicalize --rnn-select-schedule="machine=x86-64-v3" \
// DEFINE:   --rnn-verify-schedule --rnn-plan-model --rnn-pack-weights --rnn-lower-layers --rnn-outline-kernels --rnn-expand-workspace --rnn-outline-phases --rnn-walk-panels \
// DEFINE:   --rnn-expand-panel-dot --rnn-expand-cell
// DEFINE: %{descriptor} = grucc-opt --rnn-expand-activations --rnn-emit-interface --canonicalize --cse --convert-scf-to-cf \
// DEFINE:   --convert-vector-to-llvm --convert-math-to-llvm --finalize-memref-to-llvm \
// DEFINE:   --convert-arith-to-llvm --convert-cf-to-llvm --convert-func-to-llvm \
// DEFINE:   --reconcile-unrealized-casts --rnn-emit-descriptor

// RUN: %{kernels} %s > %t.kernels
// RUN: FileCheck %s --check-prefix=KERNELS < %t.kernels
// RUN: %{descriptor} %t.kernels > %t.both
// RUN: FileCheck %s < %t.both
// Alone, each has the same id: a hash of all that decides about its object and header.
// RUN: sed -n '/^func.func @small(/,/^}/p' %s | %{kernels} | %{descriptor} > %t.small
// RUN: sed -n '/^func.func @large(/,/^}/p' %s | %{kernels} | %{descriptor} > %t.large
// RUN: cat %t.small %t.large | grep -o '@[a-z]*_id_[0-9a-f]*' > %t.ids
// RUN: grep -o '@[a-z]*_id_[0-9a-f]*' %t.both | diff %t.ids -

// Networks of one module are compiled each by what stands on its own function: five units are one
// vector of 8 lanes with late limits and registers for weights, forty are panels of two.
// KERNELS: func.func private @small.scan_steps({{.*}}rnn.schedule = #rnn.schedule<lanes = 8, panel = 1,{{.*}}register_k = 1, late_limits = true
// KERNELS: func.func private @small.run({{.*}}rnn.descriptor = #rnn.descriptor<name = "small",{{.*}}rnn.network = #rnn.network<input_size = 2, hidden_size = 5, bias = false>, rnn.schedule = #rnn.schedule<lanes = 8,
// KERNELS-NOT: func.func private @large.scan_steps(
// KERNELS: func.func private @large.run({{.*}}rnn.descriptor = #rnn.descriptor<name = "large",{{.*}}rnn.network = #rnn.network<input_size = 3, hidden_size = 40, num_layers = 2, batch_first = true>, rnn.schedule = #rnn.schedule<lanes = 8, panel = 2,

// Each descriptor has its own flags, sizes and count of tensors.
// CHECK: llvm.mlir.global external constant @small_model()
// CHECK: %[[FLAGS:.*]] = llvm.mlir.constant(0 : i32)
// CHECK-NEXT: llvm.insertvalue %[[FLAGS]], %{{.*}}[2]
// CHECK: %[[I:.*]] = llvm.mlir.constant(2 : i64)
// CHECK-NEXT: llvm.insertvalue %[[I]], %{{.*}}[10]
// CHECK-NEXT: %[[H:.*]] = llvm.mlir.constant(5 : i64)
// CHECK-NEXT: llvm.insertvalue %[[H]], %{{.*}}[11]
// CHECK-NEXT: %[[L:.*]] = llvm.mlir.constant(1 : i64)
// CHECK-NEXT: llvm.insertvalue %[[L]], %{{.*}}[12]
// CHECK: %[[COUNT:.*]] = llvm.mlir.constant(2 : i64)
// CHECK-NEXT: llvm.insertvalue %[[COUNT]], %{{.*}}[18]
// CHECK: llvm.mlir.addressof @small_run
// CHECK: llvm.mlir.global external constant @large_model()
// CHECK: %[[FLAGS2:.*]] = llvm.mlir.constant(3 : i32)
// CHECK-NEXT: llvm.insertvalue %[[FLAGS2]], %{{.*}}[2]
// CHECK: %[[I2:.*]] = llvm.mlir.constant(3 : i64)
// CHECK-NEXT: llvm.insertvalue %[[I2]], %{{.*}}[10]
// CHECK-NEXT: %[[H2:.*]] = llvm.mlir.constant(40 : i64)
// CHECK-NEXT: llvm.insertvalue %[[H2]], %{{.*}}[11]
// CHECK-NEXT: %[[L2:.*]] = llvm.mlir.constant(2 : i64)
// CHECK-NEXT: llvm.insertvalue %[[L2]], %{{.*}}[12]
// CHECK: %[[COUNT2:.*]] = llvm.mlir.constant(8 : i64)
// CHECK-NEXT: llvm.insertvalue %[[COUNT2]], %{{.*}}[18]
// CHECK: llvm.mlir.addressof @large_run
func.func @small(%x: tensor<?x?x2xf32>, %h_0: tensor<1x?x5xf32>) -> (tensor<?x?x5xf32>, tensor<1x?x5xf32>) {
  %w_ih = arith.constant dense<0.5> : tensor<15x2xf32>
  %w_hh = arith.constant dense<0.25> : tensor<15x5xf32>
  %y, %h_n = rnn.gru %x h_0(%h_0) weights(%w_ih, %w_hh) {input_size = 2, hidden_size = 5, bias = false}
      : (tensor<?x?x2xf32>, tensor<1x?x5xf32>, tensor<15x2xf32>, tensor<15x5xf32>)
      -> (tensor<?x?x5xf32>, tensor<1x?x5xf32>)
  return %y, %h_n : tensor<?x?x5xf32>, tensor<1x?x5xf32>
}
func.func @large(%x: tensor<?x?x3xf32>, %h_0: tensor<2x?x40xf32>) -> (tensor<?x?x40xf32>, tensor<2x?x40xf32>) {
  %w_0 = arith.constant dense<0.5> : tensor<120x3xf32>
  %w = arith.constant dense<0.25> : tensor<120x40xf32>
  %b = arith.constant dense<0.125> : tensor<120xf32>
  %y, %h_n = rnn.gru %x h_0(%h_0) weights(%w_0, %w, %b, %b, %w, %w, %b, %b)
      {input_size = 3, hidden_size = 40, num_layers = 2, batch_first = true}
      : (tensor<?x?x3xf32>, tensor<2x?x40xf32>, tensor<120x3xf32>, tensor<120x40xf32>, tensor<120xf32>,
         tensor<120xf32>, tensor<120x40xf32>, tensor<120x40xf32>, tensor<120xf32>, tensor<120xf32>)
      -> (tensor<?x?x40xf32>, tensor<2x?x40xf32>)
  return %y, %h_n : tensor<?x?x40xf32>, tensor<2x?x40xf32>
}
