//===- Schedule.cpp - What a schedule must fulfil -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialects/rnn/PackedUnits.h"
#include "dialects/rnn/Rnn.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace grucc::rnn;

/// Any number of rows is divided among the tiles, so a one-row tile must end them; a
/// tile never spans panels.
static LogicalResult verifyTiles(function_ref<InFlightDiagnostic()> emitError,
                                 const Tiling &tiling) {
  ArrayRef<int64_t> tiles = tiling.tiles;
  if (tiles.empty() || tiles.size() % 2)
    return emitError() << "schedule: tiles: found " << tiles.size()
                       << " numbers, expected pairs of rows and vectors";
  for (size_t i = 0; i < tiles.size(); i += 2) {
    int64_t rows = tiles[i], vectors = tiles[i + 1];
    if (rows < 1 || vectors < 1)
      return emitError() << "schedule: tiles: found " << (rows < 1 ? rows : vectors)
                         << ", expected at least 1";
    if (i && rows >= tiles[i - 2])
      return emitError() << "schedule: tiles: found " << rows << " rows after " << tiles[i - 2]
                         << ", expected fewer";
    if (vectors > tiling.panel)
      return emitError() << "schedule: tiles: found " << vectors
                         << " vectors a tile, expected at most the " << tiling.panel << " of panel";
  }
  if (int64_t last = tiles[tiles.size() - 2]; last != 1)
    return emitError() << "schedule: tiles: found " << last << " rows at the end, expected 1";
  return success();
}

LogicalResult ScheduleAttr::verify(function_ref<InFlightDiagnostic()> emitError, Schedule fields) {
  if (failed(verifyFields(emitError, getTable(), valuesOf(fields))))
    return failure();
  const Tiling &tiling = fields.tiling;
  if (tiling.rowLanes > tiling.lanes || (tiling.rowLanes && !llvm::isPowerOf2_64(tiling.rowLanes)))
    return emitError() << "schedule: row_lanes: found " << tiling.rowLanes
                       << ", expected a power of two up to " << tiling.lanes;
  return verifyTiles(emitError, tiling);
}

Schedule grucc::rnn::forOneRow(const Schedule &schedule) {
  Schedule row = schedule;
  Tiling &tiling = row.tiling;
  int64_t parts = tiling.rowLanes ? tiling.lanes / tiling.rowLanes : 1;
  tiling.lanes /= parts;
  tiling.rowLanes = 0;
  tiling.panel *= parts;
  for (size_t i = 1; i < tiling.tiles.size(); i += 2)
    tiling.tiles[i] *= parts;
  return row;
}

LogicalResult grucc::rnn::verifySchedule(function_ref<InFlightDiagnostic()> emitError,
                                         ScheduleAttr schedule, MachineAttr machine,
                                         int64_t hiddenSize, int64_t gates, int64_t elementBits) {
  auto atMost = [&](StringRef field, int64_t value, int64_t limit) -> LogicalResult {
    if (value <= limit)
      return success();
    return emitError() << "schedule: " << field << ": found " << value << ", expected at most "
                       << limit;
  };
  const Tiling &tiling = schedule.getTiling();
  int64_t lanes = machine.getVectorBits() / elementBits;
  if (tiling.lanes > lanes)
    return emitError() << "schedule: lanes: found " << tiling.lanes << ", expected at most "
                       << lanes << " on " << machine.getName();
  int64_t sums = 0;
  ArrayRef<int64_t> tiles = tiling.tiles;
  for (size_t i = 0; i + 1 < tiles.size(); i += 2)
    // Rows alone may be too many to multiply.
    sums = std::max({sums, tiles[i], std::min<int64_t>(tiles[i], 64) * tiles[i + 1]});
  if (failed(atMost("tiles", sums, 16)))
    return failure();
  if (tiling.rowLanes && !panelsAgree(hiddenSize, gates, tiling.lanes, tiling.rowLanes))
    return emitError() << "schedule: row_lanes: found " << tiling.rowLanes << ", expected 0, since "
                       << hiddenSize << " units are other panels by " << tiling.rowLanes
                       << " than by " << tiling.lanes;
  int64_t oneRow = forOneRow(schedule.getFields()).tiling.tiles.back();
  if (failed(atMost("row_lanes: vectors of one row", oneRow, 16)))
    return failure();
  bool hasOneVector = isOneVector(hiddenSize, gates, tiling.lanes);
  if (tiling.registerK && !hasOneVector)
    return emitError() << "schedule: register_k: found " << tiling.registerK
                       << ", expected 0, since " << hiddenSize << " units are not one vector of "
                       << tiling.lanes;
  if (failed(atMost("register_k", tiling.registerK, hasOneVector ? hiddenSize : 0)))
    return failure();
  int64_t rowBytes = gates * tiles[1] * tiling.lanes * elementBits / 8;
  if (failed(atMost("group_rows", tiling.groupRows, mostGroupBytes / rowBytes)))
    return failure();
  const Traversal &traversal = schedule.getTraversal();
  if (traversal.streamRows == 1)
    return success();
  // Of every panel the sums of all blocks, and those of the block that is under way.
  return atMost("stream_rows", traversal.streamRows,
                std::max<int64_t>(mostGroupBytes / (2 * traversal.streams * rowBytes), 1));
}
