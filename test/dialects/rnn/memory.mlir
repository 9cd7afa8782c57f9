// RUN: grucc-opt %s | grucc-opt | FileCheck %s
// RUN: grucc-opt --mlir-print-op-generic %s | grucc-opt | FileCheck %s

#memory = #rnn.memory<weights = 1024, chunk_rows = 512, workspace = [
    <"gates", 48, chunk_row>, <"other", 0, row>, <"states", 24, batch_row>, <"sizes", 8, step>]>

// CHECK-LABEL: @run
// CHECK-SAME: #rnn.memory<weights = 1024, chunk_rows = 512, workspace = [<"gates", 48, chunk_row>, <"other", 0, row>, <"states", 24, batch_row>, <"sizes", 8, step>]>
func.func @run(%workspace: memref<?xi8>, %seq_len: i64, %batch: i64) attributes {rnn.memory = #memory} {
  // CHECK: rnn.workspace_part "states" of %{{.*}}(%{{.*}}, %{{.*}}) : memref<?xf64>
  %states = rnn.workspace_part "states" of %workspace(%seq_len, %batch) : memref<?xf64>
  // CHECK: rnn.workspace_part "sizes" of %{{.*}}(%{{.*}}, %{{.*}}) : memref<?xi64>
  %sizes = rnn.workspace_part "sizes" of %workspace(%seq_len, %batch) : memref<?xi64>
  // CHECK: rnn.workspace_bytes(%{{.*}}, %{{.*}})
  %bytes = rnn.workspace_bytes(%seq_len, %batch)
  // CHECK: rnn.chunk_rows(%{{.*}}, %{{.*}})
  %rows = rnn.chunk_rows(%seq_len, %batch)
  return
}

// CHECK-LABEL: @places
// CHECK-SAME: #rnn.place<weights = 64>
// CHECK-SAME: #rnn.place<weights = 64, bias = 128, state = 2>
func.func private @places() attributes {a = #rnn.place<weights = 64>,
                                        b = #rnn.place<weights = 64, bias = 128, state = 2>}
