//===- Fields.h - Attributes that are tables of fields, for C++ -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The rows that Fields.td makes of Schedule.td and GpuSchedule.td, and what goes by
// them alone. Nothing of MLIR, so that whoever reads options need not know it.
//
//===----------------------------------------------------------------------===//

#ifndef GRUCC_DIALECTS_RNN_FIELDS_H
#define GRUCC_DIALECTS_RNN_FIELDS_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/Hashing.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringRef.h"
#include <optional>
#include <string>
#include <vector>

namespace grucc::rnn {

/// One number; a flag is 0 or 1, a word its place among the field's words; or all
/// numbers of tiles.
using FieldValue = llvm::SmallVector<int64_t, 1>;

enum class FieldKind { Number, Flag, Tiles, Word };

/// Numbers that a field takes.
struct FieldRange {
  int64_t least = INT64_MIN, most = INT64_MAX, multipleOf = 1;
  bool isPowerOfTwo = false;

  bool contains(int64_t value) const;
};

/// A row of the table.
struct Field {
  llvm::StringRef name;
  FieldKind kind;
  FieldRange range;               ///< of a number
  llvm::StringRef expected;       ///< its values in words
  std::optional<int64_t> initial; ///< where it is left out
  std::vector<llvm::StringRef> words;
  std::vector<int64_t> tries; ///< what --tune tries of a number

  /// A value as --schedule takes it, `16`, `true`, `[8,1,1,2]` or `chunks`; nothing where
  /// that is none of this kind. Whether a number is in range is for the attribute to say.
  std::optional<FieldValue> read(llvm::StringRef text) const;
  std::string write(const FieldValue &value) const;
  /// What `read` wants to see.
  llvm::StringRef form() const { return kind == FieldKind::Number ? "a whole number" : expected; }
};

using FieldTable = llvm::ArrayRef<Field>;

/// Those of #rnn.schedule and #rnn.gpu_schedule.
FieldTable scheduleTable();
FieldTable gpuScheduleTable();

/// The row of that name, or null.
const Field *findField(FieldTable table, llvm::StringRef name);
/// `a, b or c`
std::string listWords(llvm::ArrayRef<llvm::StringRef> words);
std::string listFields(FieldTable table);

/// A field that was set by hand.
struct FieldSetting {
  const Field *field;
  FieldValue value;

  bool operator==(const FieldSetting &other) const {
    return field == other.field && value == other.value;
  }
};

/// Each field at most once.
using FieldSettings = std::vector<FieldSetting>;

/// The setting of a field, or null.
const FieldSetting *findSetting(const FieldSettings &settings, const Field &field);
/// Sets `settings` as `others` say, and leaves those that they do not name.
void overrideSettings(FieldSettings &settings, const FieldSettings &others);

//===----------------------------------------------------------------------===//
// Structs of fields: members become values, and values members.
//===----------------------------------------------------------------------===//

template <typename Member> FieldValue valueOf(const Member &member) {
  return {static_cast<int64_t>(member)};
}
inline FieldValue valueOf(const llvm::SmallVector<int64_t> &member) {
  return FieldValue(member.begin(), member.end());
}
template <typename Member> void assignValue(Member &member, const FieldValue &value) {
  member = static_cast<Member>(value.front());
}
inline void assignValue(llvm::SmallVector<int64_t> &member, const FieldValue &value) {
  member.assign(value.begin(), value.end());
}

/// Those of all fields, in the table's order.
template <typename Fields> std::vector<FieldValue> valuesOf(const Fields &fields) {
  std::vector<FieldValue> values;
  Fields::visit(fields, [&](const auto &member) { values.push_back(valueOf(member)); });
  return values;
}
llvm::hash_code hashValues(llvm::ArrayRef<FieldValue> values);

template <typename Fields> Fields fieldsOf(llvm::ArrayRef<FieldValue> values) {
  Fields fields;
  Fields::visit(fields, [&](auto &member) {
    assignValue(member, values.front());
    values = values.drop_front();
  });
  return fields;
}

/// Every field of `fields`, as if set by hand.
template <typename Fields> FieldSettings settingsOf(FieldTable table, const Fields &fields) {
  FieldSettings settings;
  for (const FieldValue &value : valuesOf(fields))
    settings.push_back({&table[settings.size()], value});
  return settings;
}

/// Sets what was set by hand.
template <typename Fields>
void applySettings(FieldTable table, const FieldSettings &settings, Fields &fields) {
  std::vector<FieldValue> values = valuesOf(fields);
  for (const FieldSetting &setting : settings)
    values[setting.field - table.begin()] = setting.value;
  fields = fieldsOf<Fields>(values);
}

} // namespace grucc::rnn

#endif // GRUCC_DIALECTS_RNN_FIELDS_H
