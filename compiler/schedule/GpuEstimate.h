//===- GpuEstimate.h - A number, and the formula that gives it ------------===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What the cost model of GPUs computes with: its constants keep their names, so that
// who has measured a time can see which of them it depends on, and fit them.
//
//   GpuSymbol mhz{"mhz", 1410};
//   GpuEstimate time = 2 * max(3 * GpuSymbol{"latency", 4}, 10) / mhz;
//   time.value();   // 24.0 / 1410
//   time.formula(); // "2 * max(3 * latency, 10) / mhz"
//
//===----------------------------------------------------------------------===//

#ifndef GRUCC_COMPILER_SCHEDULE_GPUESTIMATE_H
#define GRUCC_COMPILER_SCHEDULE_GPUESTIMATE_H

#include "llvm/ADT/StringRef.h"
#include <string>

namespace grucc {

/// A constant of the model or a fact about a card, by the name that formulas have for it.
struct GpuSymbol {
  llvm::StringLiteral name;
  double value;
};

/// The formula is an expression of Python, and does the very operations that gave the
/// number, in their order; what has no symbol in it is one number.
class GpuEstimate {
public:
  GpuEstimate(double literal) : number(literal) {}
  GpuEstimate(GpuSymbol symbol) : number(symbol.value), text(symbol.name.str()) {}

  double value() const { return number; }
  std::string formula() const;

  friend GpuEstimate operator+(const GpuEstimate &a, const GpuEstimate &b);
  friend GpuEstimate operator-(const GpuEstimate &a, const GpuEstimate &b);
  friend GpuEstimate operator*(const GpuEstimate &a, const GpuEstimate &b);
  friend GpuEstimate operator/(const GpuEstimate &a, const GpuEstimate &b);
  friend GpuEstimate max(const GpuEstimate &a, const GpuEstimate &b);

private:
  /// What holds the formula together, the loosest first.
  enum class Binding { Sum, Product, Atom };

  bool isLiteral() const { return text.empty(); }
  bool isLiteral(double literal) const { return isLiteral() && number == literal; }
  /// The formula as an operand that must hold together as tightly.
  std::string operand(Binding atLeast) const;
  static GpuEstimate join(double number, const GpuEstimate &a, char operation,
                          const GpuEstimate &b);

  double number;
  std::string text; ///< empty: a literal
  Binding binding = Binding::Atom;
};

// Of symbols and numbers alike.
GpuEstimate operator+(const GpuEstimate &a, const GpuEstimate &b);
GpuEstimate operator-(const GpuEstimate &a, const GpuEstimate &b);
GpuEstimate operator*(const GpuEstimate &a, const GpuEstimate &b);
GpuEstimate operator/(const GpuEstimate &a, const GpuEstimate &b);
GpuEstimate max(const GpuEstimate &a, const GpuEstimate &b);

} // namespace grucc

#endif // GRUCC_COMPILER_SCHEDULE_GPUESTIMATE_H
