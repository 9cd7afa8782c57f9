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
#include "compiler/target/cpu/Passes.h"
#include "dialects/rnn/Rnn.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"

namespace grucc {
#define GEN_PASS_DEF_EXPANDWORKSPACE
#include "compiler/target/cpu/Passes.h.inc"
} // namespace grucc

using namespace mlir;
using namespace grucc;

namespace {
/// The counts of one op, as 64 bits whatever an index has.
struct Counts {
  ImplicitLocOpBuilder b;
  rnn::MemoryAttr memory;
  Value seqLen, batch;

  template <typename Op>
  Counts(Op op, rnn::MemoryAttr memory)
      : b(op.getLoc(), op), memory(memory), seqLen(op.getSeqLen()), batch(op.getBatch()) {}

  Value constant(int64_t value) { return arith::ConstantOp::create(b, b.getI64IntegerAttr(value)); }
  Value rows() { return arith::MulIOp::create(b, seqLen, batch); }
  /// Of one chunk, which has a step's at least, and never more than there are.
  Value chunkRows() {
    Value chunk = arith::MaxSIOp::create(b, constant(memory.getChunkRows()), batch);
    return arith::MinSIOp::create(b, rows(), chunk);
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
    Value total = constant(0);
    for (rnn::PartAttr part : memory.getParts()) {
      if (part.getName() == name)
        break;
      Value bytes = arith::MulIOp::create(b, countOf(part), constant(part.getBytes()));
      bytes = arith::AddIOp::create(b, bytes, constant(bufferAlignment - 1));
      bytes = arith::AndIOp::create(b, bytes, constant(-bufferAlignment));
      total = arith::AddIOp::create(b, total, bytes);
    }
    return total;
  }
  Value toIndex(Value value) { return arith::IndexCastOp::create(b, b.getIndexType(), value); }
};
} // namespace

static Value expand(rnn::WorkspacePartOp op, Counts counts) {
  rnn::PartAttr part = *llvm::find_if(
      counts.memory.getParts(), [&](rnn::PartAttr part) { return part.getName() == op.getPart(); });
  auto type = cast<MemRefType>(op.getType());
  int64_t elements = part.getBytes() / (type.getElementTypeBitWidth() / 8);
  Value size = arith::MulIOp::create(counts.b, counts.countOf(part), counts.constant(elements));
  return memref::ViewOp::create(counts.b, type, op.getWorkspace(),
                                counts.toIndex(counts.bytesBefore(op.getPart())),
                                ValueRange{counts.toIndex(size)});
}

static Value expand(rnn::WorkspaceBytesOp, Counts counts) {
  return arith::MaxSIOp::create(counts.b, counts.bytesBefore(), counts.constant(bufferAlignment));
}

static Value expand(rnn::ChunkRowsOp, Counts counts) { return counts.chunkRows(); }

namespace {
struct ExpandWorkspace : grucc::impl::ExpandWorkspaceBase<ExpandWorkspace> {
  void runOnOperation() override {
    auto memory = getOperation()->getAttrOfType<rnn::MemoryAttr>(rnn::MemoryAttr::name);
    auto replace = [&](auto op) {
      op.replaceAllUsesWith(expand(op, Counts(op, memory)));
      op.erase();
    };
    getOperation().walk([&](rnn::WorkspacePartOp op) { replace(op); });
    getOperation().walk([&](rnn::WorkspaceBytesOp op) { replace(op); });
    getOperation().walk([&](rnn::ChunkRowsOp op) { replace(op); });
  }
};
} // namespace
