//===- TeamOps.td - What a team of threads does together --------*- tablegen -*-===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Generated code makes no thread: it hands work to the caller's parallel_for, and waits in
// the caller's barrier (runtime/include/grucc/model.h). A team is five values: `part` of
// `parts`, and `parallel_for`, `barrier` and `parallel_context`, pointers. It works in one of three
// forms:
//
//   alone     part 0 of 1; no function
//   together  all parts run the same code at the same time, each its own share of every
//             phase, and meet in `barrier` between phases
//   forking   one thread runs the code, as part 0, and hands every phase to `parallel_for`:
//             for callers without a barrier
//
//===----------------------------------------------------------------------===//

#ifndef RNN_TEAM_OPS_TD
#define RNN_TEAM_OPS_TD

// A pointer of the C interface.
def Rnn_Pointer
    : Type<CPred<"::llvm::isa<::mlir::LLVM::LLVMPointerType>($_self)">, "pointer">,
      BuildableType<"::mlir::LLVM::LLVMPointerType::get($_builder.getContext())">;

def Rnn_ShareOp : Rnn_Op<"share", [Pure]> {
  let summary = "this part's share of `units` units";
  let description = [{
    Units [`first`, `end`), which follow those of the part before:

    ```
    first = part * units / parts;  end = (part + 1) * units / parts
    ```

    A single unit is nobody's share: such teams are alone. It stands in the body of a
    function, before all its phases, which take it.

    Example:

    ```mlir
    func.func @share(%part: index, %parts: index) -> index {
      %first, %end = rnn.share %part of %parts units 12
      return %first : index
    }
    ```
  }];
  let arguments = (ins Index:$part, Index:$parts, Rnn_Count:$units);
  let results = (outs Index:$first, Index:$end);
  let assemblyFormat = "$part `of` $parts `units` $units attr-dict";
  let hasVerifier = 1;
}

def Rnn_PhaseOp
    : Rnn_Op<"phase", [SingleBlock, NoTerminator]> {
  let summary = "what every part of a team does with its share";
  let description = [{
    The body is given a part, of `parts`, and its share of the `units` of `rnn.share`:
    block arguments (part, first, end). With `meets`, all parts have done so before any goes
    on; a team that forks always meets. `cold`: it need not be quick, and code stays small.

    The body may use what stands around it, until `rnn-outline-phases` makes a function of
    it: that is given what the phase captures. It stands in a function that has the team's
    values among its arguments.

    Example:

    ```mlir
    func.func private @work(%first: index, %end: index, %step: index)
    func.func @layer(%part: index, %parts: index, %for: !llvm.ptr, %barrier: !llvm.ptr,
                     %context: !llvm.ptr, %step: index) {
      %first, %end = rnn.share %part of %parts units 12
      rnn.phase "work" of (%part, %parts, %for, %barrier, %context) own(%first, %end) units 12
          meets cold {
      ^bb0(%p: index, %f: index, %e: index):
        func.call @work(%f, %e, %step) : (index, index, index) -> ()
      }
      return
    }
    ```
  }];
  let arguments = (ins
    Index:$part, Index:$parts, Rnn_Pointer:$parallel_for, Rnn_Pointer:$barrier,
    Rnn_Pointer:$parallel_context, Index:$first, Index:$end, StrAttr:$name, Rnn_Count:$units,
    UnitAttr:$meets, UnitAttr:$cold);
  let regions = (region SizedRegion<1>:$body);
  let assemblyFormat = [{
    $name `of` `(` $part `,` $parts `,` $parallel_for `,` $barrier `,` $parallel_context `)`
    `own` `(` $first `,` $end `)` `units` $units (`meets` $meets^)? (`cold` $cold^)?
    $body attr-dict
  }];
  let hasVerifier = 1;
}

def Rnn_ForkOp : Rnn_Op<"fork", [SingleBlock, NoTerminator]> {
  let summary = "parts that the caller's threads do, none of which waits for another";
  let description = [{
    Hands `count` parts to `parallel_for` and comes back when all are done. The body is given
    the number of its part. As that of `rnn.phase`, it may use what stands around it until
    `rnn-outline-phases` makes a function `name` of it.

    Example:

    ```mlir
    func.func private @work(%part: index, %step: index)
    func.func @run(%for: !llvm.ptr, %context: !llvm.ptr, %threads: index, %step: index) {
      rnn.fork "run.parts" %threads by(%for, %context) {
      ^bb0(%part: index):
        func.call @work(%part, %step) : (index, index) -> ()
      }
      return
    }
    ```
  }];
  let arguments = (ins
    Index:$count, Rnn_Pointer:$parallel_for, Rnn_Pointer:$parallel_context, StrAttr:$name);
  let regions = (region SizedRegion<1>:$body);
  let assemblyFormat = [{
    $name $count `by` `(` $parallel_for `,` $parallel_context `)` $body attr-dict
  }];
  let hasVerifier = 1;
}

#endif // RNN_TEAM_OPS_TD
