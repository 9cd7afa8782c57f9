//===- GpuSchedule.td - How a network runs on a GPU -------------*- tablegen -*-===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef RNN_GPU_SCHEDULE_TD
#define RNN_GPU_SCHEDULE_TD

// `project` is a product of matrices.
defvar Rnn_projectFields = [
  Rnn_Number<"", "projectWarps", "warps", Rnn_Within<1, 8>,
    "one warp a block ==> that many, one below the other along rows">,
  Rnn_Number<"", "projectThreadRows", "rows", Rnn_PowerOfTwo<1, 4>,
    "a thread has one row ==> that many">,
  Rnn_Number<"", "projectThreadColumns", "columns", Rnn_PowerOfTwo<4, 8>,
    "a thread has one column ==> that many">,
  Rnn_Number<"", "projectK", "k", Rnn_PowerOfTwo<8, 64>,
    "a chunk is a whole sum block ==> at most that many k">];

// `scan` runs all steps in one block.
defvar Rnn_scanFields = [
  Rnn_Number<"", "scanRows", "rows", Rnn_Within<0, 8>,
    "a block has one row of the batch ==> that many; 0: the network has no such kernel">,
  Rnn_Number<"", "scanRegisterK", "k", Rnn_Multiple<4, 0, 256>,
    "all weights of a thread are in shared memory ==> those of its first k stay in registers">];

// `step` runs one step.
defvar Rnn_stepFields = [
  Rnn_Number<"", "stepRows", "rows", Rnn_PowerOfTwo<1, 32>,
    "a block has one row of the batch ==> that many">,
  Rnn_Number<"", "stepThreadRows", "rows", Rnn_PowerOfTwo<1, 16>,
    "a thread has one of them ==> that many">,
  Rnn_Number<"", "stepUnits", "units", Rnn_PowerOfTwo<1, 32>,
    "a block has one unit ==> that many">,
  Rnn_Number<"", "stepBlocks", "sum blocks", Rnn_Within<1, 32>,
    "one sum block after the other ==> that many side by side">,
  Rnn_Number<"", "stepUnroll", "4 k", Rnn_PowerOfTwo<1, 16>,
    "k in fours, one after the other ==> that many fours in one turn">];

def Rnn_GpuScheduleAttr
    : Rnn_FieldsAttr<"GpuSchedule", "gpu_schedule",
                     !listconcat(Rnn_projectFields, Rnn_scanFields, Rnn_stepFields)> {
  let summary = "how the projections and scans of a network run on a GPU; never what they compute";
  let description = [{
    Three kinds of kernels, each with its part of the fields. A sum block is what
    `rnn.project` calls one: the k whose products one thread adds up.

    `project` is a product of matrices. A warp is 4 lanes along rows and 8 along
    the G columns; input and weights go through shared memory, two chunks of k
    in turn.
}] # Rnn_FieldTable<Rnn_projectFields>.text # [{
    `scan` runs all steps in one block, which keeps all weights: one thread for
    each unit and sum block, with the weights of all gates.
}] # Rnn_FieldTable<Rnn_scanFields>.text # [{
    `step` runs one step: a thread has one unit, one sum block at a time and a
    few rows; the sum blocks meet in shared memory.
}] # Rnn_FieldTable<Rnn_stepFields>.text # [{
    With weights in 16 bits, products are those of tensor cores: 16 columns or units
    by 16 k by 8 rows.

    | field | with 16 bits |
    |---|---|
    | `project_thread_rows` | at least 2: a warp has 8 rows or more |
    | `project_k` | 8 counts as 16; in `project`, k is one sum |
    | `scan_rows` | a lane has one row of four: 1 to 4 cost the same, and so do 5 to 8 |
    | `scan_register_k` | a multiple of 16; a warp has 16 units and all k |
    | `step_rows` | at least 8 |
    | `step_thread_rows`, `step_units`, `step_unroll` | nothing: a warp has all rows, 16 units and one sum block of up to 128 k |

    No field changes a result bit (N3).

    Example:

    ```mlir
    func.func private @gru() attributes {rnn.gpu_schedule = #rnn.gpu_schedule<
        project_warps = 4, project_thread_rows = 4, project_thread_columns = 8, project_k = 32,
        scan_rows = 1, scan_register_k = 64,
        step_rows = 16, step_thread_rows = 8, step_units = 8, step_blocks = 16, step_unroll = 4>}
    ```
  }];
}

#endif // RNN_GPU_SCHEDULE_TD
