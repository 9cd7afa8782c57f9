//===- Machine.td - What a network runs on ----------------------*- tablegen -*-===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef RNN_MACHINE_TD
#define RNN_MACHINE_TD

def Rnn_MachineAttr : Rnn_Attr<"Machine", "machine"> {
  let summary = "the facts about a machine that schedules are chosen from";
  let description = [{
    | field | unit | meaning |
    |---|---|---|
    | `name` | | entry of the machine table, or what a machine's file calls it |
    | `target` | | what code for it is generated for, a CPU's row of the table of targets: width and number of vector registers, and whether multiply-adds are fused (N4), are said there |
    | `fma_per_cycle` | | vector multiply-adds in `vector_cycles` |
    | `loads_per_cycle` | | vectors that a core reads from L1 in `vector_cycles` |
    | `ops_per_cycle` | | vector operations of any kind in `vector_cycles`, multiply-adds among them; 2 when left out |
    | `mhz` | MHz | clock that the predictions are stated for |
    | `l1_bytes`, `l2_bytes`, `l3_bytes` | bytes | data caches of one core |
    | `l2_bandwidth`, `l3_bandwidth` | bytes a cycle | what a core reads from each level |
    | `pair_percent` | % | of `l2_bandwidth`, what is left where a core reads two blocks of a panel side by side; 100 when left out |
    | `streams` | | places that a core reads from at once where it reads fastest from beyond L2; 1 when left out |
    | `fma_in_flight` | | multiply-adds that are under way at a time: with as many sums, none waits for another; 8 when left out |
    | `vector_cycles` | cycles | for which one vector keeps whatever works on it: more than 1 where it is several registers, or wider than a pipe; 1 when left out |
    | `line_bytes` | bytes | what caches fetch at a time; 64 when left out |
    | `gate_cycles` | cycles | what the gates of one vector of units take; 34 when left out |
    | `meeting_cycles` | cycles | what it costs two threads to meet; 400 when left out |
    | `start_cycles` | cycles | what it takes a sleeping thread to begin; 75000 when left out |

    Example:

    ```mlir
    func.func private @gru() attributes {rnn.machine = #rnn.machine<
        name = "example", target = "x86-64-v3", fma_per_cycle = 2, loads_per_cycle = 2, mhz = 3000,
        l1_bytes = 32768, l2_bytes = 262144, l3_bytes = 2097152, l2_bandwidth = 32,
        l3_bandwidth = 16>}
    ```
  }];
  let parameters = (ins
    StringRefParameter<"entry of the machine table">:$name,
    StringRefParameter<"row of the table of targets">:$target,
    "int64_t":$fma_per_cycle,
    "int64_t":$loads_per_cycle,
    "int64_t":$mhz,
    "int64_t":$l1_bytes,
    "int64_t":$l2_bytes,
    "int64_t":$l3_bytes,
    "int64_t":$l2_bandwidth,
    "int64_t":$l3_bandwidth,
    DefaultValuedParameter<"int64_t", "2">:$ops_per_cycle,
    DefaultValuedParameter<"int64_t", "8">:$fma_in_flight,
    DefaultValuedParameter<"int64_t", "64">:$line_bytes,
    DefaultValuedParameter<"int64_t", "34">:$gate_cycles,
    DefaultValuedParameter<"int64_t", "400">:$meeting_cycles,
    DefaultValuedParameter<"int64_t", "75000">:$start_cycles,
    DefaultValuedParameter<"int64_t", "1">:$streams,
    DefaultValuedParameter<"int64_t", "1">:$vector_cycles,
    DefaultValuedParameter<"int64_t", "100">:$pair_percent);
  let genVerifyDecl = 1;

  let extraClassDeclaration = [{
    const Target &getRow() const { return *findTarget(getTarget()); }
    int64_t getVectorBits() const { return getRow().vectorBits; }
    int64_t getRegisters() const { return getRow().registers; }
    bool getFma() const { return getRow().fma; }
    /// Bytes a cycle.
    double getL1Bandwidth() const {
      return getLoadsPerCycle() * getVectorBits() / 8.0 / getVectorCycles();
    }
  }];
}

def Rnn_GpuAttr : Rnn_Attr<"Gpu", "gpu"> {
  let summary = "the facts about a GPU that schedules are chosen from";
  let description = [{
    | field | unit | meaning |
    |---|---|---|
    | `target` | | what kernels for it are generated for, a GPU's row of the table of targets: `sm_80` |
    | `card` | | the card that the other facts are of |
    | `sms` | | multiprocessors |
    | `shared_bytes` | bytes | shared memory that a block can ask for |
    | `fma_per_cycle` | | float32 multiply-adds a cycle and multiprocessor |
    | `mhz` | MHz | clock that the predictions are stated for |
    | `l2_bytes` | bytes | L2 |
    | `l2_bandwidth`, `dram_bandwidth` | GB/s | what all multiprocessors together read |

    Example:

    ```mlir
    func.func private @gru() attributes {rnn.gpu = #rnn.gpu<
        target = "sm_80", card = "an example", sms = 100, shared_bytes = 166912,
        fma_per_cycle = 64, mhz = 1400, l2_bytes = 41943040, l2_bandwidth = 4000,
        dram_bandwidth = 1500>}
    ```
  }];
  let parameters = (ins
    StringRefParameter<"row of the table of targets">:$target,
    StringRefParameter<"card">:$card,
    "int64_t":$sms,
    "int64_t":$shared_bytes,
    "int64_t":$fma_per_cycle,
    "int64_t":$mhz,
    "int64_t":$l2_bytes,
    "int64_t":$l2_bandwidth,
    "int64_t":$dram_bandwidth);
  let genVerifyDecl = 1;

  let extraClassDeclaration = [{
    const Target &getRow() const { return *findTarget(getTarget()); }
    int64_t getCapability() const { return getRow().capability; }
    /// 32-bit ones of a multiprocessor.
    int64_t getRegisters() const { return getRow().registers; }
  }];
}

#endif // RNN_MACHINE_TD
