//===- schedule.cpp - Any text as --schedule-file -------------------------===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/ScheduleFile.h"
#include "test/fuzz/Input.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static grucc::fuzz::InputFile file("input.json"), again("again.json");
  grucc::rnn::Network network;
  network.inputSize = network.hiddenSize = 1;
  const grucc::ScheduleSubject subject = {"zen3", network};
  auto fields = grucc::readScheduleFile(file.write(data, size), subject);
  if (!fields) {
    grucc::fuzz::take(fields.takeError());
    return 0;
  }
  // What is read is written, and read again.
  std::string text = grucc::writeScheduleFile(subject, *fields);
  llvm::StringRef path = again.write(reinterpret_cast<const uint8_t *>(text.data()), text.size());
  grucc::fuzz::expect(llvm::cantFail(grucc::readScheduleFile(path, subject)) == *fields,
                      "a schedule is the same once it is written");
  return 0;
}
