//===- Deviation.h - How far numbers are from what they should be ---------===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRUCC_TOOLS_GRUCC_RUN_DEVIATION_H
#define GRUCC_TOOLS_GRUCC_RUN_DEVIATION_H

#include <cmath>
#include <cstdint>
#include <limits>
#include <optional>

namespace grucc {

/// An element of a result or of a gate.
struct Place {
  int64_t turn; ///< how many steps of the same row and direction came before it
  int64_t step; ///< -1 for a state, which belongs to no step
  int64_t row, unit;
};

/// |found - expected|; equal infinities and any two NaNs are equal.
template <typename T> double distance(double found, T expected) {
  if (found == expected || (std::isnan(found) && std::isnan(expected)))
    return 0;
  auto error = static_cast<double>(std::fabs(found - expected));
  return std::isnan(error) ? std::numeric_limits<double>::infinity() : error;
}

struct Deviation {
  struct Element {
    Place place;
    double found, expected;
  };
  double largest = 0, sumOfSquares = 0;
  int64_t count = 0;
  std::optional<Element> worst;
  std::optional<Element> first; ///< the first turn beyond the bound

  double rms() const { return count ? std::sqrt(sumOfSquares / static_cast<double>(count)) : 0; }

  template <typename T> void take(double found, T expected, double bound, Place place) {
    double error = distance(found, expected);
    sumOfSquares += error * error;
    ++count;
    if (!worst || error > largest) {
      largest = error;
      worst = {place, found, static_cast<double>(expected)};
    }
    if (error > bound && (!first || place.turn < first->place.turn))
      first = {place, found, static_cast<double>(expected)};
  }
};

} // namespace grucc

#endif // GRUCC_TOOLS_GRUCC_RUN_DEVIATION_H
