//===- CommandLine.cpp - What grucc-ptx-run was asked to do --------------===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "CommandLine.h"
#include "support/Diagnostic.h"
#include "tools/support/Arguments.h"
#include "tools/support/OptionTable.h"
#include "llvm/ADT/StringExtras.h"

using namespace llvm;

namespace grucc::ptxrun {
namespace {

Error usage(StringRef argument, const Twine &found, const Twine &expected) {
  return usageError("grucc-ptx-run", argument, found, expected);
}

Error readExtent(const InputArgList &args, OptionID id, Extent &extent) {
  const Arg *arg = args.getLastArg(id);
  if (!arg)
    return Error::success();
  SmallVector<StringRef, 3> parts;
  StringRef(arg->getValue()).split(parts, ',');
  uint64_t *sides[] = {&extent.x, &extent.y, &extent.z};
  bool isGood = parts.size() <= 3;
  for (size_t i = 0; isGood && i < parts.size(); ++i)
    isGood = !parts[i].getAsInteger(10, *sides[i]) && *sides[i] >= 1 && *sides[i] <= INT32_MAX;
  if (!isGood)
    return usage(optionName(*arg), quoted(arg->getValue()), "one to three numbers of at least 1");
  return Error::success();
}

/// The index of the word that an option's value is.
Error readWord(const InputArgList &args, OptionID id, ArrayRef<StringRef> words, unsigned &index) {
  const Arg *arg = args.getLastArg(id);
  if (!arg)
    return Error::success();
  const StringRef *found = llvm::find(words, arg->getValue());
  if (found == words.end())
    return usage(optionName(*arg), quoted(arg->getValue()), llvm::join(words, " or "));
  index = found - words.begin();
  return Error::success();
}

Error readValues(const InputArgList &args, CommandLine &line) {
  for (const Arg *arg : args.filtered(OPT_arg)) {
    auto [number, value] = StringRef(arg->getValue()).split('=');
    uint32_t index = 0;
    if (number.getAsInteger(10, index) || value.empty())
      return usage("--arg", quoted(arg->getValue()), "I=VALUE, I the number of a parameter");
    if (!line.values.try_emplace(index, value.str()).second)
      return usage("--arg", "two values of parameter " + Twine(index), "one");
  }
  return Error::success();
}

Error readPaths(const InputArgList &args, CommandLine &line) {
  for (auto [id, path] : {std::pair(OPT_args, &line.args), std::pair(OPT_output, &line.output),
                          std::pair(OPT_kernel, &line.kernel)}) {
    *path = args.getLastArgValue(id).str();
    if (const Arg *arg = args.getLastArg(id); arg && path->empty())
      return usage(optionName(*arg), "an empty value",
                   id == OPT_kernel ? "the name of a kernel" : "a file");
  }
  line.model = args.getLastArgValue(OPT_INPUT).str();
  if (line.model.empty())
    return usage("MODEL", "nothing", "a file of PTX");
  return checkOutput("grucc-ptx-run", line.output, {line.model, line.args});
}

Error readLaunch(const InputArgList &args, Launch &launch) {
  uint64_t drop = 0;
  unsigned scheduler = 0, approximation = 0;
  if (Error error = readExtent(args, OPT_grid, launch.grid))
    return error;
  if (Error error = readExtent(args, OPT_block, launch.block))
    return error;
  if (Error error =
          readNumber("grucc-ptx-run", args, OPT_shared, 0, UINT32_MAX, launch.sharedBytes))
    return error;
  if (Error error = readNumber("grucc-ptx-run", args, OPT_seed, 0, UINT64_MAX, launch.seed))
    return error;
  if (Error error =
          readNumber("grucc-ptx-run", args, OPT_stall_limit, 0, UINT64_MAX, launch.stallLimit))
    return error;
  if (Error error = readNumber("grucc-ptx-run", args, OPT_drop_sync, 0, UINT32_MAX, drop))
    return error;
  if (Error error = readWord(args, OPT_scheduler, {"least-pc", "random"}, scheduler))
    return error;
  if (Error error = readWord(args, OPT_approximation, {"exact", "low", "high"}, approximation))
    return error;
  if (args.hasArg(OPT_drop_sync))
    launch.dropSync = static_cast<uint32_t>(drop);
  launch.scheduler = static_cast<Scheduler>(scheduler);
  launch.approximation = static_cast<Approximation>(approximation);
  launch.checkRaces = !args.hasArg(OPT_no_races);
  return Error::success();
}

Error readAll(const InputArgList &args, CommandLine &line) {
  if (Error error = checkRepeats("grucc-ptx-run", "MODEL", args, {OPT_arg}))
    return error;
  if (Error error = readPaths(args, line))
    return error;
  if (Error error = readValues(args, line))
    return error;
  unsigned json = 0;
  if (Error error = readWord(args, OPT_counters_EQ, {"json"}, json))
    return error;
  line.isJson = args.hasArg(OPT_counters_EQ);
  line.printsCounters = args.hasArg(OPT_counters) || line.isJson;
  line.listsKernels = args.hasArg(OPT_list_kernels);
  line.listsSyncs = args.hasArg(OPT_list_syncs);
  if (line.output == "-" && line.printsCounters)
    return usage("--counters", "--output=- too", "the tensors in a file");
  return readLaunch(args, line.launch);
}

} // namespace

Expected<CommandLine> parseCommandLine(ArrayRef<const char *> arguments) {
  ToolOptions table; // the arguments point into it
  Expected<InputArgList> args = parseArguments("grucc-ptx-run", table, arguments, {OPT_help});
  if (!args)
    return args.takeError();
  CommandLine line;
  line.isHelp = args->hasArg(OPT_help);
  if (line.isHelp)
    return line;
  if (Error error = readAll(*args, line))
    return std::move(error);
  return line;
}

void printHelp(raw_ostream &os) {
  ToolOptions().printHelp(
      os, "grucc-ptx-run MODEL.ptx --kernel=NAME --grid=X,Y,Z --block=X,Y,Z [options]",
      "runs one kernel of PTX text without a GPU, and says what it does wrong: races, reads of\n"
      "what was never written, addresses out of bounds, lanes that miss a barrier, deadlocks\n\n"
      "--arg=I=VALUE for every parameter I: 12 or -1 or 0x1F (a number of the parameter's\n"
      "size), 1.5 (float32 or float64), null, @x (the address of tensor x of --args), or\n"
      "new:y:F32[3,20] (that of a tensor y that nothing is written to yet; --output has it too)\n"
      "Exit codes: 0 done and nothing wrong, 1 something is wrong with the kernel, the input or\n"
      "the environment, 2 the command line is bad");
}

} // namespace grucc::ptxrun
