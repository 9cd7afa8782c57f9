//===- Compile.h - The one entry of the compiler -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRUCC_COMPILER_COMPILE_H
#define GRUCC_COMPILER_COMPILE_H

#include "compiler/ScheduleFile.h"
#include "compiler/frontend/Network.h"
#include "dialects/rnn/Targets.h"
#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/Support/Error.h"
#include <map>
#include <string>
#include <vector>

namespace grucc {

/// What is written (A1), by --emit or by the output's extension.
enum class Emit { Object, Archive, SharedLibrary, WebAssembly, Assembly, LLVMIR, MLIR, Ptx, Cubin };

/// The stages of the pipeline, in order; --stop-after=STAGE prints the MLIR that the stage
/// leaves behind.
/// After the schedule come the levels of code for a CPU; a GPU has the last alone.
enum class Stage {
  Frontend,
  Layers,
  Precision,
  Recurrence,
  Schedule,
  Sequence,
  Panels,
  Vectors,
  Target
};
/// Their names, which are those of their folders; Sequence to Target are in target/.
inline constexpr std::pair<llvm::StringLiteral, Stage> stages[] = {
    {"frontend", Stage::Frontend},   {"layers", Stage::Layers},
    {"precision", Stage::Precision}, {"recurrence", Stage::Recurrence},
    {"schedule", Stage::Schedule},   {"sequence", Stage::Sequence},
    {"panels", Stage::Panels},       {"vectors", Stage::Vectors},
    {"target", Stage::Target}};
/// Whether code for a GPU comes through that stage, too.
inline bool isOfGpus(Stage stage) { return stage <= Stage::Schedule || stage == Stage::Target; }

struct CompileOptions {
  std::string input; ///< path, or empty: flags only
  NetworkFlags network;
  std::string name;   ///< symbol prefix
  std::string output; ///< path; "-" is standard output
  Emit emit = Emit::Object;
  std::string header;            ///< path, or empty
  bool exportSymbols = false;    ///< of objects, archives and assembly: not hidden
  bool unwindTables = true;      ///< of code for a CPU
  std::string target = "native"; ///< native, an entry of the machine table or of that of targets
  /// Further targets of the same platform in the same artifact, in the order of their table, all
  /// behind `target`, which is in that table then.
  std::vector<std::string> levels;
  /// Of code for a CPU: which functions of C there are (cpu::functionWords); empty: all.
  std::vector<std::string> functions;
  bool optimizeSize = false;        ///< of code for a CPU: short, not fast
  std::string weightsSection;       ///< of an object for a CPU; empty: as constants are
  int64_t maxFlash = 0, maxRam = 0; ///< bytes; 0: as much as it takes
  /// Of objects, archives and assembly for a CPU; one that its platform has.
  rnn::OperatingSystem system = rnn::OperatingSystem::Linux;
  /// Of a CPU: an entry of the machine table, a machine's file, or empty: as the target says.
  std::string machine;
  std::string ptxas; ///< NVIDIA's assembler, or empty: kernels stay text
  /// What weights and operands of products are kept in: exact, or, on a GPU, float16 or
  /// bfloat16.
  std::string precision = "exact";
  std::optional<Stage> stopAfter;
  bool narrowWeights = true; ///< keep weights in narrower numbers that hold them exactly
  /// --schedule=field=value,…: fields of #rnn.schedule, or #rnn.gpu_schedule, set by hand.
  rnn::FieldSettings schedule;
  std::string scheduleFile; ///< path, or empty: its fields, unless `schedule` has them
};

/// Whether kernels are written without what they run in.
inline bool writesKernels(Emit emit) { return emit == Emit::Ptx || emit == Emit::Cubin; }
/// What is written beside kernels, and beside a WebAssembly module: OUTPUT with other extensions.
std::string weightsPath(const CompileOptions &options);
std::string esModulePath(const CompileOptions &options);
std::string declarationsPath(const CompileOptions &options);
/// All files that a compilation writes, each with the option that says so.
struct OutputPath {
  llvm::StringRef option;
  std::string path;
  llvm::StringRef beside = ""; ///< OUTPUT: what goes there
};
std::vector<OutputPath> outputPaths(const CompileOptions &options);
/// `input`, which is read as `what`, must not be what is written.
llvm::Error checkOutputs(const CompileOptions &options, llvm::StringRef input,
                         llvm::StringRef what);

/// What --report prints of a network on a GPU; all of it but the launches is the cost
/// model's estimate.
struct GpuReport {
  struct Kernel {
    std::string name;
    int64_t threads, registers, sharedBytes, rows, columns;
  };
  std::string regime; ///< scan, or step where no block holds the weights
  std::vector<Kernel> kernels;
  int64_t scanMinSteps = 0, scanMaxBatch = 0;
  double startMicroseconds = 0;   ///< once a run, layer and direction
  double projectMicroseconds = 0; ///< of one row in layer 0
  /// Of one step of one row, one layer and direction; their sum is a step's time.
  std::vector<std::pair<std::string, double>> parts;
  std::string limit; ///< the longest of them
  /// The same for several rows of a long sequence.
  struct Rows {
    int64_t batch;
    std::string regime;
    double microseconds;
    std::vector<std::pair<std::string, double>> parts;
    std::string limit;
  };
  std::vector<Rows> byBatch;
  /// What formulas have names for.
  std::vector<std::pair<std::string, double>> constants;
  /// One launch of a kernel, of all T steps where it takes more than one.
  struct Estimate {
    std::string kernel;
    int64_t batch, seqLen;
    double microseconds;
    std::string formula; ///< that gives them, of the constants
  };
  std::vector<Estimate> estimates;
};

/// A part of a network on a CPU, as schedule/PartModel.h predicts it.
struct PartReport {
  int64_t layer;
  std::string direction; ///< forward or reverse
  std::string part;      ///< projection, scan or gates, which have no weights
  std::string weights;   ///< torch's name
  std::string storage;   ///< what they are kept in
  /// Of packed weights, without biases; a full panel has as many units, one row walks `streams`
  /// panels side by side, and of many rows up to `tileRows` share a weight in registers.
  int64_t bytes = 0, panels = 0, panelUnits = 0, streams = 0, tileRows = 0;
  struct Time {
    double microseconds;
    std::string bound; ///< arithmetic, sum latency, L1, L2, L3, memory, loops or gates
    /// Level and bytes: where the weights are found; only those that have some.
    std::vector<std::pair<std::string, int64_t>> keptIn;
  };
  Time step; ///< of one row, alone
  Time run;  ///< of one row and partsSeqLen steps
};
/// T of the runs that are predicted.
inline constexpr int64_t partsSeqLen = 100;

/// What --report prints.
struct Report {
  std::string name, target, machine, schedule, weightsHash;
  /// LLVM's name of the CPU that the machine was taken for, where the table has no entry of its
  /// own.
  std::string standsFor;
  std::string weightsFile;          ///< that was read, or empty; not printed
  std::vector<std::string> assumed; ///< Network's; not printed
  rnn::Network network;
  /// torch's name of every weight matrix, and what it is kept in.
  std::vector<std::pair<std::string, std::string>> storage;
  int64_t codeBytes = 0, weightsBytes = 0, stateBytes = 0 /* B = 1 */,
          workspaceBytes = 0 /* T = 1, B = 1 */;
  rnn::FieldSettings scheduleFields; ///< every field
  int64_t stackBytes = 0;            ///< that a call takes at the most; 0: not known
  double stepMicroseconds = 0;       ///< predicted by the cost model, B = 1; the sum of `parts`
  double limitMicroseconds = 0;      ///< the machine's limit for the same
  double runMicroseconds = 0;        ///< predicted, B = 1 and partsSeqLen steps; of a CPU
  std::vector<PartReport> parts;     ///< of a CPU, in the order in which a run meets them
  /// Of a CPU: the numbers of #rnn.machine that predictions are made from.
  std::vector<std::pair<std::string, int64_t>> machineFacts;
  std::optional<GpuReport> gpu; ///< of a GPU; then no code, state and workspace
  /// Of an artifact with several: every level, the first with what stands above, too; bytes of
  /// code and weights above are those of all.
  std::vector<Report> levels;
  /// Of a level: the one before it whose weights it reads, or empty: its own.
  std::string weightsOf;
};

/// Told of a compilation whose files are complete and not yet in their places: an error
/// leaves what was there.
using Announce = llvm::function_ref<llvm::Error(const Report &)>;

/// Compiles as told and writes the output and the header, or nothing at all.
/// Errors carry whole diagnostic lines; warnings are appended.
llvm::Expected<Report> compile(const CompileOptions &options, std::vector<std::string> &warnings,
                               Announce announce = nullptr);

} // namespace grucc

#endif // GRUCC_COMPILER_COMPILE_H
