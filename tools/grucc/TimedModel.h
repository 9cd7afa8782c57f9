//===- TimedModel.h - A compiled model, and how long its calls take -------===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRUCC_TOOLS_GRUCC_TIMEDMODEL_H
#define GRUCC_TOOLS_GRUCC_TIMEDMODEL_H

#include "grucc/runtime.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include <cstdlib>
#include <memory>
#include <vector>

namespace grucc {

/// The tensors of a run over T steps of B rows and of a step of one row, for every
/// model of one network: all of them read and write the same memory.
class CallTensors {
public:
  llvm::Error allocate(const grucc_handle *handle, int64_t seqLen, int64_t batch);

  grucc_call run = {};
  grucc_tensor x = {}, y = {};       ///< [1, I], [1, H]
  std::vector<grucc_tensor> weights; ///< torch's, when they are external

private:
  struct Free {
    void operator()(void *memory) const { std::free(memory); }
  };
  std::vector<std::unique_ptr<void, Free>> memory;
  uint32_t random = 1;

  /// Uniform in [-limit, limit).
  llvm::Error make(grucc_tensor &tensor, const grucc_model &model, llvm::ArrayRef<int64_t> shape,
                   double limit);
};

/// An open model.
class TimedModel {
public:
  /// Opens a shared library; nothing of the file is needed any more after that.
  static llvm::Expected<TimedModel> open(llvm::StringRef path, llvm::StringRef target);

  grucc_handle *handle() const { return opened.get(); }
  /// Takes memory and weights for calls on `tensors`; before any is timed.
  llvm::Error prepare(const CallTensors &tensors);
  bool streams() const { return grucc_descriptor(handle())->step != nullptr; }

  /// Microseconds of so many calls, after one that warms the caches.
  llvm::Expected<double> timeRuns(const CallTensors &tensors, int64_t calls);
  llvm::Expected<double> timeSteps(const CallTensors &tensors, int64_t calls);

private:
  struct Close {
    void operator()(grucc_handle *handle) const { grucc_close(handle); }
  };
  struct FreeState {
    void operator()(grucc_state *state) const {
      grucc_free_state(state);
      delete state;
    }
  };
  explicit TimedModel(grucc_handle *handle) : opened(handle) {}
  template <typename Call> llvm::Expected<double> time(int64_t calls, Call call);

  std::unique_ptr<grucc_handle, Close> opened;
  std::unique_ptr<grucc_state, FreeState> state; // goes before the handle
};

} // namespace grucc

#endif // GRUCC_TOOLS_GRUCC_TIMEDMODEL_H
