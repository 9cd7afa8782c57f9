//===- TestCells.td - Cells that only tests have ----------------*- tablegen -*-===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

include "dialects/rnn/Rnn.td"

def Test_Dialect : Dialect {
  let name = "test";
  let cppNamespace = "::grucc::test";
  let dependentDialects = ["::grucc::rnn::RnnDialect"];
}

// torch.nn.RNN's: one gate.
def Test_RnnCellOp : Rnn_CellOp<Test_Dialect, "rnn_cell">;
// A minimal gated unit: two gates, one of which keeps its bias.
def Test_MguCellOp : Rnn_CellOp<Test_Dialect, "mgu_cell">;
// torch.nn.LSTM's: four gates, two states.
def Test_LstmCellOp : Rnn_CellOp<Test_Dialect, "lstm_cell">;
// A GRU whose reset gate comes before the product: two rounds.
def Test_GruResetBeforeCellOp : Rnn_CellOp<Test_Dialect, "gru_reset_before_cell">;
