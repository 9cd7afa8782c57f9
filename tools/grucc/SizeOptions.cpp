//===- SizeOptions.cpp - What is left out, and how much room there is -----===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "CommandLineReader.h"
#include "compiler/target/cpu/Functions.h"
#include "llvm/ADT/StringExtras.h"

using namespace llvm;
using namespace llvm::opt;
using namespace grucc;

static Expected<std::vector<std::string>> readFunctions(StringRef option, StringRef text) {
  std::vector<std::string> words;
  for (StringRef word : split(text, ',')) {
    if (!is_contained(cpu::functionWords, word))
      return wordError(option, word, cpu::functionWords);
    if (is_contained(words, word))
      return usageError(option, quoted(word) + " twice", "every word once");
    words.push_back(word.str());
  }
  for (StringRef word : {"ragged", "threads"})
    if (is_contained(words, word) && !is_contained(words, "run"))
      return usageError(option, quoted(word) + " without 'run'", "run, which it belongs to");
  return words;
}

/// Bytes, or with K or M behind them so many times 1024 or 1024 * 1024.
static Expected<int64_t> readBytes(StringRef option, StringRef text) {
  StringRef digits = text;
  int64_t unit = digits.consume_back("K") ? 1 << 10 : digits.consume_back("M") ? 1 << 20 : 1;
  Expected<int64_t> number = readSize(option, digits, int64_t(1) << 40);
  if (number)
    return *number * unit;
  consumeError(number.takeError());
  return usageError(option, quoted(text), "bytes, or such as 64K or 1M");
}

/// The first words of sections in ELF and COFF that linkers, loaders or debuggers have a use for.
static constexpr StringLiteral takenSections[] = {
    "bss",     "sbss",    "tbss",  "tdata",  "init",   "fini",   "preinit", "ctors",
    "dtors",   "note",    "debug", "symtab", "strtab", "dynsym", "dynstr",  "shstrtab",
    "dynamic", "rel",     "rela",  "interp", "got",    "plt",    "hash",    "gnu",
    "group",   "comment", "eh",    "ARM",    "llvm",   "llvmbc", "llvmcmd", "CRT",
    "tls",     "drectve", "edata", "idata",  "pdata",  "xdata",  "reloc",   "rsrc"};

static Expected<std::string> readSection(StringRef option, StringRef text) {
  bool isName =
      !text.empty() && all_of(text, [](char c) { return isAlnum(c) || c == '.' || c == '_'; });
  if (!isName)
    return usageError(option, quoted(text), "letters, digits, '.' and '_'");
  StringRef first = text;
  if (first.consume_front(".") &&
      is_contained(takenSections, first.take_until([](char c) { return c == '.' || c == '_'; })))
    return usageError(option, quoted(text), "a name that nothing else has, such as .weights");
  return text.str();
}

Error Reader::readSizes() {
  CompileOptions &options = line.options;
  auto optimize = [](StringRef option, StringRef text) {
    return readWord<bool>(option, text, {{"speed", false}, {"size", true}});
  };
  if (Error error =
          inOrder([&] { return value(OPT_functions, options.functions, readFunctions); },
                  [&] { return value(OPT_optimize, options.optimizeSize, optimize); },
                  [&] { return value(OPT_weights_section, options.weightsSection, readSection); },
                  [&] { return value(OPT_max_flash, options.maxFlash, readBytes); },
                  [&] { return value(OPT_max_ram, options.maxRam, readBytes); }))
    return error;
  const rnn::Target *row = rnn::findTarget(options.target);
  bool isWasm = row && row->platform->arch() == Triple::wasm32;
  for (OptionID id :
       {OPT_functions, OPT_optimize, OPT_weights_section, OPT_max_flash, OPT_max_ram}) {
    const Arg *arg = args.getLastArg(id);
    if (!arg)
      continue;
    if (row && row->isGpu())
      return usageError(optionName(*arg), "it for " + options.target, "it for a CPU only");
    if (!options.levels.empty())
      return usageError(optionName(*arg), "it for several targets", "it for one");
    if (id == OPT_weights_section && options.network.externalWeights)
      return usageError(optionName(*arg), "it with --weights=external", "weights in the object");
    if (id == OPT_weights_section && (isWasm || options.system == rnn::OperatingSystem::MacOS))
      return usageError(optionName(*arg), isWasm ? "it for WebAssembly" : "it for macos",
                        "it where linkers place sections by such names");
    if (id == OPT_functions && options.emit == Emit::SharedLibrary)
      return usageError(optionName(*arg), "it for a shared library",
                        "an object or archive: the runtime asks for all functions");
  }
  return Error::success();
}
