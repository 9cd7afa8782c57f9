//===- InterfaceOps.td - What C gives a run ---------------------*- tablegen -*-===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A run is given one pointer, to the grucc_args of runtime/include/grucc/model.h. Code names
// its fields; where they stand in memory is CStructs.h's, and rnn-emit-interface's alone.
//
//===----------------------------------------------------------------------===//

#ifndef RNN_INTERFACE_OPS_TD
#define RNN_INTERFACE_OPS_TD

def Rnn_ArgsField : I32EnumAttr<"ArgsField", "a field of grucc_args, in order", [
    I32EnumAttrCase<"Size", 0, "size">,
    I32EnumAttrCase<"SeqLen", 1, "seq_len">,
    I32EnumAttrCase<"Batch", 2, "batch">,
    I32EnumAttrCase<"Input", 3, "input">,
    I32EnumAttrCase<"H0", 4, "h_0">,
    I32EnumAttrCase<"Lengths", 5, "lengths">,
    I32EnumAttrCase<"BatchSizes", 6, "batch_sizes">,
    I32EnumAttrCase<"Output", 7, "output">,
    I32EnumAttrCase<"HN", 8, "h_n">,
    I32EnumAttrCase<"Workspace", 9, "workspace">,
    I32EnumAttrCase<"Weights", 10, "weights">,
    I32EnumAttrCase<"DropoutSeed", 11, "dropout_seed">,
    I32EnumAttrCase<"DropoutMask", 12, "dropout_mask">,
    I32EnumAttrCase<"ParallelFor", 13, "parallel_for">,
    I32EnumAttrCase<"ParallelContext", 14, "parallel_context">,
    I32EnumAttrCase<"Threads", 15, "threads">,
    I32EnumAttrCase<"Barrier", 16, "barrier">]> {
  let cppNamespace = "::grucc::rnn";
}

def Rnn_ArgumentOp : Rnn_Op<"argument", [MemoryEffects<[MemRead]>]> {
  let summary = "a field of grucc_args: what a run is called with";
  let description = [{
    | field | as |
    |---|---|
    | `size`, `seq_len`, `batch`, `dropout_seed`, `threads` | `i64`, or `index` |
    | all others | `!llvm.ptr`, which may be NULL |
    | of these `input`, `h_0`, `output`, `h_n` | what stands behind the pointer, too: a memref of the network's numbers |
    | `lengths`, `batch_sizes` | a memref of `i64` |
    | `weights`, `dropout_mask` | a memref of bytes |
    | `workspace` | a memref of any of them |

    Nothing is checked: that is done before, by the public function.

    Clauses: A3.

    Example:

    ```mlir
    func.func @run(%args: !llvm.ptr) -> (index, i64, memref<?xf32>) {
      %batch = rnn.argument batch of %args : index
      %lengths = rnn.argument lengths of %args : memref<?xi64>
      %row = arith.constant 0 : index
      %length = memref.load %lengths[%row] : memref<?xi64>
      %input = rnn.argument input of %args : memref<?xf32>
      return %batch, %length, %input : index, i64, memref<?xf32>
    }
    ```
  }];
  let arguments = (ins Rnn_ArgsField:$field, Rnn_Pointer:$args);
  let results = (outs AnyTypeOf<[I64, Index, Rnn_Pointer,
                                 MemRefRankOf<[F32, F64, I64, I8], [1]>]>:$value);
  let assemblyFormat = "$field `of` $args attr-dict `:` type($value)";
  let hasVerifier = 1;
}

#endif // RNN_INTERFACE_OPS_TD
