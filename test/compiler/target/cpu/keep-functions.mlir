// RUN: grucc-opt %s --rnn-keep-functions="functions=step" | FileCheck %s
// RUN: grucc-opt %s --rnn-keep-functions="functions=run,ragged" | FileCheck %s --check-prefix=SOME
// RUN: grucc-opt %s --rnn-keep-functions | FileCheck %s --check-prefix=ALL
// RUN: not grucc-opt %s --rnn-keep-functions="functions=walk" 2>&1 | FileCheck %s --check-prefix=WORD
// WORD: error: functions: found 'walk', expected run, ragged, threads, step, state, sizes, pack, supported or model

// What stands on the network's main function stays, its work does not.
// CHECK: func.func private @n.run(%{{.*}}: !llvm.ptr)
// CHECK-SAME: rnn.functions = "step"
// CHECK-NEXT: return
// CHECK: }
// CHECK-NEXT: func.func private @n.step

// Lengths stay arguments, what threads would be given is null.
// SOME: func.func private @n.run(%[[ARGS:.*]]: !llvm.ptr)
// SOME-SAME: rnn.functions = "run,ragged"
// SOME-NEXT: rnn.argument lengths of %[[ARGS]]
// SOME-NEXT: %[[NONE:.*]] = llvm.mlir.zero : !llvm.ptr
// SOME-NEXT: call @use(%{{.*}}, %[[NONE]])
// SOME-NOT: @n.step

// ALL-NOT: rnn.functions
// ALL: rnn.argument parallel_for
// ALL: @n.init_state
// ALL: @n.step
func.func private @use(memref<?xi64>, !llvm.ptr)
func.func private @n.run(%args: !llvm.ptr) attributes {rnn.descriptor = #rnn.descriptor<name = "n", workspace_rows = [], workspace_fixed = 0, weights_bytes = 0, step_rows = 1, row_bytes = 4>} {
  %lengths = rnn.argument lengths of %args : memref<?xi64>
  %parallel_for = rnn.argument parallel_for of %args : !llvm.ptr
  call @use(%lengths, %parallel_for) : (memref<?xi64>, !llvm.ptr) -> ()
  return
}
func.func private @n.init_state(%state: !llvm.ptr, %h_0: !llvm.ptr, %batch: i64) {
  return
}
func.func private @n.step(%x: !llvm.ptr) {
  return
}
