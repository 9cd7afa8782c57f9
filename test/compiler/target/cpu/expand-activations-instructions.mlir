// What the steps become: no call, no branch, the NaN-keeping min and max in one
// instruction each, and one division.

// RUN: grucc-opt %s --rnn-expand-activations --convert-vector-to-llvm --convert-math-to-llvm \
// RUN:   --convert-arith-to-llvm --convert-func-to-llvm --reconcile-unrealized-casts \
// RUN:   | mlir-translate --mlir-to-llvmir \
// RUN:   | clang -O2 -march=x86-64-v4 -Wno-override-module -x ir -S - -o %t.v4.s
// RUN: FileCheck %s --check-prefix=V4 --implicit-check-not=call --implicit-check-not=ymm < %t.v4.s
// Limited last: comparisons wait in registers of their own.
// RUN: grucc-opt %s --rnn-expand-activations=late-limits --convert-vector-to-llvm \
// RUN:   --convert-math-to-llvm --convert-arith-to-llvm --convert-func-to-llvm \
// RUN:   --reconcile-unrealized-casts | mlir-translate --mlir-to-llvmir \
// RUN:   | clang -O2 -march=x86-64-v4 -Wno-override-module -x ir -S - -o %t.late.s
// RUN: FileCheck %s --check-prefix=LATE --implicit-check-not=call --implicit-check-not=ymm \
// RUN:   --implicit-check-not=vminps --implicit-check-not=vmaxps < %t.late.s
// RUN: grucc-opt %s --rnn-expand-activations=fma=false --convert-vector-to-llvm \
// RUN:   --convert-arith-to-llvm --convert-func-to-llvm --reconcile-unrealized-casts \
// RUN:   | mlir-translate --mlir-to-llvmir \
// RUN:   | clang -O2 -march=x86-64-v2 -Wno-override-module -x ir -S - -o %t.v2.s
// RUN: FileCheck %s --check-prefix=V2 --implicit-check-not=call < %t.v2.s
// AVX2 has no arithmetic shift of 64 bits: 2^n must come from a logical one.
// RUN: sed -e 's/16xf32/4xf64/g' %s | grucc-opt --rnn-expand-activations \
// RUN:   --convert-vector-to-llvm --convert-math-to-llvm \
// RUN:   --convert-arith-to-llvm --convert-func-to-llvm --reconcile-unrealized-casts \
// RUN:   | mlir-translate --mlir-to-llvmir \
// RUN:   | clang -O2 -march=x86-64-v3 -Wno-override-module -x ir -S - -o %t.v3.s
// RUN: FileCheck %s --check-prefix=FLOAT64 --implicit-check-not=call \
// RUN:   --implicit-check-not=vextract --implicit-check-not=vinsert < %t.v3.s

// V4-LABEL: sigmoid:
// V4: vminps
// V4: vmaxps
// V4-COUNT-9: vf{{n?}}m{{(add|sub)}}
// V4-NOT: vfmadd
// V4: vdivps
// V4-NEXT: retq
// LATE-LABEL: sigmoid:
// LATE-COUNT-3: vcmp{{.*}}, %k
// LATE: vdivps {{.*}} {%k{{[0-9]}}} {z}
// LATE-NEXT: v{{.*}} {%k{{[0-9]}}}
// LATE-NEXT: retq
// V2-LABEL: sigmoid:
// V2-NOT: j{{[a-z]+}}
// V2: ret
// FLOAT64-LABEL: sigmoid:
// FLOAT64: vminpd
// FLOAT64: vmaxpd
// FLOAT64: vpsllq $52
// FLOAT64: vdivpd
// FLOAT64-NEXT: retq
func.func @sigmoid(%x: vector<16xf32>) -> vector<16xf32> {
  %y = rnn.sigmoid %x : vector<16xf32>
  return %y : vector<16xf32>
}

// V4-LABEL: tanh:
// V4: vminps
// V4: vdivps
// V4-NEXT: vaddps
// V4-NEXT: vpternlogd
// V4-NEXT: retq
// V2-LABEL: tanh:
// V2-NOT: j{{[a-z]+}}
// V2: ret
// FLOAT64-LABEL: tanh:
// FLOAT64: vminpd
// FLOAT64: vpsllq $52
// FLOAT64: vdivpd
// FLOAT64: retq
func.func @tanh(%x: vector<16xf32>) -> vector<16xf32> {
  %y = rnn.tanh %x : vector<16xf32>
  return %y : vector<16xf32>
}
