//===- CellInterface.h - What every recurrent cell is -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRUCC_DIALECTS_RNN_CELLINTERFACE_H
#define GRUCC_DIALECTS_RNN_CELLINTERFACE_H

#include "dialects/rnn/Cells.h"
#include "dialects/rnn/Rnn.h"
#include "dialects/rnn/ValueSteps.h"
#include <tuple>

namespace grucc::rnn {

/// A cell's equations, for all that they are evaluated on.
struct CellEquations {
  CellShape shape;
  std::tuple<Cell<Number<float>>, Cell<Number<double>>, Cell<ValueSteps>> cells;

  template <typename F> const Cell<F> &in() const { return std::get<Cell<F>>(cells); }
  template <typename Equations> static constexpr CellEquations of() {
    return {Equations::shape,
            {Cell<Number<float>>::of<Equations>(), Cell<Number<double>>::of<Equations>(),
             Cell<ValueSteps>::of<Equations>()}};
  }
};

/// The cell whose op has that name; null when there is none.
const CellOpInterface::Concept *lookupCell(mlir::MLIRContext *context, llvm::StringRef name);

/// The shape of the cell that `op` names; diagnoses a name that is none.
const CellShape *expectCell(mlir::Operation *op, llvm::StringRef name);

/// Diagnoses a round of the cell that `op` is of which no other follows.
mlir::LogicalResult expectEarlyRound(mlir::Operation *op, const CellShape &shape, int64_t round);

} // namespace grucc::rnn

#endif // GRUCC_DIALECTS_RNN_CELLINTERFACE_H
