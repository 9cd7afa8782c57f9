//===- Exit.cpp - How the tools end ----------------------------------------===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tools/support/Exit.h"

#include "compiler/write/Artifact.h"
#include "support/Diagnostic.h"
#include "llvm/Support/ErrorHandling.h"
#include "llvm/Support/Signals.h"
#include "llvm/Support/raw_ostream.h"
#include <csignal>
#include <cstdlib>
#include <sys/mman.h>

using namespace llvm;

/// Temporary files go, and nothing else is asked of a program in that state.
[[noreturn]] static void leave(int code) {
  sys::RunInterruptHandlers();
  std::_Exit(code);
}

// Without memory nothing may be put together: errs() writes what it is given.
static void outOfMemory(void *tool, const char * /*reason*/, bool /*isCrash*/) {
  errs() << static_cast<const char *>(tool)
         << ": error: memory: found none left, expected more of it\n";
  leave(1);
}

static struct sigaction faultBefore;
static const char *faultyTool;

// MLIR uses what malloc gives it without a look. A fault is that where not even the least that
// malloc asks the system for is left, and else LLVM's to report.
static void onFault(int /*signal*/) {
  constexpr size_t least = 1 << 20;
  void *room = mmap(nullptr, least, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (room == MAP_FAILED)
    outOfMemory(const_cast<char *>(faultyTool), nullptr, false);
  sigaction(SIGSEGV, &faultBefore, nullptr); // and fault again
}

static void cannotGoOn(void *tool, const char *reason, bool /*isCrash*/) {
  errs() << static_cast<const char *>(tool) << ": error: compilation: found '"
         << grucc::printable(reason) << "', expected to go on\n";
  leave(1);
}

void grucc::catchExhaustion(const char *tool) {
  void *name = const_cast<char *>(tool);
  install_bad_alloc_error_handler(outOfMemory, name);
  install_fatal_error_handler(cannotGoOn, name);
  faultyTool = tool;
  struct sigaction action = {};
  action.sa_handler = onFault;
  action.sa_flags = SA_ONSTACK;
  sigaction(SIGSEGV, &action, &faultBefore);
  // Writing fails then, and says why. LLVM's handler for the first is a stack trace; the second
  // would end the program before its temporary files are gone.
  std::signal(SIGXFSZ, SIG_IGN);
  std::signal(SIGPIPE, SIG_IGN);
}

/// What lld has damaged must not be tidied up.
static int leaveIfDamaged(int code) {
  if (!grucc::canLinkAgain())
    leave(code);
  return code;
}

int grucc::fail(Error error) {
  int code = 1;
  handleAllErrors(
      std::move(error),
      [&](const DiagnosticError &diagnostic) {
        errs() << diagnostic.message() << '\n';
        code = diagnostic.isUsageError() ? 2 : 1;
      },
      [](const ErrorInfoBase &other) { errs() << other.message() << '\n'; });
  return leaveIfDamaged(code);
}

Error grucc::flushOutput(StringRef tool) {
  outs().flush();
  if (!outs().has_error())
    return Error::success();
  std::error_code reason = outs().error();
  outs().clear_error();
  return inputError(tool, "standard output", "'" + reason.message() + "'", "to write all of it");
}

int grucc::finish(StringRef tool) {
  Error error = flushOutput(tool);
  return error ? fail(std::move(error)) : leaveIfDamaged(0);
}
