//===- Options.td - The options of grucc ----------------------*- tablegen -*-===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

include "llvm/Option/OptParser.td"

def network_group : OptionGroup<"network">, HelpText<"NETWORK, named after torch.nn.GRU">;
def weights_group : OptionGroup<"weights">, HelpText<"WEIGHTS">;
def output_group : OptionGroup<"output">, HelpText<"OUTPUT">;
def probe_group : OptionGroup<"probe">, HelpText<"MACHINES: grucc --probe -o MACHINE.json [options]">;
def list_group : OptionGroup<"list">, HelpText<"ONNX: grucc MODEL.onnx --list, grucc MODEL.onnx --node=NAME -o OUTPUT [options]">;
def tune_group : OptionGroup<"tune">, HelpText<"TUNING: grucc INPUT --tune=FILE [options]">;
def inspect_group : OptionGroup<"inspect">, HelpText<"REPORTS AND STAGES">;

// --NAME=VALUE and --NAME VALUE.
multiclass Value<string name, string meta, OptionGroup group, string help> {
  def "" : Joined<["--"], name # "=">, MetaVarName<meta>, Group<group>, HelpText<help>;
  def _separate : Separate<["--"], name>, Alias<!cast<Option>(NAME)>, Group<group>;
}
class Switch<string name, OptionGroup group, string help>
    : Flag<["--"], name>, Group<group>, HelpText<help>;

defm input_size : Value<"input-size", "I", network_group, "Features of one input step">;
defm hidden_size : Value<"hidden-size", "H", network_group, "Features of the state">;
defm num_layers : Value<"num-layers", "L", network_group, "Stacked layers (default 1)">;
def bidirectional : Switch<"bidirectional", network_group, "Run every layer in both directions">;
def batch_first : Switch<"batch-first", network_group, "Input and output are [B, T, ...], not [T, B, ...]">;
def no_batch_first : Switch<"no-batch-first", network_group, "Input and output are [T, B, ...]: the default, which is noted where a weights file leaves it open">;
def no_bias : Switch<"no-bias", network_group, "The network has no bias tensors">;
defm direction : Value<"direction", "WORD", network_group, "forward (default), reverse: from the last step to the first, or bidirectional">;
defm dropout : Value<"dropout", "P", network_group, "Dropout between layers when training, 0 to 1 (default 0)">;
defm dtype : Value<"dtype", "TYPE", network_group, "float32 or float64 (default: float64 for float64 weights, else float32)">;

defm reset : Value<"reset", "WHERE", network_group, "after (default; torch): the reset gate applies to W_hn h + b_hn; before (ONNX's linear_before_reset = 0): to h, before the product">;
defm gate_activation : Value<"gate-activation", "F", network_group, "Of the reset and update gates: sigmoid (default), tanh, relu, hard_sigmoid, softsign, softplus, affine, leaky_relu, thresholded_relu, scaled_tanh or elu; with ONNX's alpha and beta, as in 'hard_sigmoid(0.2, 0.5)'">;
defm candidate_activation : Value<"candidate-activation", "F", network_group, "Of the candidate state: tanh (default), or another of them">;
defm clip : Value<"clip", "C", network_group, "Limit what activations are of to [-C, C], as ONNX does">;

defm prefix : Value<"prefix", "P", weights_group, "Take exactly the tensors whose names begin with P">;
defm weights : Value<"weights", "WHERE", weights_group, "baked (default), or external: given at run time">;
defm init : Value<"init", "HOW", weights_group, "Without a weights file: uniform draws from U(-1/sqrt(H), 1/sqrt(H))">;
defm seed : Value<"seed", "N", weights_group, "Seed of --init (default 0)">;
defm precision : Value<"precision", "HOW", weights_group, "How weights are kept: exact (default), or, on a GPU, float16 or bfloat16, which operands of products are rounded to, too">;

def no_narrow_weights : Switch<"no-narrow-weights", weights_group, "Keep weights in the network's own numbers, not in narrower ones that hold them exactly; results are the same to the bit">;

def output : Separate<["-"], "o">, MetaVarName<"OUTPUT">, Group<output_group>, HelpText<"The file to write; - is standard output. Kernels of a GPU (.ptx, .cubin) have their weights beside them, OUTPUT with .weights; a WebAssembly module (.wasm) an ES module, .mjs, and its TypeScript declarations, .d.mts">;
defm emit : Value<"emit", "KIND", output_group, "o, a, so, s, ll or mlir; for WebAssembly wasm, o, a, s or ll; for a GPU ptx, cubin, o, a or so (default: OUTPUT's extension)">;
defm name : Value<"name", "NAME", output_group, "Prefix of every symbol, at most 495 characters (default: OUTPUT's stem)">;
defm header : Value<"header", "FILE", output_group, "Write the C header there">;
def unwind_tables : Switch<"unwind-tables", output_group, "Unwind tables in code for a CPU (default but for ARMv7, which has none): profilers and crash reporters see past it, and an exception can leave parallel_for">;
def no_unwind_tables : Switch<"no-unwind-tables", output_group, "The same code without them: less to load, only a debugger sees past it, and no exception may leave parallel_for">;
def export_symbols : Switch<"export-symbols", output_group, "Let the symbols of an object or archive be seen outside of the library that it is linked into; a .so always exports its own">;
defm target : Value<"target", "TARGET", output_group, "A CPU or GPU that --print-targets lists; several of one kind of CPU, with commas between, are levels of one artifact, of which NAME_select and the runtime take the best; or native: for this machine alone ($GRUCC_NATIVE, where it is set, names the entry of the machine table that it means). Default: $GRUCC_TARGET, where it is set, else all levels of CPUs like this one; native with --tune, --schedule-file, --machine and --stop-after">;
defm processor : Value<"processor", "PROCESSOR", output_group, "What the code is for, as uname -m and CMAKE_SYSTEM_PROCESSOR call it (x86_64, aarch64 and the like): without --target the levels for it, else --target has to be one for it">;
defm os : Value<"os", "SYSTEM", output_group, "Of an object, an archive or assembly: linux (default but for apple-m and boards), windows, macos, or none: boards and engines of WebAssembly">;
defm machine : Value<"machine", "MACHINE", output_group, "Of a CPU: what schedules are chosen for, an entry of the machine table or a file that --probe wrote; without --target its target, too (default: the one that --target names or finds)">;
defm ptxas : Value<"ptxas", "PATH", output_group, "For a GPU: assemble the kernels with NVIDIA's ptxas (default for an output of .cubin: ptxas, from the path); PTX is assembled by the driver when it is loaded">;
defm functions : Value<"functions", "LIST", output_group, "Of a CPU: which functions of C there are, with commas between: run (ragged: with lengths and packed rows; threads: on several), step, state (init_state, read_state, reset_state), sizes (state_bytes, workspace_bytes), pack, supported, model (the descriptor); the others, and what only they need, are left out (default: all)">;
defm optimize : Value<"optimize", "WHAT", output_group, "Of a CPU: speed (default), or size: the shortest code, which is slower with several rows; results stay the same to the bit">;
defm weights_section : Value<"weights-section", "NAME", output_group, "Of a CPU: the section that the weights are in, for a linker script to place">;
defm max_flash : Value<"max-flash", "BYTES", output_group, "Of a CPU: fail where code and constants take more (64K and 1M are understood), and say what takes how much">;
defm max_ram : Value<"max-ram", "BYTES", output_group, "Of a CPU: fail where the state of one row, a workspace for one step and the deepest stack take more, and say what takes how much">;
def training : Switch<"training", output_group, "Build dropout into run, by a seed or a mask given with the call">;
defm schedule : Value<"schedule", "FIELD=VALUE,...", output_group, "Set fields of #rnn.schedule, or for a GPU #rnn.gpu_schedule, by hand; results stay the same to the bit">;
defm schedule_file : Value<"schedule-file", "FILE", output_group, "Set fields of #rnn.schedule as FILE says, which --tune wrote for this network and machine; --schedule overrides it">;

def probe : Switch<"probe", probe_group, "Compile nothing: measure this machine (a few seconds, best with nothing else running), write it to -o for --machine, and print it beside the entry of the machine table">;

def list_grus : Switch<"list", list_group, "Compile nothing: name every GRU of the model, with sizes, direction, variant, and where its input, lengths and initial state come from">;
def list_grus_EQ : Joined<["--"], "list=">, MetaVarName<"json">, Group<list_group>, HelpText<"The same as JSON">;
defm node : Value<"node", "NAME", list_group, "Compile the network that has this node, by its name or that of what it makes; not needed where there is only one">;

defm tune : Value<"tune", "FILE", tune_group, "Compile nothing else: time the cost model's schedule and its neighbours on this machine, and write the fastest to FILE for --schedule-file; fields of --schedule stay as they are">;
defm tune_seq_len : Value<"tune-seq-len", "T", tune_group, "Steps of a timed run (default 50)">;
defm tune_batch : Value<"tune-batch", "B", tune_group, "Rows of a timed run (default 1)">;

defm stop_after : Value<"stop-after", "STAGE", inspect_group, "Print the MLIR after frontend, layers, precision, recurrence, schedule, sequence, panels, vectors or target">;
def report : Switch<"report", inspect_group, "Print shapes, bytes, operations, schedule and predicted times; for a GPU kernels, registers, regime and estimated times">;
def report_EQ : Joined<["--"], "report=">, MetaVarName<"FORM">, Group<inspect_group>, HelpText<"json: the same and every part of the network, or for a GPU a step of 1, 8, 16, 32 and 128 rows; svg: a picture of it, layers, directions, panels, the caches that weights are found in, predicted times and what bounds them (of several targets the last); html: a page with picture and tables of all">;
def print_targets : Switch<"print-targets", inspect_group, "Print what code is generated for, and what each target needs; with --processor, the targets for it, with --target that one">;
def version : Switch<"version", inspect_group, "Print the version">;
def help : Switch<"help", inspect_group, "Print this text">;
def h : Flag<["-"], "h">, Alias<help>;
