//===- CostModel.h - How long a step takes, and which schedule is best -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRUCC_COMPILER_SCHEDULE_COSTMODEL_H
#define GRUCC_COMPILER_SCHEDULE_COSTMODEL_H

#include "dialects/rnn/Cells.h"
#include "dialects/rnn/Storage.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace grucc {

/// What the weight matrices of a network are kept in: W_ih of layer 0, W_ih of the
/// layers above, every W_hh. Layers that share a kernel share what it reads.
struct NetworkStorage {
  rnn::StorageKind first = rnn::StorageKind::Exact, upper = first, recurrent = first;
};

/// One network, as its time depends on it.
struct NetworkSizes : rnn::Network {
  /// Of the function's rnn.network and the cell of its scans, or an error where either is missing.
  static mlir::FailureOr<NetworkSizes> of(mlir::func::FuncOp func);

  NetworkStorage storage = {};
  int64_t gates = Gru::shape.gates; ///< of the cell
  int64_t rounds = 1;               ///< in which they take their products
};

/// The least time of one step of one row, all layers and directions, in cycles: the longer of
/// arithmetic and weight traffic, plus the gates. PartModel.h has what a schedule makes of it.
///
///   arithmetic = multiply-adds / (lanes * fma_per_cycle), or with the operations
///                that widen narrow weights all over (lanes * ops_per_cycle),
///                whichever is longer
///   traffic    = weight bytes over the caches that hold them: what fits L1 at
///                L1's rate, else the first 9/10 of L2 at L2's rate and the
///                rest at L3's (all in bytes a cycle)
///   gates      = gate_cycles for one vector of units, at most 16
double stepCycles(const NetworkSizes &sizes, rnn::MachineAttr machine);

/// The time of one step by NAME_step and of one within a long run, of one row, in
/// cycles: what storage is chosen by. As above, but
///
///   step: all matrices pass through the caches, so they share them
///   run:  a projection is arithmetic, each weight widened for 8 rows at a time;
///         the scan has the caches for its own W_hh
///
/// Operations that widen a vector of weights: bfloat16 1, float16 and float32 2,
/// int8 2 1/2. Beside them 80 cycles for every vector of units, where a walk over
/// narrow weights begins and ends (bfloat16, over float32: 0.93 at H = 96, 1.0 at 128,
/// 1.2 at 256).
double storageCycles(const NetworkSizes &sizes, rnn::MachineAttr machine);

/// The register_k that goes with as many lanes.
int64_t selectRegisterK(const NetworkSizes &sizes, rnn::MachineAttr machine, int64_t lanes);

/// The schedule for these sizes on this machine.
rnn::Schedule selectSchedule(const NetworkSizes &sizes, rnn::MachineAttr machine);
/// The one with the shortest code, whatever the network.
rnn::Schedule shortened(rnn::Schedule schedule, rnn::MachineAttr machine);

} // namespace grucc

#endif // GRUCC_COMPILER_SCHEDULE_COSTMODEL_H
