// RUN: grucc-opt %s --rnn-split-layers --rnn-hoist-projection \
// RUN:   --rnn-select-schedule="machine=x86-64-v3" --rnn-plan-model --rnn-pack-weights --rnn-lower-layers --rnn-outline-kernels --rnn-expand-workspace --rnn-outline-phases --canonicalize --cse --mlir-elide-resource-strings-if-larger=64 | FileCheck %s
// RUN: grucc-opt %s --rnn-split-layers --rnn-hoist-projection \
// RUN:   --rnn-select-schedule="machine=x86-64-v3" --rnn-plan-model --rnn-pack-weights --rnn-lower-layers --rnn-outline-kernels --rnn-expand-workspace --rnn-outline-phases --mlir-elide-resource-strings-if-larger=64 | FileCheck %s --check-prefix=CALLS

// C7, C10: a layer over rows of several lengths, in both directions. Counts have 64 bits in
// memory, as the caller's, whatever the width of a pointer.
// CHECK-LABEL: func.func private @net.ragged(
// CHECK-SAME: %[[W:[a-z0-9]+]]: memref<?xi8, strided<[1], offset: ?>>, %[[UPPER:[a-z0-9]+]]: i1, %[[REVERSE:[a-z0-9]+]]: index,
// CHECK-SAME: %[[X:[a-z0-9]+]]: memref<?x?x?xf64, strided<[?, ?, 1], offset: ?>>, %[[Y:[a-z0-9]+]]: memref<?x?x?xf64, strided<[?, ?, 1], offset: ?>>,
// CHECK-SAME: %[[H0:[a-z0-9]+]]: memref<?x?xf64, strided<[?, 1], offset: ?>>, %[[HN:[a-z0-9]+]]: memref<?x?xf64, strided<[?, 1], offset: ?>>,
// CHECK-SAME: %[[GATES:[a-z0-9]+]]: memref<?x16xf64>, {{((%[a-z0-9]+: (index|!llvm.ptr), )+)}}
// CHECK-SAME: %[[STAGED:[a-z0-9]+]]: memref<?xf64>, %[[STATES:[a-z0-9]+]]: memref<?xf64>,
// CHECK-SAME: %[[SIZES:[a-z0-9]+]]: memref<?xi64>, %[[PLACES:[a-z0-9]+]]: memref<?xi64>, %[[ORDER:[a-z0-9]+]]: memref<?xi64>,
// CHECK-SAME: %[[PART:[a-z0-9]+]]: index, %[[PARTS:[a-z0-9]+]]: index, %[[ROWS:[a-z0-9]+]]: index)
// Steps, rows of a chunk and distances are what the memory says, taken apart once.
// CHECK: memref.extract_strided_metadata %[[X]]
// CHECK: %[[X_ALL:.*]] = memref.cast
// CHECK: memref.extract_strided_metadata %[[Y]]
// CHECK: %[[Y_ALL:.*]] = memref.cast
// CHECK: %{{.*}}, %[[H0_AT:.*]], %{{.*}}, %[[H0_ROW:[^:]*]]:2 = memref.extract_strided_metadata %[[H0]]
// CHECK: %[[H0_ALL:.*]] = memref.cast
// CHECK: memref.extract_strided_metadata %[[HN]]
// CHECK: %[[HN_ALL:.*]] = memref.cast
// CHECK: %[[LIMIT:.*]] = memref.dim %[[GATES]], %c0
// CHECK: %[[T:.*]] = memref.dim %[[X]], %c0
// CHECK: %[[K:.*]] = memref.dim %[[X]], %c2
// CHECK: %{{.*}}, %[[W_AT:.*]], %{{.*}}, %{{.*}} = memref.extract_strided_metadata %[[W]]
// CHECK: %[[W_ALL:.*]] = memref.cast
// CHECK: arith.select %[[UPPER]],
// CHECK: memref.reinterpret_cast %[[GATES]]
// CHECK: %[[G:.*]] = memref.cast
// CHECK: %[[BACK:.*]] = arith.cmpi ne, %[[REVERSE]],

// Both state buffers begin at h_0, and so does h_n: a row of length 0 stays there.
// CHECK: scf.for %[[R:.*]] = %{{.*}} to %[[ROWS]]
// CHECK: memref.load %[[ORDER]]
// CHECK: arith.muli %{{.*}}, %[[H0_ROW]]#0
// CHECK: call @net.copy(%[[H0_ALL]], %{{.*}}, %[[STATES]],
// CHECK: call @net.copy(%[[H0_ALL]], %{{.*}}, %[[STATES]],
// CHECK: call @net.copy(%[[H0_ALL]], %{{.*}}, %[[HN_ALL]],

// A chunk is counted in rows of its steps, never beyond the last step.
// CHECK: scf.while
// CHECK: %[[LAST:.*]] = arith.subi %[[T]],
// CHECK: %[[CHUNK:.*]]:2 = scf.while (%{{.*}} = %{{.*}}, %{{.*}} = %{{.*}}) : (index, index) -> (index, index)
// CHECK: arith.minsi %{{.*}}, %[[LAST]]
// CHECK: arith.addi %[[LIMIT]],
// CHECK: scf.condition

// Input rows are staged side by side, in the order of the rows, for steps of either direction.
// CHECK: scf.for %{{.*}} = %{{.*}} to %[[CHUNK]]#0
// CHECK: %[[STEP:.*]] = arith.select %[[BACK]],
// CHECK: memref.load %[[SIZES]][%[[STEP]]]
// CHECK: memref.load %[[PLACES]][%[[STEP]]]
// CHECK: scf.while
// CHECK: memref.load %[[ORDER]]
// CHECK: call @net.copy(%[[X_ALL]], %{{.*}}, %[[STAGED]], %{{.*}}, %[[K]])
// CHECK: call @net.project(%[[UPPER]], %[[W_ALL]], %[[W_AT]], %[[STAGED]], {{.*}}, %[[K]], %[[G]], {{.*}}, %[[CHUNK]]#1,

// A step reads one buffer of states and writes the other, for the rows that take part.
// CHECK: scf.for %{{.*}} = %{{.*}} to %[[CHUNK]]#0
// CHECK: %[[STEP:.*]] = arith.select %[[BACK]],
// CHECK: %[[COUNT:.*]] = memref.load %[[SIZES]][%[[STEP]]] : memref<?xi64>
// CHECK-NEXT: %[[ALL:.*]] = arith.index_cast %[[COUNT]] : i64 to index
// CHECK: %[[SIZE:.*]] = scf.if
// CHECK-NEXT: scf.yield %[[ALL]]
// CHECK: scf.if
// CHECK: call @net.scan_row(%[[W_ALL]], %{{.*}}, %[[G]], %{{.*}}, %[[STATES]], %[[OLD:.*]], %[[H:.*]], %[[STATES]], %[[NEXT:.*]], %[[H]], %[[SIZE]],
// CHECK: else
// CHECK: call @net.scan_rows({{.*}} %[[STATES]], %[[OLD]], %[[H]], %[[STATES]], %[[NEXT]], %[[H]], %[[SIZE]],
// The new states go out to each row's own place.
// CHECK: memref.load %[[PLACES]][%[[STEP]]]
// CHECK: scf.for %[[R:.*]] = %{{.*}} to %[[SIZE]]
// CHECK: memref.load %[[ORDER]]
// CHECK: call @net.copy(%[[STATES]], %{{.*}}, %[[Y_ALL]],
// Rows that the next turn leaves out are done.
// CHECK: %[[NEXT_COUNT:.*]] = memref.load %[[SIZES]]
// CHECK-NEXT: %[[NEXT_ALL:.*]] = arith.index_cast %[[NEXT_COUNT]]
// CHECK: %[[FOLLOWING:.*]] = scf.if
// CHECK-NEXT: scf.yield %[[NEXT_ALL]]
// CHECK: %[[STAY:.*]] = arith.select %{{.*}}, %[[FOLLOWING]],
// CHECK: scf.for %{{.*}} = %[[STAY]] to %[[SIZE]]
// CHECK: call @net.copy(%[[STATES]], %{{.*}}, %[[HN_ALL]],
// CHECK: return

// The order is found in T + B turns: five loops, one after the other, none inside another.
// CHECK-LABEL: func.func private @net.order_lengths(
// CHECK: {{^}}    scf.for
// CHECK-NOT: {{^}}     {{.*}}scf.for
// CHECK: {{^}}    scf.for
// CHECK-NOT: {{^}}     {{.*}}scf.for
// CHECK: {{^}}    %{{.*}} = scf.for
// CHECK-NOT: {{^}}     {{.*}}scf.for
// CHECK: {{^}}    %{{.*}} = scf.for
// CHECK-NOT: {{^}}     {{.*}}scf.for
// CHECK: {{^}}    scf.for
// CHECK-NOT: scf.
// CHECK: return

// Padded outputs are zeros from each row's own length on.
// CHECK-LABEL: func.func private @net.clear_padding(
// CHECK-SAME: %[[Y:[a-z0-9]+]]: memref<?xf64>, %{{.*}}: index, %{{.*}}: index, %[[LENGTHS:[a-z0-9]+]]: memref<?xi64>, %[[T:[a-z0-9]+]]: index,
// CHECK: %[[ZEROS:.*]] = arith.constant dense<0.000000e+00> : vector<4xf64>
// CHECK: %[[COUNT:.*]] = memref.load %[[LENGTHS]]
// CHECK: %[[LENGTH:.*]] = arith.index_cast %[[COUNT]] : i64 to index
// CHECK: scf.for %{{.*}} = %[[LENGTH]] to %[[T]]
// CHECK: vector.store %[[ZEROS]], %[[Y]]

// Nothing streams in two directions.
// CHECK-NOT: func.func private @net.{{step|init_state|read_state}}

// CALLS-LABEL: func.func private @net.layers(
// Layers take turns between two buffers, since each direction needs all steps below.
// CALLS: scf.for {{.*}} iter_args(%[[X:[a-z0-9]+]] = %{{.*}}, %[[Y:[a-z0-9]+]] = %{{.*}}, %[[SPARE:[a-z0-9]+]] = %{{[^)]*}})
// Each direction has its half of every row.
// CALLS: memref.subview %[[Y]][0, 0,
// CALLS: call @net.ragged({{.*}} %[[X]], {{.*}}
// CALLS: memref.subview %[[Y]][0, 0,
// CALLS: call @net.ragged({{.*}} %[[X]], {{.*}}
// CALLS: scf.yield %[[Y]], %[[SPARE]], %[[Y]]
// Rows that are all alike need no order, and no copies.
// CALLS: else
// CALLS-NOT: call @net.{{order|ragged|clear}}
// CALLS-COUNT-2: call @net.layer(
// CALLS: return

// CALLS-LABEL: func.func private @net.run(
// Rows of several lengths: the order first.
// CALLS: call @net.order_lengths(
// CALLS: else
// CALLS: call @net.order_rows(
// CALLS: call @net.layers(
// CALLS: call @net.clear_padding(
// CALLS: return
func.func @net(%x: tensor<?x?x2xf64>) -> (tensor<?x?x10xf64>, tensor<4x?x5xf64>) {
  %a = arith.constant dense<0.5> : tensor<15x2xf64>
  %b = arith.constant dense<0.25> : tensor<15x5xf64>
  %c = arith.constant dense<0.125> : tensor<15x10xf64>
  %y, %h_n = rnn.gru %x weights(%a, %b, %a, %b, %c, %b, %c, %b)
      {input_size = 2, hidden_size = 5, num_layers = 2, bias = false, bidirectional = true}
      : (tensor<?x?x2xf64>, tensor<15x2xf64>, tensor<15x5xf64>, tensor<15x2xf64>,
         tensor<15x5xf64>, tensor<15x10xf64>, tensor<15x5xf64>, tensor<15x10xf64>,
         tensor<15x5xf64>) -> (tensor<?x?x10xf64>, tensor<4x?x5xf64>)
  return %y, %h_n : tensor<?x?x10xf64>, tensor<4x?x5xf64>
}
