// RUN: grucc-opt %s --split-input-file --verify-diagnostics

func.func @f(%p: index) {
  // expected-error @+1 {{units: found 0, expected at least 1}}
  %first, %end = rnn.share %p of %p units 0
  return
}

// -----

func.func @f(%p: index, %n: index, %a: !llvm.ptr) {
  // expected-note @+1 {{of which the share is}}
  %first, %end = rnn.share %p of %n units 12
  // expected-error @+1 {{units: found 13, expected 12}}
  rnn.phase "work" of (%p, %n, %a, %a, %a) own (%first, %end) units 13 {
  ^bb0(%q: index, %f: index, %e: index):
  }
  return
}

// -----

func.func @f(%p: index, %n: index, %a: !llvm.ptr) {
  %first, %end = rnn.share %p of %n units 12
  // expected-error @+1 {{found a body of 1 arguments, expected part, first and end, of type index}}
  rnn.phase "work" of (%p, %n, %a, %a, %a) own (%first, %end) units 12 {
  ^bb0(%q: index):
  }
  return
}

// -----

func.func @f(%p: index, %n: index, %a: !llvm.ptr) {
  %first, %end = rnn.share %p of %n units 12
  // expected-error @+1 {{own: found other values, expected the share of the function}}
  rnn.phase "work" of (%p, %n, %a, %a, %a) own (%end, %first) units 12 {
  ^bb0(%q: index, %f: index, %e: index):
  }
  return
}

// -----

func.func @f(%p: index, %a: !llvm.ptr) {
  %first, %end = rnn.share %p of %p units 12
  %n = arith.constant 4 : index
  // expected-error @+1 {{team: found a value, expected arguments of the function}}
  rnn.phase "work" of (%p, %n, %a, %a, %a) own (%first, %end) units 12 {
  ^bb0(%q: index, %f: index, %e: index):
  }
  return
}

// -----

func.func @f(%n: index, %a: !llvm.ptr) {
  // expected-error @+1 {{found a body of 0 arguments, expected the part, of type index}}
  rnn.fork "work" %n by(%a, %a) {
  ^bb0:
  }
  return
}

// -----

func.func @f(%p: index, %n: index) {
  // expected-note @+1 {{the first is here}}
  %first, %end = rnn.share %p of %n units 12
  // expected-error @+1 {{found a second share, expected one in a function}}
  %other, %behind = rnn.share %p of %n units 5
  return
}

// -----

func.func private @work(index)
func.func @f(%p: index, %n: index, %a: !llvm.ptr) {
  %first, %end = rnn.share %p of %n units 12
  // expected-error @+1 {{own: found its use in the body, expected that of the body's arguments}}
  rnn.phase "work" of(%p, %n, %a, %a, %a) own(%first, %end) units 12 {
  ^bb0(%q: index, %f: index, %e: index):
    // expected-note @+1 {{which is here}}
    func.call @work(%first) : (index) -> ()
  }
  return
}

// -----

func.func @f(%p: index, %n: index, %a: !llvm.ptr) {
  %first, %end = rnn.share %p of %n units 12
  // expected-note @+1 {{which is here}}
  rnn.phase "work" of(%p, %n, %a, %a, %a) own(%first, %end) units 12 {
  ^bb0(%q: index, %f: index, %e: index):
    // expected-error @+1 {{found it in 'rnn.phase', expected it beside such work}}
    rnn.fork "more" %n by(%a, %a) {
    ^bb0(%r: index):
    }
  }
  return
}
