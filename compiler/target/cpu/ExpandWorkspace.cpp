//===- ExpandWorkspace.cpp - Parts of a workspace ==> views of its bytes -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
//   rnn.workspace_part "states" of %workspace(%seq_len, %batch) : memref<?xf32>
//     ==>
//   %at = the bytes of all parts before it, each rounded up to whole lines
//   memref.view %workspace[%at][%size] : memref<?xi8> to memref<?xf32>
//
// and rnn.workspace_bytes, rnn.chunk_rows.
//
//===----------------------------------------------------------------------===//

#include "compiler/target/ModelAbi.h"
#include "compiler/target/cpu/CValues.h"
#include "compiler/target/cpu/Passes.h"

namespace grucc {
#define GEN_PASS_DEF_EXPANDWORKSPACE
#include "compiler/target/cpu/Passes.h.inc"
} // namespace grucc

using namespace mlir;
using namespace grucc;
using namespace grucc::cpu;

namespace {
/// The counts of one op, as 64 bits whatever an index has.
struct Counts : CValues {
  rnn::MemoryAttr memory;
  Value seqLen, batch;

  Value rows() { return arith::MulIOp::create(e, seqLen, batch); }
  /// Of one chunk, which has a step's at least, and never more than there are.
  Value chunkRows() {
    Value chunk = arith::MaxSIOp::create(e, i64(memory.getChunkRows()), batch);
    return arith::MinSIOp::create(e, rows(), chunk);
  }
  Value countOf(rnn::PartAttr part) {
    switch (part.getForEach()) {
    case rnn::CountedBy::ChunkRow:
      return chunkRows();
    case rnn::CountedBy::Row:
      return rows();
    case rnn::CountedBy::BatchRow:
      return batch;
    case rnn::CountedBy::Step:
      return seqLen;
    }
    llvm_unreachable("what a part is counted by");
  }
  /// Where the part of that name begins; with none, where all end.
  Value bytesBefore(StringRef name = "") {
    Value total = i64(0);
    for (rnn::PartAttr part : memory.getParts()) {
      if (part.getName() == name)
        break;
      Value bytes = arith::MulIOp::create(e, countOf(part), i64(part.getBytes()));
      total = arith::AddIOp::create(e, total, wholeLines(bytes));
    }
    return total;
  }
};
} // namespace

static Value expand(rnn::WorkspacePartOp op, Counts counts) {
  rnn::PartAttr part = *llvm::find_if(
      counts.memory.getParts(), [&](rnn::PartAttr part) { return part.getName() == op.getPart(); });
  auto type = cast<MemRefType>(op.getType());
  int64_t elements = part.getBytes() / (type.getElementTypeBitWidth() / 8);
  Value size = arith::MulIOp::create(counts.e, counts.countOf(part), counts.i64(elements));
  return memref::ViewOp::create(counts.e, type, op.getWorkspace(),
                                counts.toIndex(counts.bytesBefore(op.getPart())),
                                ValueRange{counts.toIndex(size)});
}

static Value expand(rnn::WorkspaceBytesOp, Counts counts) {
  return arith::MaxSIOp::create(counts.e, counts.bytesBefore(), counts.i64(counts.e.bufferAlignment()));
}

static Value expand(rnn::ChunkRowsOp, Counts counts) { return counts.chunkRows(); }

namespace {
struct ExpandWorkspace : grucc::impl::ExpandWorkspaceBase<ExpandWorkspace> {
  void runOnOperation() override {
    auto memory = getOperation()->getAttrOfType<rnn::MemoryAttr>(rnn::MemoryAttr::name);
    auto replace = [&](auto op) {
      OpBuilder builder(op);
      Emitter e(op.getLoc(), builder, Type(), /*fma=*/false);
      e.machine = getOperation()->getAttrOfType<rnn::MachineAttr>(rnn::MachineAttr::name);
      op.replaceAllUsesWith(expand(op, Counts{{e}, memory, op.getSeqLen(), op.getBatch()}));
      op.erase();
    };
    getOperation().walk([&](rnn::WorkspacePartOp op) { replace(op); });
    getOperation().walk([&](rnn::WorkspaceBytesOp op) { replace(op); });
    getOperation().walk([&](rnn::ChunkRowsOp op) { replace(op); });
  }
};
} // namespace
