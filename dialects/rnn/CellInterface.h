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
#include <optional>

namespace grucc::rnn {

/// The op of that cell; null when there is none.
const CellOpInterface::Concept *lookupCell(CellAttr cell);

/// Nothing where there is no such op; a verified op names one that there is.
std::optional<CellEquations> findEquations(CellAttr cell);
inline CellEquations equationsOf(CellAttr cell) { return *findEquations(cell); }

/// The shape of the cell that `op` names; diagnoses a name that is none.
std::optional<CellShape> expectCell(mlir::Operation *op, CellAttr cell);

/// Diagnoses a round of the cell that `op` is of which no other follows.
mlir::LogicalResult expectEarlyRound(mlir::Operation *op, const CellShape &shape, int64_t round);

} // namespace grucc::rnn

#endif // GRUCC_DIALECTS_RNN_CELLINTERFACE_H
