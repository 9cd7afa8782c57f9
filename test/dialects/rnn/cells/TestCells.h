//===- TestCells.h - Cells that only tests have -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRUCC_TEST_DIALECTS_RNN_CELLS_TESTCELLS_H
#define GRUCC_TEST_DIALECTS_RNN_CELLS_TESTCELLS_H

#include "dialects/rnn/CellInterface.h"

#include "test/dialects/rnn/cells/TestDialect.h.inc"

#define GET_OP_CLASSES
#include "test/dialects/rnn/cells/TestOps.h.inc"

namespace grucc::test {

void registerLowerCells();  ///< test-lower-cells
void registerPrintPacked(); ///< test-print-packed-weights

} // namespace grucc::test

#endif // GRUCC_TEST_DIALECTS_RNN_CELLS_TESTCELLS_H
