// RUN: grucc-opt %s --split-input-file --verify-diagnostics

func.func @run(%args: !llvm.ptr) {
  // expected-error @+1 {{seq_len: found '!llvm.ptr', expected i64 or index}}
  %0 = rnn.argument seq_len of %args : !llvm.ptr
  return
}

// -----

func.func @run(%args: !llvm.ptr) {
  // expected-error @+1 {{input: found 'index', expected !llvm.ptr or a memref of f32 or f64}}
  %0 = rnn.argument input of %args : index
  return
}

// -----

func.func @run(%args: !llvm.ptr) {
  // expected-error @+1 {{lengths: found 'memref<?xf32>', expected !llvm.ptr or a memref of i64}}
  %0 = rnn.argument lengths of %args : memref<?xf32>
  return
}

// -----

func.func @run(%args: !llvm.ptr) {
  // expected-error @+1 {{dropout_mask: found 'memref<?xi64>', expected !llvm.ptr or a memref of i8}}
  %0 = rnn.argument dropout_mask of %args : memref<?xi64>
  return
}

// -----

func.func @run(%args: !llvm.ptr) {
  // expected-error @+1 {{workspace: found 'i64', expected !llvm.ptr or a memref}}
  %0 = rnn.argument workspace of %args : i64
  return
}

// -----

func.func @run(%args: !llvm.ptr) {
  // expected-error @+1 {{barrier: found 'memref<?xi8>', expected !llvm.ptr}}
  %0 = rnn.argument barrier of %args : memref<?xi8>
  return
}
