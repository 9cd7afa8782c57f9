//===- SoftFma.mlir - Fused multiply-adds in whole numbers -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What rnn-expand-soft-fma calls where a CPU has no floating point: x * y + z, rounded once, to
// the nearest and even, as IEEE 754 has it, subnormal numbers among them. A library's product and
// its sum round twice, and take more instructions, since each unpacks and packs its numbers.
//
// Of what numbers consist, and how sums are made of 64 bits, is in SoftFloat.mlir.
//
//===----------------------------------------------------------------------===//

// Of numbers with ordinary exponents that are no further than 31 from each other, with a sum that
// is ordinary, too: all but a few of a hundred.
// Unpacked in place: by functions that LLVM inlines, a step on a Cortex-M3 takes 1.02 times the
// instructions (10 -> 20, 2 layers).
func.func private @fma.float32(%a: i32, %b: i32, %c: i32) -> i32 {
  %c0 = arith.constant 0 : i32
  %c1 = arith.constant 1 : i32
  %c5 = arith.constant 5 : i32
  %c23 = arith.constant 23 : i32
  %c31 = arith.constant 31 : i32
  %c63 = arith.constant 63 : i32
  %c127 = arith.constant 127 : i32
  %c253 = arith.constant 253 : i32
  %c254 = arith.constant 254 : i32
  %c255 = arith.constant 255 : i32
  %none = arith.constant 0 : i64
  %word = arith.constant 32 : i64
  %first = arith.constant 0x800000 : i32
  %others = arith.constant 0x7fffff : i32
  %signBit = arith.constant 0x80000000 : i32

  %a23 = arith.shrui %a, %c23 : i32
  %ea = arith.andi %a23, %c255 : i32
  %ea1 = arith.subi %ea, %c1 : i32
  %ordinaryA = arith.cmpi ult, %ea1, %c254 : i32
  cf.cond_br %ordinaryA, ^unpackB, ^rare
^unpackB:
  %b23 = arith.shrui %b, %c23 : i32
  %eb = arith.andi %b23, %c255 : i32
  %eb1 = arith.subi %eb, %c1 : i32
  %ordinaryB = arith.cmpi ult, %eb1, %c254 : i32
  cf.cond_br %ordinaryB, ^unpackC, ^rare
^unpackC:
  %c23rd = arith.shrui %c, %c23 : i32
  %ec = arith.andi %c23rd, %c255 : i32
  %ec1 = arith.subi %ec, %c1 : i32
  %ordinaryC = arith.cmpi ult, %ec1, %c254 : i32
  cf.cond_br %ordinaryC, ^multiply, ^alone
^alone:
  // Nothing is added where a sum begins.
  %twiceC = arith.shli %c, %c1 : i32
  %isAlone = arith.cmpi eq, %twiceC, %c0 : i32
  cf.cond_br %isAlone, ^multiplyAlone, ^rare
^multiplyAlone:
  %fractionA1 = arith.andi %a, %others : i32
  %ma1 = arith.ori %fractionA1, %first : i32
  %fractionB1 = arith.andi %b, %others : i32
  %mb1 = arith.ori %fractionB1, %first : i32
  %product1 = func.call @fma.product(%ma1, %mb1) : (i32, i32) -> i64
  %exponents1 = arith.addi %ea, %eb : i32
  %ep1 = arith.subi %exponents1, %c127 : i32
  %sign1 = arith.xori %a, %b : i32
  cf.br ^normalise(%product1, %ep1, %sign1 : i64, i32, i32)

^multiply:
  %fractionA = arith.andi %a, %others : i32
  %ma = arith.ori %fractionA, %first : i32
  %fractionB = arith.andi %b, %others : i32
  %mb = arith.ori %fractionB, %first : i32
  %product = func.call @fma.product(%ma, %mb) : (i32, i32) -> i64
  %fractionC = arith.andi %c, %others : i32
  %mc = arith.ori %fractionC, %first : i32
  %high = arith.shli %mc, %c5 : i32
  %exponents = arith.addi %ea, %eb : i32
  %ep = arith.subi %exponents, %c127 : i32
  %above = arith.subi %ep, %ec : i32
  %productSign = arith.xori %a, %b : i32
  %signs = arith.xori %productSign, %c : i32
  %differ = arith.cmpi slt, %signs, %c0 : i32
  %reach = arith.addi %above, %c31 : i32
  %near = arith.cmpi ult, %reach, %c63 : i32
  cf.cond_br %near, ^align, ^rare

^align:
  // The one of the lower exponent is shifted; what leaves its high word goes into the low one.
  %isAbove = arith.cmpi sge, %above, %c0 : i32
  %larger, %smaller, %sign, %e = scf.if %isAbove -> (i64, i64, i32, i32) {
    %shifted = arith.shrui %high, %above : i32
    %twice = arith.shli %high, %c1 : i32
    %left = arith.subi %c31, %above : i32
    %out = arith.shli %twice, %left : i32
    %shifted64 = arith.extui %shifted : i32 to i64
    %upper = arith.shli %shifted64, %word : i64
    %lower = arith.extui %out : i32 to i64
    %number = arith.ori %upper, %lower : i64
    scf.yield %product, %number, %productSign, %ep : i64, i64, i32, i32
  } else {
    %below = arith.subi %c0, %above : i32
    %upper64 = arith.shrui %product, %word : i64
    %top = arith.trunci %upper64 : i64 to i32
    %bottom = arith.trunci %product : i64 to i32
    %shifted = arith.shrui %top, %below : i32
    %twice = arith.shli %top, %c1 : i32
    %left = arith.subi %c31, %below : i32
    %out = arith.shli %twice, %left : i32
    %rest = arith.ori %out, %bottom : i32
    %shifted64 = arith.extui %shifted : i32 to i64
    %upper = arith.shli %shifted64, %word : i64
    %lower = arith.extui %rest : i32 to i64
    %number = arith.ori %upper, %lower : i64
    %high64 = arith.extui %high : i32 to i64
    %whole = arith.shli %high64, %word : i64
    scf.yield %whole, %number, %c, %ec : i64, i64, i32, i32
  }
  cf.cond_br %differ, ^subtract, ^add
^add:
  %added = arith.addi %larger, %smaller : i64
  cf.br ^normalise(%added, %e, %sign : i64, i32, i32)
^subtract:
  %difference = arith.subi %larger, %smaller : i64
  %least = arith.constant 0x100000000000000 : i64
  %isLarge = arith.cmpi sge, %difference, %least : i64
  cf.cond_br %isLarge, ^normalise(%difference, %e, %sign : i64, i32, i32), ^negate
^negate:
  %isNegative = arith.cmpi slt, %difference, %none : i64
  %negated = arith.subi %none, %difference : i64
  %size = arith.select %isNegative, %negated, %difference : i64
  %opposite = arith.xori %sign, %signBit : i32
  %its = arith.select %isNegative, %opposite, %sign : i32
  %isLarge2 = arith.cmpi uge, %size, %least : i64
  cf.cond_br %isLarge2, ^normalise(%size, %e, %its : i64, i32, i32), ^rare

^normalise(%m: i64, %em: i32, %s: i32):
  // One less than the exponent, since the first bit of the mantissa adds one to it.
  %e1 = arith.addi %em, %c1 : i32
  %normal, %en = func.call @fma.normalise(%m, %e1) : (i64, i32) -> (i64, i32)
  %isOrdinary = arith.cmpi ult, %en, %c253 : i32
  cf.cond_br %isOrdinary, ^round, ^rare
^round:
  %result = func.call @fma.pack(%normal, %en, %s) : (i64, i32, i32) -> i32
  return %result : i32
^rare:
  %any = func.call @fma.float32_any(%a, %b, %c) : (i32, i32, i32) -> i32
  return %any : i32
}

// Of any numbers; in few bytes.
func.func private @fma.float32_any(%a: i32, %b: i32, %c: i32) -> i32
    attributes {passthrough = ["minsize", "noinline", "optsize"]} {
  %c0 = arith.constant 0 : i32
  %c1 = arith.constant 1 : i32
  %c254 = arith.constant 254 : i32
  %none = arith.constant 0 : i64
  %word = arith.constant 32 : i64
  %infinity = arith.constant 0x7f800000 : i32
  %twiceInfinity = arith.constant 0xff000000 : i32
  %signBit = arith.constant 0x80000000 : i32

  // Where there is no mantissa there is nothing to round but a product, or a sum.
  %twiceA = arith.shli %a, %c1 : i32
  %twiceB = arith.shli %b, %c1 : i32
  %twiceC = arith.shli %c, %c1 : i32
  %a1 = arith.subi %twiceA, %c1 : i32
  %b1 = arith.subi %twiceB, %c1 : i32
  %most = arith.subi %twiceInfinity, %c1 : i32
  %hasA = arith.cmpi ult, %a1, %most : i32
  %hasB = arith.cmpi ult, %b1, %most : i32
  %hasBoth = arith.andi %hasA, %hasB : i1
  %hasC = arith.cmpi ne, %twiceC, %c0 : i32
  %hasAll = arith.andi %hasBoth, %hasC : i1
  cf.cond_br %hasAll, ^withAll, ^inTurn
^inTurn:
  %x = arith.bitcast %a : i32 to f32
  %y = arith.bitcast %b : i32 to f32
  %z = arith.bitcast %c : i32 to f32
  %xy = arith.mulf %x, %y : f32
  %alone = arith.bitcast %xy : f32 to i32
  cf.cond_br %hasBoth, ^return(%alone : i32), ^withSum
^withSum:
  %xyz = arith.addf %xy, %z : f32
  %inTurn = arith.bitcast %xyz : f32 to i32
  cf.br ^return(%inTurn : i32)
^return(%bits: i32):
  return %bits : i32
^withAll:
  %isFinite = arith.cmpi ult, %twiceC, %twiceInfinity : i32
  cf.cond_br %isFinite, ^multiply, ^return(%c : i32)

^multiply:
  %ma, %ea = func.call @fma.unpack(%a) : (i32) -> (i32, i32)
  %mb, %eb = func.call @fma.unpack(%b) : (i32) -> (i32, i32)
  %mc, %ec = func.call @fma.unpack(%c) : (i32) -> (i32, i32)
  %product = func.call @fma.product(%ma, %mb) : (i32, i32) -> i64
  %c5 = arith.constant 5 : i32
  %high = arith.shli %mc, %c5 : i32
  %high64 = arith.extui %high : i32 to i64
  %number = arith.shli %high64, %word : i64
  %c127 = arith.constant 127 : i32
  %exponents = arith.addi %ea, %eb : i32
  %ep = arith.subi %exponents, %c127 : i32
  %above = arith.subi %ep, %ec : i32
  %below = arith.subi %c0, %above : i32
  %alignedNumber = func.call @fma.shift_out(%number, %above) : (i64, i32) -> i64
  %alignedProduct = func.call @fma.shift_out(%product, %below) : (i64, i32) -> i64
  %e = arith.maxsi %ep, %ec : i32
  %productSign = arith.xori %a, %b : i32
  %signs = arith.xori %productSign, %c : i32
  %differ = arith.cmpi slt, %signs, %c0 : i32
  %minus = arith.subi %none, %alignedNumber : i64
  %term = arith.select %differ, %minus, %alignedNumber : i64
  %sum = arith.addi %alignedProduct, %term : i64
  %isNone = arith.cmpi eq, %sum, %none : i64
  cf.cond_br %isNone, ^zero, ^normalise
^zero:
  cf.br ^return(%c0 : i32)

^normalise:
  %isNegative = arith.cmpi slt, %sum, %none : i64
  %negated = arith.subi %none, %sum : i64
  %size = arith.select %isNegative, %negated, %sum : i64
  %opposite = arith.xori %productSign, %signBit : i32
  %s = arith.select %isNegative, %opposite, %productSign : i32
  %c2 = arith.constant 2 : i32
  %e2 = arith.addi %e, %c2 : i32
  %normal, %en = func.call @fma.normalise(%size, %e2) : (i64, i32) -> (i64, i32)
  %fits = arith.cmpi sle, %en, %c254 : i32
  cf.cond_br %fits, ^round, ^overflow
^overflow:
  %only = arith.andi %s, %signBit : i32
  %large = arith.ori %only, %infinity : i32
  cf.br ^return(%large : i32)
^round:
  // Of a subnormal number, the first bit of the mantissa is further down, at exponent 1.
  %short = arith.subi %c1, %en : i32
  %shifted = func.call @fma.shift_out(%normal, %short) : (i64, i32) -> i64
  %least = arith.maxsi %en, %c1 : i32
  %least1 = arith.subi %least, %c1 : i32
  %result = func.call @fma.pack(%shifted, %least1, %s) : (i64, i32, i32) -> i32
  return %result : i32
}
