//===- PrintTargets.cpp - What code is generated for ----------------------===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "PrintTargets.h"
#include "dialects/rnn/Targets.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FormatAdapters.h"

using namespace llvm;
using grucc::rnn::Target;

/// What is asked for by this row and those before it on its platform.
static std::string needsOf(const Target &target) {
  if (target.isGpu())
    return "compute capability " + std::to_string(target.capability / 10) + "." +
           std::to_string(target.capability % 10);
  std::string needs;
  for (const Target &row : grucc::rnn::targets()) {
    if (row.platform == target.platform && !row.hostFeatures.empty())
      needs += (needs.empty() ? "" : " ") + row.hostFeatures.str();
    if (&row == &target)
      break;
  }
  if (target.scalable)
    needs += " with " + std::to_string(target.vectorBits) + " bits";
  return needs.empty() ? "every one" : needs;
}

/// As --emit calls them.
static StringRef formsOf(const Target &target) {
  if (target.isGpu())
    return "ptx cubin o a so";
  if (target.platform->architecture == grucc::rnn::Architecture::WASM32)
    return "wasm o a s ll";
  return target.platform->firstSystem() == grucc::rnn::OperatingSystem::None ? "o a s ll"
                                                                             : "o a so s ll";
}

static StringRef promisesOf(const Target &target) {
  if (!target.fma)
    return "N2 N3";
  if (target.relaxedFma)
    return "N2 N3 N4+";
  return target.flushesSubnormals ? "N2* N3* N4*" : "N2 N3 N4";
}

void grucc::printTargets(ArrayRef<std::string> names, raw_ostream &os) {
  auto line = [&](StringRef name, StringRef kind, StringRef forms, StringRef systems,
                  StringRef bits, const Twine &needs) {
    os << left_justify(name, 16) << left_justify(kind, 18) << left_justify(forms, 18)
       << left_justify(systems, 21) << left_justify(bits, 13) << needs << '\n';
  };
  line("target", "for", "writes", "on", "promises", "needs");
  for (StringRef name : names) {
    const Target &target = *rnn::findTarget(name);
    line(target.name, target.platform->name, formsOf(target),
         join(target.platform->systems(), " "), promisesOf(target), needsOf(target));
  }
  os << R"(
N2: activations within 2 ulp; N3: the same bits by run and step, on any number of threads, in any
batch and schedule; N4: the same bits on all targets that have it, in float32 with --precision=exact
*: but for subnormal numbers, which the CPU's vectors take for 0; +: where the engine fuses relaxed
multiply-adds, as on every CPU that has such instructions
A shared library (so) is for Linux alone.
)";
}
