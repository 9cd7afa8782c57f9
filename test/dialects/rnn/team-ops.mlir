// RUN: grucc-opt %s | grucc-opt | FileCheck %s
// RUN: grucc-opt --mlir-print-op-generic %s | grucc-opt | FileCheck %s

func.func private @work(index, index, index)

// CHECK-LABEL: @layer(
// CHECK: %[[FIRST:.*]], %[[END:.*]] = rnn.share %{{.*}} of %{{.*}} units 12
// CHECK: rnn.phase "work" of(%{{.*}}, %{{.*}}, %{{.*}}, %{{.*}}, %{{.*}}) own(%[[FIRST]], %[[END]]) units 12 meets cold {
// CHECK-NEXT: ^bb0(%{{.*}}: index, %[[F:.*]]: index, %[[E:.*]]: index):
// CHECK-NEXT: func.call @work(%[[F]], %[[E]], %{{.*}})
// CHECK: rnn.phase "hot" of(%{{.*}}) own(%{{.*}}) units 12 {
func.func @layer(%part: index, %parts: index, %for: !llvm.ptr, %barrier: !llvm.ptr,
                 %context: !llvm.ptr, %step: index) {
  %first, %end = rnn.share %part of %parts units 12
  rnn.phase "work" of (%part, %parts, %for, %barrier, %context) own (%first, %end) units 12 meets cold {
  ^bb0(%p: index, %f: index, %e: index):
    func.call @work(%f, %e, %step) : (index, index, index) -> ()
  }
  rnn.phase "hot" of (%part, %parts, %for, %barrier, %context) own (%first, %end) units 12 {
  ^bb0(%p: index, %f: index, %e: index):
    func.call @work(%f, %e, %step) : (index, index, index) -> ()
  }
  return
}

// CHECK-LABEL: @run(
// CHECK: rnn.fork "parts" %{{.*}} by(%{{.*}}, %{{.*}}) {
// CHECK-NEXT: ^bb0(%[[PART:.*]]: index):
// CHECK-NEXT: func.call @work(%[[PART]], %{{.*}}, %{{.*}})
func.func @run(%for: !llvm.ptr, %context: !llvm.ptr, %threads: index, %step: index) {
  rnn.fork "parts" %threads by(%for, %context) {
  ^bb0(%part: index):
    func.call @work(%part, %step, %step) : (index, index, index) -> ()
  }
  return
}
