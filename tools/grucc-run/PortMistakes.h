//===- PortMistakes.h - What ports of a GRU get wrong ---------------------===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRUCC_TOOLS_GRUCC_RUN_PORTMISTAKES_H
#define GRUCC_TOOLS_GRUCC_RUN_PORTMISTAKES_H

#include "PortVariant.h"

namespace grucc {

/// Mistakes of one kind exclude one another.
enum class Kind {
  Order,
  Reset,
  Update,
  Bias,
  Matrix,
  Gates,
  Candidate,
  Clip,
  Direction,
  Start,
  Length,
  Last,
  OutputLayout,
  StateLayout,
  Axes,
  Dropout,
  Rounding
};

struct Mistake {
  Kind kind;
  llvm::StringRef name, text;
  void (*apply)(PortVariant &);
  bool (*applies)(const Setting &, const Subject &);
};

/// Whether steps and rows can be taken for each other: nothing but shapes tells them apart.
bool canSwapAxes(const Setting &setting);

/// All that are looked for; the more usual, the earlier.
llvm::ArrayRef<Mistake> usualMistakes();

} // namespace grucc

#endif // GRUCC_TOOLS_GRUCC_RUN_PORTMISTAKES_H
