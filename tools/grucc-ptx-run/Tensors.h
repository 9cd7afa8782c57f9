//===- Tensors.h - The tensors that a kernel is run on -------------------===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRUCC_TOOLS_GRUCC_PTX_RUN_TENSORS_H
#define GRUCC_TOOLS_GRUCC_PTX_RUN_TENSORS_H

#include "CommandLine.h"
#include "llvm/ADT/SmallVector.h"

namespace grucc::ptxrun {

/// A tensor in device memory.
struct DeviceTensor {
  std::string dtype; ///< as safetensors says it: F32
  llvm::SmallVector<int64_t, 2> shape;
  uint64_t bytes = 0;
  Address address = 0;
};
using DeviceTensors = std::map<std::string, DeviceTensor>;

/// The parameters of a kernel, from --arg; tensors are copied to the device.
llvm::Error bindArguments(const CommandLine &line, Device &device, const Kernel &kernel,
                          std::vector<char> &parameters, DeviceTensors &tensors);

/// A safetensors file of the tensors as they are now; an error where a byte of
/// one was never written.
llvm::Expected<std::string> formatTensors(const CommandLine &line, const Device &device,
                                          const DeviceTensors &tensors);

} // namespace grucc::ptxrun

#endif // GRUCC_TOOLS_GRUCC_PTX_RUN_TENSORS_H
