//===- Probe.cpp - The facts of this machine, measured --------------------===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Probe.h"
#include "compiler/schedule/MachineFile.h"
#include "compiler/schedule/Machines.h"
#include "support/Diagnostic.h"
#include "support/OutputFiles.h"
#include "tools/probe/probes.h"
#include "tools/support/Exit.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/Path.h"
#include "llvm/TargetParser/Host.h"
#include <cmath>
#include <unistd.h>

using namespace llvm;

namespace grucc {
namespace {

// Of 1, 2, 4 and 8 places the fewest that are read nearly as fast as the best.
constexpr double nearlyBest = 0.93;

int64_t fewestStreams(const read_probe &probe) {
  for (int number = 0; number < probe_stream_counts; ++number)
    if (probe.gb_s_by[number] >= nearlyBest * probe.gb_s)
      return int64_t(1) << number;
  return 1;
}

/// What #rnn.machine has in whole numbers, each at least 1.
std::vector<int64_t> factsOf(const probes &found) {
  double vectorBytes = found.vector_bits / 8, cycle = found.cycle_ns;
  double fma = found.float32_gflops * cycle / (2 * vectorBytes / 4);
  // Without an L3 what is beyond L2 is memory.
  const read_probe &far = found.l3.gb_s > 0 ? found.l3 : found.memory;
  double l3 = found.l3_near_bytes > 0 ? found.l3_near_bytes : found.l2.bytes;
  long line = sysconf(_SC_LEVEL1_DCACHE_LINESIZE);
  auto inPercent = [](double part, double whole) {
    return part > 0 ? std::min(100 * part / whole, 100.0) : 100;
  };
  auto inCycles = [&](double ns, double otherwise) { return ns > 0 ? ns / cycle : otherwise; };
  const std::pair<StringRef, double> numbers[] = {
      {"fma_per_cycle", fma},
      {"loads_per_cycle", found.l1.gb_s * cycle / vectorBytes},
      {"mhz", 1000 / cycle},
      {"l1_bytes", found.l1.bytes},
      {"l2_bytes", found.l2.bytes},
      {"l3_bytes", l3},
      {"l2_bandwidth", found.l2.gb_s * cycle},
      {"l3_bandwidth", far.gb_s * cycle},
      {"ops_per_cycle", found.ops_per_cycle},
      {"fma_in_flight", std::max(std::round(fma), 1.0) * std::round(found.fma_cycles)},
      {"line_bytes", line > 0 ? double(line) : 64},
      {"gate_cycles", found.gate_cycles},
      {"meeting_cycles", inCycles(found.meeting_ns, 400)},
      {"start_cycles", inCycles(found.start_ns, 75000)},
      {"streams", double(std::max(fewestStreams(far), fewestStreams(found.memory)))},
      {"vector_cycles", 1},
      {"pair_percent", inPercent(found.l2_pair_gb_s, found.l2.gb_s)}};
  std::vector<int64_t> facts;
  for (auto [fact, number] : zip_equal(rnn::machineFacts(), numbers)) {
    assert(fact.name == number.first);
    facts.push_back(std::clamp<double>(std::round(number.second), 1, double(fact.most)));
  }
  return facts;
}

std::vector<std::pair<std::string, double>> probesOf(const probes &found) {
  std::vector<std::pair<std::string, double>> named;
  for (int i = 0; i < probe_field_count; ++i) {
    double number = 0;
    std::memcpy(&number, reinterpret_cast<const char *>(&found) + probe_fields[i].offset,
                sizeof number);
    if (number > 0)
      named.emplace_back(probe_fields[i].name, number);
  }
  return named;
}

void print(const MachineFile &machine, StringRef entry, ArrayRef<int64_t> known) {
  outs() << left_justify("", 18) << right_justify("measured", 10)
         << right_justify(entry, std::max<size_t>(entry.size(), 8) + 2) << "  ratio\n";
  for (auto [fact, number, stated] : zip_equal(rnn::machineFacts(), machine.numbers, known))
    outs() << left_justify(fact.name, 18) << right_justify(std::to_string(number), 10)
           << right_justify(std::to_string(stated), std::max<size_t>(entry.size(), 8) + 2)
           << format("  %.2f", double(number) / double(stated)) << '\n';
}

} // namespace

Error probe(const CommandLine &line) {
  StringRef native = nativeMachine();
  mlir::MLIRContext context;
  context.loadDialect<rnn::RnnDialect>();
  StringRef entry = line.options.target == "native" ? native : StringRef(line.options.target);
  rnn::MachineAttr known = entry.empty() ? rnn::MachineAttr() : lookupMachine(&context, entry);
  if (!known)
    return inputError("grucc", "--probe", "a CPU that runs none of the targets",
                      rnn::listWords(rnn::targetNames(rnn::TargetKind::Cpu)));
  // What this CPU cannot execute ends the program.
  rnn::MachineAttr own = lookupMachine(&context, native);
  if (!own || known.getRow().platform != own.getRow().platform ||
      (known.getRow().cpuFeatures & ~own.getRow().cpuFeatures) != 0)
    return inputError("grucc", "--target", quoted(entry), "one that this CPU runs");
  probe_request asked{known.getRow().cpuFeatures, /*is_float64=*/1, /*bytes=*/0};
  probes found;
  if (const char *wrong = measure_probes(&asked, /*whole=*/1, &found))
    return inputError("grucc", "--probe", wrong, "one that can be measured");

  MachineFile machine;
  machine.name = line.options.name;
  machine.target = known.getTarget().str();
  machine.numbers = factsOf(found);
  machine.from = "measured by grucc --probe on " + sys::getHostCPUName().str();
  machine.probes = probesOf(found);
  std::vector<int64_t> stated;
  for (const rnn::MachineFact &fact : rnn::machineFacts())
    stated.push_back((known.*fact.get)());
  std::string text = writeMachine(machine);
  return writeFiles({OutputFile{line.options.output, text}}, [&] {
    if (line.options.output != "-")
      print(machine, entry, stated);
    return flushOutput("grucc");
  });
}

} // namespace grucc
