// RUN: grucc-opt %s --split-input-file --rnn-outline-phases --verify-diagnostics | FileCheck %s

func.func private @work(index, index, index)

// A cold phase goes through its function in every form. The frame has what is there before all
// phases and one of them takes, once: %parts, which shares need, and %step, of the hot one; and
// behind it what a phase captures beside: %twice. Constants are computed anew.
// CHECK-LABEL: func.func @layer(
// CHECK-SAME: %[[PART:.*]]: index, %[[PARTS:.*]]: index, %[[FOR:.*]]: !llvm.ptr, %[[BARRIER:.*]]: !llvm.ptr, %[[CONTEXT:.*]]: !llvm.ptr, %[[STEP:.*]]: index)
// CHECK: %[[WORDS:.*]] = arith.constant 3 : i64
// CHECK: %[[FRAME:.*]] = llvm.alloca %[[WORDS]] x i64
// CHECK: arith.index_cast %[[PARTS]] : index to i64
// CHECK: llvm.getelementptr %[[FRAME]][0]
// CHECK: arith.index_cast %[[STEP]] : index to i64
// CHECK: llvm.getelementptr %[[FRAME]][1]
// CHECK: %[[TWICE:.*]] = arith.addi %[[STEP]], %[[STEP]]
// CHECK: %[[WORD:.*]] = arith.index_cast %[[TWICE]] : index to i64
// CHECK: %[[PLACE:.*]] = llvm.getelementptr %[[FRAME]][2]
// CHECK: llvm.store %[[WORD]], %[[PLACE]]
// CHECK: %[[ALONE:.*]] = llvm.icmp "eq" %[[FOR]],
// CHECK: scf.if %[[ALONE]]
// CHECK:   func.call @cold(%[[FRAME]], %{{.*}})
// CHECK:   llvm.call %[[BARRIER]](%[[CONTEXT]])
// CHECK: else
// CHECK:   %[[BODY:.*]] = func.constant @cold
// CHECK:   llvm.call %[[FOR]](%[[CONTEXT]], %{{.*}}, %{{.*}}, %[[FRAME]])
// A hot one is done in place by a team that works together.
// CHECK: scf.if
// CHECK:   func.call @work(%{{.*}}, %{{.*}}, %[[STEP]])
// CHECK-NOT: llvm.call %[[BARRIER]]
// CHECK: else
// CHECK:   func.constant @hot
// CHECK-LABEL: func.func private @cold(
// CHECK-SAME: %[[FRAME:.*]]: !llvm.ptr, %[[PART:.*]]: i64)
// CHECK: %[[MINE:.*]] = arith.index_cast %[[PART]] : i64 to index
// CHECK: %[[FIRST:.*]] = arith.divui %{{.*}}, %[[PARTS:.*]] : index
// CHECK: %[[END:.*]] = arith.divui %{{.*}}, %[[PARTS]] : index
// CHECK: %[[SEVEN:.*]] = arith.constant 7
// CHECK: %[[SUM:.*]] = arith.addi %{{.*}}, %[[SEVEN]]
// CHECK: call @work(%[[FIRST]], %[[END]], %[[SUM]])
// CHECK-LABEL: func.func private @hot(
func.func @layer(%part: index, %parts: index, %for: !llvm.ptr, %barrier: !llvm.ptr,
                 %context: !llvm.ptr, %step: index) {
  %seven = arith.constant 7 : index
  %first, %end = rnn.share %part of %parts units 12
  %twice = arith.addi %step, %step : index
  rnn.phase "cold" of(%part, %parts, %for, %barrier, %context) own(%first, %end) units 12 meets cold {
  ^bb0(%p: index, %f: index, %e: index):
    %sum = arith.addi %twice, %seven : index
    func.call @work(%f, %e, %sum) : (index, index, index) -> ()
  }
  rnn.phase "hot" of(%part, %parts, %for, %barrier, %context) own(%first, %end) units 12 {
  ^bb0(%p: index, %f: index, %e: index):
    func.call @work(%f, %e, %step) : (index, index, index) -> ()
  }
  return
}

// A single unit is nobody's share.
// CHECK-LABEL: func.func @alone(
// CHECK-SAME: %[[PART:[^:]*]]: index,
// CHECK: %[[ZERO:.*]] = arith.constant 0
// CHECK: %[[ONE:.*]] = arith.constant 1
// CHECK: call @work(%[[ZERO]], %[[ONE]], %[[PART]])
// CHECK-NOT: llvm
// CHECK: return
func.func @alone(%part: index, %parts: index, %null: !llvm.ptr) {
  %first, %end = rnn.share %part of %parts units 1
  rnn.phase "work" of (%part, %parts, %null, %null, %null) own (%first, %end) units 1 meets {
  ^bb0(%p: index, %f: index, %e: index):
    func.call @work(%f, %e, %p) : (index, index, index) -> ()
  }
  return
}

// A fork's frame has what it captures, constants too.
// CHECK-LABEL: func.func @run(
// CHECK-SAME: %[[FOR:[^:]*]]: !llvm.ptr, %[[CONTEXT:[^:]*]]: !llvm.ptr, %[[THREADS:[^:]*]]: index, %[[UNUSED:[^:]*]]: index, %[[STEP:[^:]*]]: index)
// CHECK: %[[COUNT:.*]] = arith.constant 2 : i64
// CHECK: %[[FRAME:.*]] = llvm.alloca %[[COUNT]] x i64
// CHECK: %[[FIVE:.*]] = arith.constant 5 : index
// CHECK: %[[WORD:.*]] = arith.index_cast %[[STEP]]
// CHECK: llvm.store %[[WORD]]
// CHECK: %[[WORD:.*]] = arith.index_cast %[[FIVE]]
// CHECK: llvm.store %[[WORD]]
// CHECK: constant @parts
// CHECK: llvm.call %[[FOR]](%[[CONTEXT]], %{{.*}}, %{{.*}}, %[[FRAME]])
// CHECK-LABEL: func.func private @parts(
// CHECK: call @work(
func.func @run(%for: !llvm.ptr, %context: !llvm.ptr, %threads: index, %unused: index, %step: index) {
  %five = arith.constant 5 : index
  rnn.fork "parts" %threads by(%for, %context) {
  ^bb0(%part: index):
    func.call @work(%part, %step, %five) : (index, index, index) -> ()
  }
  return
}

// -----

func.func private @sum(vector<8xf32>)
func.func @wide(%part: index, %parts: index, %null: !llvm.ptr) {
  %first, %end = rnn.share %part of %parts units 2
  %cast = arith.index_cast %part : index to i32
  // expected-note @+1 {{which is computed here}}
  %sums = vector.broadcast %cast : i32 to vector<8xi32>
  // expected-error @+1 {{captured: found 'vector<8xi32>', expected what a frame has a place for}}
  rnn.phase "work" of (%part, %parts, %null, %null, %null) own (%first, %end) units 2 {
  ^bb0(%p: index, %f: index, %e: index):
    %twice = arith.addi %sums, %sums : vector<8xi32>
  }
  return
}

// -----

// expected-note @+1 {{which is computed here}}
func.func @argument(%part: index, %parts: index, %null: !llvm.ptr, %wide: vector<8xf32>) {
  %first, %end = rnn.share %part of %parts units 2
  // expected-error @+1 {{captured: found 'vector<8xf32>', expected what a frame has a place for}}
  rnn.phase "work" of (%part, %parts, %null, %null, %null) own (%first, %end) units 2 {
  ^bb0(%p: index, %f: index, %e: index):
    %twice = arith.addf %wide, %wide : vector<8xf32>
  }
  return
}

// -----

// expected-note @+1 {{which is this one}}
func.func private @work()
func.func @taken(%part: index, %parts: index, %null: !llvm.ptr) {
  %first, %end = rnn.share %part of %parts units 2
  // expected-error @+1 {{name: found the name of another symbol, 'work', expected one of its own}}
  rnn.phase "work" of (%part, %parts, %null, %null, %null) own (%first, %end) units 2 {
  ^bb0(%p: index, %f: index, %e: index):
  }
  return
}
