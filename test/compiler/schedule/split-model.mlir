// How much work is worth a thread, from the sizes and the machine.
// RUN: grucc --input-size=8 --hidden-size=8 --init=uniform --target=x86-64-v4 --stop-after=schedule -o - | FileCheck %s --check-prefix=SMALL
// RUN: grucc --input-size=128 --hidden-size=128 --init=uniform --target=x86-64-v4 --stop-after=schedule -o - | FileCheck %s --check-prefix=MIDDLE
// RUN: grucc --input-size=512 --hidden-size=512 --weights=external --target=x86-64-v4 --stop-after=schedule -o - | FileCheck %s --check-prefix=LARGE
// RUN: grucc --input-size=512 --hidden-size=512 --weights=external --target=x86-64-v4 --schedule=split=rows,split_rows=3 --stop-after=schedule -o - | FileCheck %s --check-prefix=HAND
// RUN: not grucc --input-size=8 --hidden-size=8 --init=uniform --schedule=split=halves --name=net -o %t.o 2>&1 | FileCheck %s --check-prefix=WORD

// Thousands of rows before threads are worth waking, some tens between two meetings.
// SMALL: #rnn.schedule<{{.*}} split_units = {{[0-9]+}}, split_rows = 8, turn_rows = {{[2-9][0-9]}}, split_turns = 4, split_from = {{[1-9][0-9][0-9][0-9]}}, step_from = {{[1-9][0-9][0-9]}}>
// A quarter of a step is worth a thread, and some tens of steps: 75,000 cycles twice.
// MIDDLE: #rnn.schedule<{{.*}} split_units = {{[23][0-9]}}, split_rows = 8, {{.*}}split_from = {{[1-3][0-9]}}, step_from = {{[1-9]}}>
// Weights beyond L2 are split, so that each core reads its own: never rows.
// LARGE: #rnn.schedule<{{.*}} split = "units", split_units = {{[0-9]}}, split_rows = 8
// HAND: #rnn.schedule<{{.*}} split = "rows", {{.*}}split_rows = 3
// WORD: grucc: error: --schedule: split: found 'halves', expected auto, rows, layers, units or none
