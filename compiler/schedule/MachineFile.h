//===- MachineFile.h - A machine kept in a file -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// JSON, as grucc --probe writes it and --machine=FILE reads it; the entries of the machine table
// are such files (machines/):
//
//   {"machine": {"name": ..., "target": ..., numbers of #rnn.machine},
//    "cpus": [LLVM's names of the CPUs that it is for], "feature": one that no other CPUs have,
//    "from": where the numbers come from, "probes": {what was measured, for grucc-bench}}
//
// All but `machine` may be left out.
//
//===----------------------------------------------------------------------===//

#ifndef GRUCC_COMPILER_SCHEDULE_MACHINEFILE_H
#define GRUCC_COMPILER_SCHEDULE_MACHINEFILE_H

#include "dialects/rnn/Rnn.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/JSON.h"

namespace grucc {

struct MachineFile {
  std::string name, target;
  std::vector<int64_t> numbers; ///< as rnn::machineFacts()
  std::vector<std::string> cpus;
  std::string feature; ///< LLVM's name: a virtual machine may hide the model of its CPU
  std::string from;
  std::vector<std::pair<std::string, double>> probes; ///< names and numbers

  rnn::MachineAttr attr(mlir::MLIRContext *context) const;
};

/// Every key, word and number is checked; diagnostics name the file as `path`.
llvm::Expected<MachineFile> readMachine(llvm::StringRef path, const llvm::json::Object &object);
llvm::Expected<MachineFile> readMachineFile(llvm::StringRef path);

/// The text of the file.
std::string writeMachine(const MachineFile &machine);

} // namespace grucc

#endif // GRUCC_COMPILER_SCHEDULE_MACHINEFILE_H
