// What kernels would walk past: places that are not those of rnn-plan-model.
// RUN: grucc-opt %S/plan-model.mlir --rnn-select-schedule="machine=x86-64-v3" --rnn-plan-model > %t.mlir
// RUN: not grucc-opt %S/plan-model.mlir --rnn-select-schedule="machine=x86-64-v3" --rnn-pack-weights 2>&1 | FileCheck %s --check-prefix=UNPLANNED
// UNPLANNED: error: rnn.memory: found none, expected rnn-plan-model to have run
// RUN: sed 's/rnn.place = #rnn.place<weights = 192, bias = 320, state = 0>, //' %t.mlir | not grucc-opt --rnn-pack-weights 2>&1 | FileCheck %s --check-prefix=NONE
// NONE: error: rnn.place: found none, expected rnn-plan-model to have run
// RUN: sed 's/weights = 384, bias = 512/weights = 448, bias = 512/' %t.mlir | not grucc-opt --rnn-pack-weights 2>&1 | FileCheck %s --check-prefix=APART
// APART: error: rnn.place: found #rnn.place<weights = 448, bias = 512>, expected #rnn.place<weights = 448, bias = 576>
// RUN: sed 's/bias = 704, state = 1/bias = 704, state = 0/' %t.mlir | not grucc-opt --rnn-pack-weights 2>&1 | FileCheck %s --check-prefix=STATE
// STATE: error: rnn.place: found #rnn.place<weights = 576, bias = 704, state = 0>, expected #rnn.place<weights = 576, bias = 704, state = 1>
// STATE: note: as far from this one as all others are
