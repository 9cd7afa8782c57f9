//===- Options.td - The options of grucc-ptx-run -------*- tablegen -*-===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

include "llvm/Option/OptParser.td"

// --NAME=VALUE and --NAME VALUE.
multiclass Value<string name, string meta, string help> {
  def "" : Joined<["--"], name # "=">, MetaVarName<meta>, HelpText<help>;
  def _separate : Separate<["--"], name>, Alias<!cast<Option>(NAME)>;
}

defm kernel : Value<"kernel", "NAME", "The .entry to run; may be left out where there is one">;
defm grid : Value<"grid", "X,Y,Z", "Blocks (default 1,1,1)">;
defm block : Value<"block", "X,Y,Z", "Threads of a block (default 1,1,1)">;
defm shared : Value<"shared", "BYTES", "Dynamic shared memory of a block (default 0)">;
defm args : Value<"args", "FILE", "safetensors with the tensors that --arg names">;
defm arg : Value<"arg", "I=VALUE", "Parameter I, from 0: a number, null, @TENSOR or new:NAME:DTYPE[SHAPE]">;
defm output : Value<"output", "OUT", "safetensors to write: every tensor that --arg names, as the kernel left it">;

defm scheduler : Value<"scheduler", "least-pc|random", "Order of warps and diverged lanes (default least-pc)">;
defm seed : Value<"seed", "N", "Of --scheduler=random (default 0)">;
defm approximation : Value<"approximation", "exact|low|high", "Results of .approx instructions: exact (default), or as low or high as PTX allows">;
def no_races : Flag<["--"], "no-races">, HelpText<"Look for no races, which is faster">;
defm stall_limit : Value<"stall-limit", "N", "Warp instructions without progress that are a deadlock (default 20000000)">;
defm drop_sync : Value<"drop-sync", "N", "Leave out, or weaken, sync N of --list-syncs">;

def counters : Flag<["--"], "counters">, HelpText<"Print what the launch did">;
def counters_EQ : Joined<["--"], "counters=">, MetaVarName<"json">, HelpText<"The same as JSON">;
def list_kernels : Flag<["--"], "list-kernels">, HelpText<"Print the kernels and their parameters, and run nothing">;
def list_syncs : Flag<["--"], "list-syncs">, HelpText<"Print the instructions that order memory, and run nothing">;

def help : Flag<["--"], "help">, HelpText<"Print this text">;
def h : Flag<["-"], "h">, Alias<help>;
