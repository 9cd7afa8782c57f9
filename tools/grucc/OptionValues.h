//===- OptionValues.h - Option values, read strictly ----------------------===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRUCC_TOOLS_GRUCC_OPTIONVALUES_H
#define GRUCC_TOOLS_GRUCC_OPTIONVALUES_H

#include "compiler/Compile.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/Support/Error.h"

namespace grucc {

// Each reads the whole of `text` or reports a usage error about `option`.

llvm::Expected<int64_t> readSize(llvm::StringRef option, llvm::StringRef text, int64_t largest);
llvm::Expected<uint64_t> readSeed(llvm::StringRef option, llvm::StringRef text);
llvm::Expected<double> readProbability(llvm::StringRef option, llvm::StringRef text);

/// A finite number above 0.
llvm::Expected<double> readClip(llvm::StringRef option, llvm::StringRef text);
llvm::Expected<Activation> readActivationOption(llvm::StringRef option, llvm::StringRef text);

/// A C identifier that the runtime takes, with `behind` characters more; `option` names where it
/// came from.
llvm::Error checkName(llvm::StringRef option, llvm::StringRef name, size_t behind = 0);

/// `field=value,...`, fields of `table`; commas inside brackets belong to the value. Adds to
/// `settings`; a field twice with two values is an error.
llvm::Error readSchedule(llvm::StringRef option, llvm::StringRef text, rnn::FieldTable table,
                         rnn::FieldSettings &settings);

/// One of a few words.
template <typename T> struct Word {
  llvm::StringRef word;
  T value;
};
llvm::Error wordError(llvm::StringRef option, llvm::StringRef text,
                      llvm::ArrayRef<llvm::StringRef> words);

/// Of a table of pairs, or of Words.
template <typename T, typename Table>
llvm::Expected<T> readNamed(llvm::StringRef option, llvm::StringRef text, const Table &table) {
  llvm::SmallVector<llvm::StringRef> names;
  for (const auto &[name, value] : table) {
    if (name == text)
      return value;
    names.push_back(name);
  }
  return wordError(option, text, names);
}

template <typename T>
llvm::Expected<T> readWord(llvm::StringRef option, llvm::StringRef text,
                           std::initializer_list<Word<T>> words) {
  return readNamed<T>(option, text, words);
}

} // namespace grucc

#endif // GRUCC_TOOLS_GRUCC_OPTIONVALUES_H
