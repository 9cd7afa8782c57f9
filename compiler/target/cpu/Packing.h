//===- Packing.h - Which number goes where in packed weights -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The order of packed weights, written once: evaluated on numbers for weights that are
// constants (PackWeights), turned into IR for those that come at run time (PackFunctions).
// `Ops` is Emitter, or has its words on `T` (Numbers). Sizes are those of PanelLayout.h and
// LayerLayout; what copies a number is the caller's.
//
//===----------------------------------------------------------------------===//

#ifndef GRUCC_COMPILER_TARGET_CPU_PACKING_H
#define GRUCC_COMPILER_TARGET_CPU_PACKING_H

#include "compiler/target/cpu/KernelPlan.h"

namespace grucc::cpu {

/// Where one gate of one unit stands in panels, for every k.
template <typename T, typename Truth> struct PanelPlace {
  int64_t gate;
  T unit;
  Truth exists; ///< what fills vectors is no gate's, or no unit's: zero
  T start;      ///< the first unit of its panel
  T elements;   ///< numbers of one k in that panel
  T element;    ///< which of them is its own
};

/// Calls place(PanelPlace) for every gate of every unit, and for what fills their vectors.
template <typename T, typename Ops, typename Place>
void forEachPlace(Ops &&ops, const PanelLayout &panels, Place place) {
  using At = PanelPlace<T, decltype(ops.truth(false))>;
  T zero = ops.index(0), one = ops.index(1), wide = ops.index(panels.wideUnits());
  T tailStart = ops.index(panels.fullPanels() * panels.width());
  T tailElements = ops.index(panels.panelElements(/*tail=*/true));
  auto exists = [&](T unit) { return ops.less(unit, ops.index(panels.hiddenSize)); };
  // [panel][gate][width]; the last panel is as wide as what is left.
  ops.loop(zero, wide, one, [&](T unit) {
    T start = ops.mul(ops.div(unit, panels.width()), panels.width());
    T width = ops.min(ops.index(panels.width()), ops.sub(wide, start));
    T elements = ops.select(ops.less(start, tailStart),
                            ops.index(panels.panelElements(/*tail=*/false)), tailElements);
    for (int64_t gate = 0; gate < panels.gates; ++gate)
      place(At{gate, unit, exists(unit), start, elements,
               ops.add(ops.mul(width, gate), ops.sub(unit, start))});
  });
  if (!panels.packedUnits())
    return;
  // Behind them a packed vector: [part][lane].
  ops.loop(zero, ops.index(panels.partLanes()), one, [&](T lane) {
    T unit = ops.add(lane, panels.wideUnits());
    auto never = ops.truth(false);
    for (int64_t part = 0; part < panels.packedParts(); ++part)
      place(At{part, unit, part < panels.gates ? exists(unit) : never, tailStart, tailElements,
               ops.add(lane, panels.gates * panels.tailWidth() + part * panels.partLanes())});
  });
}

/// A matrix [G, K] in words of `group` consecutive k, that begin at word `at`: calls
/// copy(exists, row, k, to) for each place, with where the row begins in the matrix, and the
/// place as a number of weights.
template <typename T, typename Ops, typename Copy>
void forEachWeight(Ops &&ops, const PanelLayout &panels, int64_t group, T depth, T at, Copy copy) {
  T words = ops.div(ops.add(depth, group - 1), group);
  forEachPlace<T>(ops, panels, [&](auto place) {
    T to = ops.add(ops.add(at, ops.mul(ops.mul(place.start, panels.gates), words)), place.element);
    T row = ops.mul(ops.add(place.unit, place.gate * panels.hiddenSize), depth);
    ops.loop(ops.index(0), words, ops.index(1), [&](T word) {
      T wordTo = ops.mul(ops.add(to, ops.mul(word, place.elements)), group);
      for (int64_t turn = 0; turn < group; ++turn) {
        T k = ops.add(ops.mul(word, group), turn);
        // The last word may have fewer k.
        auto exists = turn == 0 ? place.exists : ops.both(place.exists, ops.less(k, depth));
        copy(exists, row, k, ops.add(wordTo, turn));
      }
    });
  });
}

/// Biases: calls copy(place, to, kept) with where the input part's stands, as those of one k
/// of a matrix that begins at number `at`, and the recurrent part's, [kept gate][unit] from
/// number `keptAt` on, if the gate keeps it.
template <typename T, typename Ops, typename Copy>
void forEachBias(Ops &&ops, const KernelPlan &plan, T at, T keptAt, Copy copy) {
  PanelLayout panels = plan.panels();
  const CellShape &shape = plan.cell;
  forEachPlace<T>(ops, panels, [&](auto place) {
    T to = ops.add(ops.add(at, ops.mul(place.start, panels.gates)), place.element);
    std::optional<T> kept;
    if (place.gate < shape.gates && shape.gate[place.gate].keepsBias)
      kept =
          ops.add(ops.add(keptAt, place.unit), shape.keptIndex(place.gate) * panels.paddedUnits());
    copy(place, to, kept);
  });
}

/// A cell's tensors, in torch's order.
enum class CellTensor : int64_t { WIh, WHh, BIh, BHh };

/// What every cell has, index l*D + d (C7): calls matrix(cell, tensor, first_row, layout, at), of
/// W_hh for each round's rows, and biases(cell, at, kept_at). Places count the network's own
/// numbers, from the first cell on.
template <typename T, typename Ops, typename Matrix, typename Biases>
void forEachTensor(Ops &&ops, const KernelPlan &plan, Matrix matrix, Biases biases) {
  auto numbers = [&](int64_t bytes) { return bytes / plan.elementBytes(); };
  auto tensors = [&](T cell, T start, int64_t inputSize) {
    LayerLayout layout = plan.layout(inputSize);
    auto at = [&](int64_t byte) -> T { return ops.add(start, numbers(byte)); };
    matrix(cell, CellTensor::WIh, 0, plan.inputMatrix(inputSize), at(layout.inputWeights));
    for (int64_t round = 0; round < plan.rounds(); ++round)
      matrix(cell, CellTensor::WHh, plan.cell.round[round].first * plan.hiddenSize,
             plan.recurrentMatrix(round), at(layout.recurrentWeights + plan.roundStart(round)));
    if (plan.bias)
      biases(cell, at(layout.inputBias), at(layout.recurrentBias));
  };
  int64_t directions = plan.numDirections();
  for (int64_t direction = 0; direction < directions; ++direction)
    tensors(ops.index(direction), ops.index(numbers(plan.layerStart(0, direction))),
            plan.inputSize);
  // Layers and directions above are all alike, one behind the other.
  int64_t bytes = plan.layout(plan.outputSize()).bytes;
  ops.loop(ops.index(0), ops.index(plan.numCells() - directions), ops.index(1), [&](T above) {
    tensors(ops.add(above, directions),
            ops.add(ops.mul(above, numbers(bytes)), numbers(plan.layerStart(1))),
            plan.outputSize());
  });
}

} // namespace grucc::cpu

#endif // GRUCC_COMPILER_TARGET_CPU_PACKING_H
