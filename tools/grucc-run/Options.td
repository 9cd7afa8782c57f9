//===- Options.td - The options of grucc-run -----------*- tablegen -*-===//
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

defm input : Value<"input", "IN", "safetensors with input, and optionally h_0, lengths, batch_sizes">;
defm output : Value<"output", "OUT", "safetensors to write: output and h_n; - is standard output">;
defm threads : Value<"threads", "N", "Threads to run on at most, 1 to 1024 (default 1)">;
defm repeat : Value<"repeat", "N", "Run N times and print the shortest and the median time">;

def reference : Flag<["--"], "reference">, HelpText<"Evaluate a network in plain loops, in its own dtype">;
def reference_EQ : Joined<["--"], "reference=">, MetaVarName<"float32|float64">, HelpText<"Evaluate a network in plain loops, in that arithmetic">;
defm compare : Value<"compare", "NETWORK", "Run the model beside its network in wider numbers (float64, or long double for a model in float64): errors per layer, gate and step">;
defm expected : Value<"expected", "FILE", "With --compare: output and h_n of another engine, and what may be wrong with it">;
defm bound : Value<"bound", "X", "With --compare: the largest error allowed (default 1e-5, in float64 1e-12)">;
def json : Flag<["--"], "json">, HelpText<"With --compare: print JSON">;
defm prefix : Value<"prefix", "P", "With --reference or --compare: take exactly the tensors whose names begin with P">;
def batch_first : Flag<["--"], "batch-first">, HelpText<"With --reference: input and output are [B, T, ...], not [T, B, ...]">;
def no_batch_first : Flag<["--"], "no-batch-first">, HelpText<"With --reference: input and output are [T, B, ...], the default">;

def training : Flag<["--"], "training">, HelpText<"With --reference: drop out between layers, by dropout_seed or dropout_mask of IN">;

def help : Flag<["--"], "help">, HelpText<"Print this text">;
def h : Flag<["-"], "h">, Alias<help>;
