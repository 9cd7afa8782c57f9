//===- SoftFloat.mlir - What float32 consists of, in whole numbers -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A number is m * 2^(e - 150): its mantissa m has 24 bits, the first of which is 1, e is its
// exponent. Sums are made of 64 bits. Of exponent e, a mantissa has its first bit at bit 60
// there; a product may have it one higher, a sum two. Bits that are shifted out of the lowest
// leave a 1 in it.
//
//===----------------------------------------------------------------------===//

// The first bit to bit 62, two above where it is of an exponent, and so much less of %e, which was that
// of bit 62.
func.func private @fma.normalise(%m: i64, %e: i32) -> (i64, i32)
    attributes {passthrough = ["alwaysinline"]} {
  %c1 = arith.constant 1 : i32
  %one = arith.constant 1 : i64
  %bit62 = arith.constant 0x4000000000000000 : i64
  %normal, %en = scf.while (%n = %m, %i = %e) : (i64, i32) -> (i64, i32) {
    %isLow = arith.cmpi slt, %n, %bit62 : i64
    scf.condition(%isLow) %n, %i : i64, i32
  } do {
  ^bb0(%n: i64, %i: i32):
    %doubled = arith.shli %n, %one : i64
    %less = arith.subi %i, %c1 : i32
    scf.yield %doubled, %less : i64, i32
  }
  return %normal, %en : i64, i32
}

// Rounds what has its first bit at bit 62, or further down of a subnormal number, to 24 bits: of two
// that are as near, the even one. The exponent is one less than the number's.
func.func private @fma.pack(%m: i64, %e: i32, %s: i32) -> i32
    attributes {passthrough = ["alwaysinline"]} {
  %c0 = arith.constant 0 : i32
  %c1 = arith.constant 1 : i32
  %c7 = arith.constant 7 : i32
  %c23 = arith.constant 23 : i32
  %half = arith.constant 63 : i32
  %signBit = arith.constant 0x80000000 : i32
  %word = arith.constant 32 : i64
  %upper = arith.shrui %m, %word : i64
  %high = arith.trunci %upper : i64 to i32
  %low = arith.trunci %m : i64 to i32
  %isMore = arith.cmpi ne, %low, %c0 : i32
  %more = arith.extui %isMore : i1 to i32
  %marked = arith.ori %high, %more : i32
  %last = arith.shrui %high, %c7 : i32
  %isOdd = arith.andi %last, %c1 : i32
  %even = arith.addi %marked, %isOdd : i32
  %up = arith.addi %even, %half : i32
  %fraction = arith.shrui %up, %c7 : i32
  %exponent = arith.shli %e, %c23 : i32
  %bits = arith.addi %fraction, %exponent : i32
  %sign = arith.andi %s, %signBit : i32
  %result = arith.addi %bits, %sign : i32
  return %result : i32
}

// Mantissa and exponent of a finite number that is not 0; below 1 where it is subnormal.
func.func private @fma.unpack(%a: i32) -> (i32, i32)
    attributes {passthrough = ["minsize", "noinline", "optsize"]} {
  %c1 = arith.constant 1 : i32
  %c23 = arith.constant 23 : i32
  %c255 = arith.constant 255 : i32
  %first = arith.constant 0x800000 : i32
  %others = arith.constant 0x7fffff : i32
  %fraction = arith.andi %a, %others : i32
  %a23 = arith.shrui %a, %c23 : i32
  %e = arith.andi %a23, %c255 : i32
  %hasFirst = arith.cmpi uge, %e, %c1 : i32
  %whole = arith.ori %fraction, %first : i32
  %m = arith.select %hasFirst, %whole, %fraction : i32
  %at = arith.maxui %e, %c1 : i32
  %normal, %en = scf.while (%n = %m, %i = %at) : (i32, i32) -> (i32, i32) {
    %isLow = arith.cmpi ult, %n, %first : i32
    scf.condition(%isLow) %n, %i : i32, i32
  } do {
  ^bb0(%n: i32, %i: i32):
    %doubled = arith.shli %n, %c1 : i32
    %less = arith.subi %i, %c1 : i32
    scf.yield %doubled, %less : i32, i32
  }
  return %normal, %en : i32, i32
}

// Shifted right by so many bits, if any, each of which leaves its mark.
func.func private @fma.shift_out(%m: i64, %bits: i32) -> i64
    attributes {passthrough = ["minsize", "noinline", "optsize"]} {
  %c0 = arith.constant 0 : i32
  %c1 = arith.constant 1 : i32
  %one = arith.constant 1 : i64
  %most = arith.constant 63 : i32
  %count = arith.minsi %bits, %most : i32
  %shifted, %left = scf.while (%n = %m, %i = %count) : (i64, i32) -> (i64, i32) {
    %goesOn = arith.cmpi sgt, %i, %c0 : i32
    scf.condition(%goesOn) %n, %i : i64, i32
  } do {
  ^bb0(%n: i64, %i: i32):
    %half = arith.shrui %n, %one : i64
    %out = arith.andi %n, %one : i64
    %marked = arith.ori %half, %out : i64
    %less = arith.subi %i, %c1 : i32
    scf.yield %marked, %less : i64, i32
  }
  return %shifted : i64
}

// Of two mantissas, with 14 bits behind it.
func.func private @fma.product(%a: i32, %b: i32) -> i64
    attributes {passthrough = ["alwaysinline"]} {
  %behindA = arith.constant 8 : i32
  %behindB = arith.constant 6 : i32
  %a8 = arith.shli %a, %behindA : i32
  %b6 = arith.shli %b, %behindB : i32
  %a64 = arith.extui %a8 : i32 to i64
  %b64 = arith.extui %b6 : i32 to i64
  %product = arith.muli %a64, %b64 : i64
  return %product : i64
}

// The same for a CPU whose products have 32 bits.
func.func private @fma.product_of_halves(%a: i32, %b: i32) -> i64
    attributes {passthrough = ["alwaysinline"]} {
  %c2 = arith.constant 2 : i32
  %c14 = arith.constant 14 : i32
  %c16 = arith.constant 16 : i32
  %c30 = arith.constant 30 : i32
  %lower = arith.constant 0xffff : i32
  %word = arith.constant 32 : i64
  %ah = arith.shrui %a, %c16 : i32
  %al = arith.andi %a, %lower : i32
  %bh = arith.shrui %b, %c16 : i32
  %bl = arith.andi %b, %lower : i32
  %hh = arith.muli %ah, %bh : i32
  %hl = arith.muli %ah, %bl : i32
  %lh = arith.muli %al, %bh : i32
  %ll = arith.muli %al, %bl : i32
  %hh16 = arith.shli %hh, %c16 : i32
  %middle = arith.addi %hl, %lh : i32
  %carried = arith.shrui %ll, %c16 : i32
  %sum = arith.addi %hh16, %middle : i32
  %upper = arith.addi %sum, %carried : i32
  %rest = arith.andi %ll, %lower : i32
  %high = arith.shrui %upper, %c2 : i32
  %upper30 = arith.shli %upper, %c30 : i32
  %rest14 = arith.shli %rest, %c14 : i32
  %low = arith.ori %upper30, %rest14 : i32
  %high64 = arith.extui %high : i32 to i64
  %high32 = arith.shli %high64, %word : i64
  %low64 = arith.extui %low : i32 to i64
  %product = arith.ori %high32, %low64 : i64
  return %product : i64
}
