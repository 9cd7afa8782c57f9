//===- GpuPlan.td - How kernels of a GPU are launched -----------*- tablegen -*-===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef RNN_GPU_PLAN_TD
#define RNN_GPU_PLAN_TD

def Rnn_KernelAttr : Rnn_Attr<"Kernel", "kernel"> {
  let summary = "how one kernel is launched: grucc_cuda_kernel of grucc/cuda.h";
  let description = [{
    `name` is its symbol; a block has `threads` threads and `shared_bytes` of dynamic
    shared memory, and takes `rows` rows; the grid has `columns` columns of blocks.

    Example: #rnn.cuda has some.

    ```mlir
    module attributes {test.kernel = #rnn.kernel<
        name = "gru_step", threads = 32, shared_bytes = 1024, rows = 16, columns = 2>} {}
    ```
  }];
  let parameters = (ins
    StringRefParameter<"symbol">:$name,
    "int32_t":$threads,
    "int32_t":$shared_bytes,
    "int32_t":$rows,
    "int32_t":$columns);
  let genVerifyDecl = 1;
}

def Rnn_CudaAttr : Rnn_Attr<"Cuda", "cuda"> {
  let summary = "the kernels of a network, and where its packed weights stand";
  let description = [{
    | field | meaning |
    |---|---|
    | `project_input`, `project_above` | projections of layer 0, and of those above |
    | `scan` | all steps in one launch; left out where no block holds the weights |
    | `step` | one step |
    | `layers` | for layer l and direction d at index l*D + d, the bytes where w_ih, bias, w_hh, w_hh of the step and b_hn stand; -1 for none |

    `rnn-emit-gpu-kernels` writes it to the `gpu.module` of the kernels.

    Example:

    ```mlir
    gpu.module @gru_kernels attributes {rnn.cuda = #rnn.cuda<
        project_input = <name = "gru_project_input", threads = 128, shared_bytes = 4096, rows = 64, columns = 1>,
        project_above = <name = "gru_project_input", threads = 128, shared_bytes = 4096, rows = 64, columns = 1>,
        step = <name = "gru_step", threads = 32, shared_bytes = 1024, rows = 16, columns = 2>,
        layers = [array<i64: 0, -1, 256, 256, -1>]>} {}
    ```
  }];
  let parameters = (ins
    "::grucc::rnn::KernelAttr":$project_input,
    "::grucc::rnn::KernelAttr":$project_above,
    OptionalParameter<"::grucc::rnn::KernelAttr">:$scan,
    "::grucc::rnn::KernelAttr":$step,
    "::mlir::ArrayAttr":$layers);
  let genVerifyDecl = 1;
}

#endif // RNN_GPU_PLAN_TD
