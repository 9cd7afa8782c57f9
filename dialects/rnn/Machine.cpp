//===- Machine.cpp - What a machine must be -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialects/rnn/Rnn.h"

using namespace mlir;
using namespace grucc::rnn;

/// Facts that others follow from stand in the table.
static LogicalResult verifyTarget(function_ref<InFlightDiagnostic()> emitError, StringRef name,
                                  StringRef target, TargetKind kind) {
  const Target *row = findTarget(target);
  if (row && row->platform->kind == kind)
    return success();
  return emitError() << name << ": target: found '" << target << "', expected "
                     << llvm::join(targetNames(kind), ", ");
}

static LogicalResult verifyNumber(function_ref<InFlightDiagnostic()> emitError, StringRef name,
                                  StringRef field, int64_t value, int64_t most) {
  if (value < 1)
    return emitError() << name << ": " << field << ": found " << value << ", expected at least 1";
  if (value > most)
    return emitError() << name << ": " << field << ": found " << value << ", expected at most "
                       << most;
  return success();
}

ArrayRef<MachineFact> grucc::rnn::machineFacts() {
  using Attr = MachineAttr;
  static const MachineFact facts[] = {{"fma_per_cycle", &Attr::getFmaPerCycle, {}},
                                      {"loads_per_cycle", &Attr::getLoadsPerCycle, {}},
                                      {"mhz", &Attr::getMhz, {}},
                                      {"l1_bytes", &Attr::getL1Bytes, {}},
                                      {"l2_bytes", &Attr::getL2Bytes, {}},
                                      {"l3_bytes", &Attr::getL3Bytes, {}},
                                      {"l2_bandwidth", &Attr::getL2Bandwidth, {}},
                                      {"l3_bandwidth", &Attr::getL3Bandwidth, {}},
                                      {"ops_per_cycle", &Attr::getOpsPerCycle, 2},
                                      {"fma_in_flight", &Attr::getFmaInFlight, 8, 64},
                                      {"line_bytes", &Attr::getLineBytes, 64},
                                      {"gate_cycles", &Attr::getGateCycles, 34},
                                      {"meeting_cycles", &Attr::getMeetingCycles, 400},
                                      {"start_cycles", &Attr::getStartCycles, 75000},
                                      {"streams", &Attr::getStreams, 1, 64},
                                      {"vector_cycles", &Attr::getVectorCycles, 1, 1024},
                                      {"pair_percent", &Attr::getPairPercent, 100, 100}};
  return facts;
}

MachineAttr grucc::rnn::makeMachine(function_ref<InFlightDiagnostic()> emitError,
                                    MLIRContext *context, StringRef name, StringRef target,
                                    ArrayRef<int64_t> numbers) {
  assert(numbers.size() == machineFacts().size());
  const int64_t *n = numbers.data();
  return MachineAttr::getChecked(emitError, context, name, target, n[0], n[1], n[2], n[3], n[4],
                                 n[5], n[6], n[7], n[8], n[9], n[10], n[11], n[12], n[13], n[14],
                                 n[15], n[16]);
}

LogicalResult MachineAttr::verify(function_ref<InFlightDiagnostic()> emitError, StringRef /*name*/,
                                  StringRef target, int64_t fmaPerCycle, int64_t loadsPerCycle,
                                  int64_t mhz, int64_t l1Bytes, int64_t l2Bytes, int64_t l3Bytes,
                                  int64_t l2Bandwidth, int64_t l3Bandwidth, int64_t opsPerCycle,
                                  int64_t fmaInFlight, int64_t lineBytes, int64_t gateCycles,
                                  int64_t meetingCycles, int64_t startCycles, int64_t streams,
                                  int64_t vectorCycles, int64_t pairPercent) {
  if (failed(verifyTarget(emitError, "machine", target, TargetKind::Cpu)))
    return failure();
  int64_t numbers[] = {fmaPerCycle,  loadsPerCycle, mhz,           l1Bytes,     l2Bytes,
                       l3Bytes,      l2Bandwidth,   l3Bandwidth,   opsPerCycle, fmaInFlight,
                       lineBytes,    gateCycles,    meetingCycles, startCycles, streams,
                       vectorCycles, pairPercent};
  for (auto [fact, number] : llvm::zip_equal(machineFacts(), numbers))
    if (failed(verifyNumber(emitError, "machine", fact.name, number, fact.most)))
      return failure();
  return success();
}

LogicalResult GpuAttr::verify(function_ref<InFlightDiagnostic()> emitError, StringRef target,
                              StringRef /*card*/, int64_t sms, int64_t sharedBytes,
                              int64_t fmaPerCycle, int64_t mhz, int64_t l2Bytes,
                              int64_t l2Bandwidth, int64_t dramBandwidth) {
  if (failed(verifyTarget(emitError, "gpu", target, TargetKind::Gpu)))
    return failure();
  std::pair<StringRef, int64_t> numbers[] = {{"sms", sms},
                                             {"shared_bytes", sharedBytes},
                                             {"fma_per_cycle", fmaPerCycle},
                                             {"mhz", mhz},
                                             {"l2_bytes", l2Bytes},
                                             {"l2_bandwidth", l2Bandwidth},
                                             {"dram_bandwidth", dramBandwidth}};
  for (auto [field, value] : numbers)
    if (failed(verifyNumber(emitError, "gpu", field, value, INT32_MAX)))
      return failure();
  return success();
}
