//===- CellEquations.h - A cell's equations, for all that they are evaluated on -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRUCC_DIALECTS_RNN_CELLEQUATIONS_H
#define GRUCC_DIALECTS_RNN_CELLEQUATIONS_H

#include "dialects/rnn/Cells.h"
#include <tuple>

namespace grucc::rnn {

struct ValueSteps;

/// On numbers of both widths, and on values of the IR.
struct CellEquations {
  CellShape shape;
  std::tuple<Cell<Number<float>>, Cell<Number<double>>, Cell<ValueSteps>> cells;

  template <typename F> const Cell<F> &in() const { return std::get<Cell<F>>(cells); }
  template <typename Equations>
  static constexpr CellEquations of(const CellShape &shape = Equations::shape) {
    return {shape,
            {Cell<Number<float>>::of<Equations>(shape), Cell<Number<double>>::of<Equations>(shape),
             Cell<ValueSteps>::of<Equations>(shape)}};
  }
};

} // namespace grucc::rnn

#endif // GRUCC_DIALECTS_RNN_CELLEQUATIONS_H
