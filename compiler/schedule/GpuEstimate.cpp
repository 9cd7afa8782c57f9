//===- GpuEstimate.cpp - A number, and the formula that gives it ----------===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/schedule/GpuEstimate.h"

#include <algorithm>
#include <charconv>
#include <limits>

using namespace grucc;

/// The fewest digits that are read as the same number.
static std::string digits(double number) {
  char text[std::numeric_limits<double>::max_exponent10 + 32];
  auto written = std::to_chars(std::begin(text), std::end(text), number, std::chars_format::fixed);
  return std::string(text, written.ptr);
}

std::string GpuEstimate::formula() const { return isLiteral() ? digits(number) : text; }

std::string GpuEstimate::operand(Binding atLeast) const {
  return binding < atLeast ? "(" + formula() + ")" : formula();
}

// The right operand is bound tighter than the operation: it came first.
GpuEstimate GpuEstimate::join(double number, const GpuEstimate &a, char operation,
                              const GpuEstimate &b) {
  GpuEstimate result(number);
  if (a.isLiteral() && b.isLiteral())
    return result;
  bool isSum = operation == '+' || operation == '-';
  result.binding = isSum ? Binding::Sum : Binding::Product;
  result.text = a.operand(result.binding) + " " + operation + " " +
                b.operand(isSum ? Binding::Product : Binding::Atom);
  return result;
}

// What changes no number is left out.
GpuEstimate grucc::operator+(const GpuEstimate &a, const GpuEstimate &b) {
  if (a.isLiteral(0))
    return b;
  return b.isLiteral(0) ? a : GpuEstimate::join(a.number + b.number, a, '+', b);
}

GpuEstimate grucc::operator-(const GpuEstimate &a, const GpuEstimate &b) {
  return b.isLiteral(0) ? a : GpuEstimate::join(a.number - b.number, a, '-', b);
}

GpuEstimate grucc::operator*(const GpuEstimate &a, const GpuEstimate &b) {
  if (a.isLiteral(0) || b.isLiteral(1))
    return a;
  if (b.isLiteral(0) || a.isLiteral(1))
    return b;
  return GpuEstimate::join(a.number * b.number, a, '*', b);
}

GpuEstimate grucc::operator/(const GpuEstimate &a, const GpuEstimate &b) {
  bool isUnchanged = a.isLiteral(0) || b.isLiteral(1);
  return isUnchanged ? a : GpuEstimate::join(a.number / b.number, a, '/', b);
}

GpuEstimate grucc::max(const GpuEstimate &a, const GpuEstimate &b) {
  GpuEstimate result(std::max(a.number, b.number));
  if (!a.isLiteral() || !b.isLiteral())
    result.text = "max(" + a.formula() + ", " + b.formula() + ")";
  return result;
}
