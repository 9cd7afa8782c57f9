//===- Machines.cpp - The machine table -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/schedule/Machines.h"

#include "compiler/schedule/MachineFile.h"
#include "support/Diagnostic.h"
#include "support/Json.h"
#include "llvm/ADT/SmallVectorExtras.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/TargetParser/Host.h"

#if defined(__linux__) && defined(__aarch64__)
#include <sys/prctl.h>
#endif

using namespace mlir;
using namespace grucc;
using llvm::Expected;

/// The files of machines/, one of each target's name, a cautious member of its kind, among them.
static const std::vector<MachineFile> &machines() {
  static const std::vector<MachineFile> table = [] {
    static constexpr const char *texts[] = {
#include "compiler/schedule/MachineTexts.h.inc"
    };
    std::vector<MachineFile> read;
    for (StringRef text : texts) {
      llvm::json::Value value = cantFail(parseJson(text, "machines", "machine"));
      read.push_back(cantFail(readMachine("machines", *value.getAsObject())));
    }
    return read;
  }();
  return table;
}

static const MachineFile *find(StringRef name) {
  auto entry = llvm::find_if(machines(), [&](const MachineFile &m) { return m.name == name; });
  return entry == machines().end() ? nullptr : &*entry;
}

rnn::MachineAttr grucc::lookupMachine(MLIRContext *context, StringRef name) {
  const MachineFile *machine = find(name);
  return machine ? machine->attr(context) : rnn::MachineAttr();
}

StringRef grucc::targetOfMachine(StringRef name) {
  const MachineFile *machine = find(name);
  return machine ? StringRef(machine->target) : StringRef();
}

bool grucc::isMachineFile(StringRef name) { return name.ends_with(".json"); }

Expected<rnn::MachineAttr> grucc::readMachine(MLIRContext *context, StringRef name) {
  if (isMachineFile(name)) {
    Expected<MachineFile> file = readMachineFile(name);
    if (!file)
      return file.takeError();
    return file->attr(context);
  }
  if (rnn::MachineAttr machine = lookupMachine(context, name))
    return machine;
  return inputError("grucc", "machine", quoted(name),
                    rnn::listWords(machineNames()) + " or a file that ends in .json");
}

/// The names in a list of the table.
static SmallVector<StringRef> split(StringRef list) {
  SmallVector<StringRef> names;
  list.split(names, ' ', /*MaxSplit=*/-1, /*KeepEmpty=*/false);
  return names;
}

/// Of a register of SVE, as this thread has it; LLVM's names of features do not say it.
static int64_t scalableBits() {
#if defined(__linux__) && defined(__aarch64__)
  int found = prctl(PR_SVE_GET_VL);
  return found < 0 ? 0 : 8 * (found & PR_SVE_VL_LEN_MASK);
#else
  return 0;
#endif
}

/// The last row whose every feature this CPU has; empty when it lacks one of the first.
static StringRef bestTarget(const llvm::StringMap<bool> &features) {
  const rnn::Platform *host =
      rnn::findPlatform(llvm::Triple(llvm::sys::getProcessTriple()).getArchName());
  StringRef best;
  for (const rnn::Target &target : rnn::targets()) {
    if (target.platform != host)
      continue;
    if (!llvm::all_of(split(target.hostFeatures),
                      [&](StringRef name) { return features.lookup(name); }) ||
        (target.scalable && target.vectorBits > scalableBits()))
      break; // those behind it ask for more
    if (!target.scalable || target.vectorBits == scalableBits())
      best = target.name;
  }
  return best;
}

StringRef grucc::nativeTarget() { return bestTarget(llvm::sys::getHostCPUFeatures()); }

StringRef grucc::nativeMachine() {
  llvm::StringMap<bool> features = llvm::sys::getHostCPUFeatures();
  StringRef target = bestTarget(features), cpu = llvm::sys::getHostCPUName();
  for (const MachineFile &m : machines())
    if (m.target == target && llvm::is_contained(m.cpus, cpu))
      return m.name;
  for (const MachineFile &m : machines())
    if (m.target == target && features.lookup(m.feature))
      return m.name;
  return target;
}

SmallVector<StringRef> grucc::targetNames() {
  SmallVector<StringRef> names = {"native"};
  llvm::append_range(names, rnn::targetNames(rnn::TargetKind::Cpu));
  llvm::append_range(names, rnn::targetNames(rnn::TargetKind::Gpu));
  return names;
}

SmallVector<StringRef> grucc::machineNames() {
  return llvm::map_to_vector(machines(), [](const MachineFile &m) { return StringRef(m.name); });
}
