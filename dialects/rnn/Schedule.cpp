//===- Schedule.cpp - What a schedule must fulfil -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialects/rnn/Rnn.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace grucc::rnn;

LogicalResult ScheduleAttr::verify(function_ref<InFlightDiagnostic()> emitError, int64_t lanes,
                                   int64_t rowLanes, int64_t panel, ArrayRef<int64_t> tiles,
                                   int64_t kBlock, bool /*pairBlocks*/, int64_t kChunk,
                                   int64_t groupRows, bool /*prefetch*/, int64_t chunkRows,
                                   bool /*zigzag*/, bool /*fuseStep*/, int64_t unroll,
                                   int64_t registerK, bool /*lateLimits*/, StringRef order,
                                   StringRef split, int64_t splitUnits, int64_t splitRows,
                                   int64_t turnRows, int64_t splitTurns, int64_t splitFrom) {
  auto atLeastOne = [&](StringRef field, int64_t value) -> LogicalResult {
    if (value >= 1)
      return success();
    return emitError() << "schedule: " << field << ": found " << value << ", expected at least 1";
  };
  if (lanes < 1 || !llvm::isPowerOf2_64(lanes))
    return emitError() << "schedule: lanes: found " << lanes << ", expected a power of two";
  if (rowLanes && (rowLanes < 1 || rowLanes > lanes || !llvm::isPowerOf2_64(rowLanes)))
    return emitError() << "schedule: row_lanes: found " << rowLanes
                       << ", expected a power of two up to " << lanes;
  if (failed(atLeastOne("panel", panel)))
    return failure();

  // Any number of rows is divided among the tiles, so a one-row tile must end
  // them; a tile never spans panels.
  if (tiles.empty() || tiles.size() % 2)
    return emitError() << "schedule: tiles: found " << tiles.size()
                       << " numbers, expected pairs of rows and vectors";
  for (size_t i = 0; i < tiles.size(); i += 2) {
    int64_t rows = tiles[i], vectors = tiles[i + 1];
    if (failed(atLeastOne("tiles", rows)) || failed(atLeastOne("tiles", vectors)))
      return failure();
    if (i && rows >= tiles[i - 2])
      return emitError() << "schedule: tiles: found " << rows << " rows after " << tiles[i - 2]
                         << ", expected fewer";
    if (vectors > panel)
      return emitError() << "schedule: tiles: found " << vectors
                         << " vectors a tile, expected at most the " << panel << " of panel";
  }
  if (int64_t last = tiles[tiles.size() - 2]; last != 1)
    return emitError() << "schedule: tiles: found " << last << " rows at the end, expected 1";

  if (kBlock != 64) // N3, N4: the order of sums is no choice of the schedule
    return emitError() << "schedule: k_block: found " << kBlock << ", expected 64";
  if (kChunk < kBlock || kChunk % kBlock)
    return emitError() << "schedule: k_chunk: found " << kChunk
                       << ", expected a multiple of k_block";
  if (failed(atLeastOne("group_rows", groupRows)) || failed(atLeastOne("chunk_rows", chunkRows)))
    return failure();
  if (registerK < 0)
    return emitError() << "schedule: register_k: found " << registerK << ", expected at least 0";
  if (!llvm::is_contained({"layers", "reverse", "chunks"}, order))
    return emitError() << "schedule: order: found '" << order
                       << "', expected layers, reverse or chunks";
  if (!llvm::is_contained({"auto", "rows", "layers", "units", "none"}, split))
    return emitError() << "schedule: split: found '" << split
                       << "', expected auto, rows, layers, units or none";
  if (failed(atLeastOne("split_units", splitUnits)) ||
      failed(atLeastOne("split_rows", splitRows)) || failed(atLeastOne("turn_rows", turnRows)) ||
      failed(atLeastOne("split_turns", splitTurns)) || failed(atLeastOne("split_from", splitFrom)))
    return failure();
  return atLeastOne("unroll", unroll);
}

ScheduleAttr ScheduleAttr::forOneRow() const {
  int64_t parts = getRowLanes() ? getLanes() / getRowLanes() : 1;
  SmallVector<int64_t> tiles(getTiles());
  for (size_t i = 1; i < tiles.size(); i += 2)
    tiles[i] *= parts;
  return get(getContext(), getLanes() / parts, /*row_lanes=*/0, getPanel() * parts, tiles,
             getKBlock(), getPairBlocks(), getKChunk(), getGroupRows(), getPrefetch(),
             getChunkRows(), getZigzag(), getFuseStep(), getUnroll(), getRegisterK(),
             getLateLimits(), getOrder(), getSplit(), getSplitUnits(), getSplitRows(),
             getTurnRows(), getSplitTurns(), getSplitFrom());
}
