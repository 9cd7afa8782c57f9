//===- Input.h - What a fuzzer draws, as the readers take it --------------===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRUCC_TEST_FUZZ_INPUT_H
#define GRUCC_TEST_FUZZ_INPUT_H

#include "llvm/Support/Error.h"
#include <cstdint>
#include <cstdlib>
#include <string>
#include <sys/mman.h>
#include <unistd.h>

namespace grucc::fuzz {

/// Ends the program, which libFuzzer takes for a finding.
inline void expect(bool holds, llvm::StringRef what) {
  if (holds)
    return;
  llvm::errs() << "not so: " << what << '\n';
  std::abort();
}

/// A file that holds one input at a time, for readers that open a path: in memory, under a name in
/// the current folder.
class InputFile {
public:
  explicit InputFile(std::string name)
      : name(std::move(name)), file(memfd_create(this->name.c_str(), 0)) {
    unlink(this->name.c_str());
    bool isNamed =
        symlink(("/proc/self/fd/" + std::to_string(file)).c_str(), this->name.c_str()) == 0;
    expect(file >= 0 && isNamed, "the current folder can be written to");
  }
  ~InputFile() {
    unlink(name.c_str());
    close(file);
  }

  llvm::StringRef write(const uint8_t *data, size_t size) {
    bool isWritten = ftruncate(file, static_cast<off_t>(size)) == 0 &&
                     pwrite(file, data, size, 0) == static_cast<ssize_t>(size);
    expect(isWritten, "the input is written");
    return name;
  }

private:
  std::string name;
  int file;
};

/// Takes an error, which says what is wrong in lines of printable text (E).
inline void take(llvm::Error error) {
  if (!error)
    return;
  std::string text = llvm::toString(std::move(error));
  expect(!text.empty() && text.back() != '\n', "an error has a text");
  for (char c : text)
    expect(c == '\n' || (static_cast<unsigned char>(c) >= ' ' && c != 0x7f),
           "an error is printable");
}

} // namespace grucc::fuzz

#endif // GRUCC_TEST_FUZZ_INPUT_H
