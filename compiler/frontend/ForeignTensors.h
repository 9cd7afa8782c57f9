//===- ForeignTensors.h - Tensors that are no GRU's as grucc reads it -----===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRUCC_COMPILER_FRONTEND_FOREIGNTENSORS_H
#define GRUCC_COMPILER_FRONTEND_FOREIGNTENSORS_H

#include "support/Safetensors.h"

namespace grucc {

/// The error for a file in which not exactly a GRU's tensors are under `prefix`: names what
/// is there instead (an LSTM, a GRUCell, a weight under weight_norm) with the way out, and the
/// prefixes under which there are GRUs.
llvm::Error refuseTensors(const SafetensorsFile &file, llvm::StringRef path,
                          llvm::StringRef prefix);

/// Rows of a matrix as errors say it: 3 * hidden_size.
std::string gateRowsText();

/// Refuses an LSTM's and a plain RNN's matrix, `weight_hh` by its name, by its shape.
llvm::Error refuseOtherGates(const FileTensor &tensor, llvm::StringRef path);

} // namespace grucc

#endif // GRUCC_COMPILER_FRONTEND_FOREIGNTENSORS_H
