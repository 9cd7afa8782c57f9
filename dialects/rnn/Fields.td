//===- Fields.td - Attributes that are tables of fields ---------*- tablegen -*-===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A schedule is a table of fields, one row each. From the rows come the C++ struct
// that holds them, the attribute's text and verifier, --schedule, the schedule file,
// what --tune tries, and the table of the documentation. Fields.h says how C++ sees
// a row.
//
//===----------------------------------------------------------------------===//

#ifndef RNN_FIELDS_TD
#define RNN_FIELDS_TD

include "mlir/IR/EnumAttr.td"

// Numbers that a field takes, in words and for C++.
class Rnn_Range<string words_, string row_> {
  string words = words_;
  string row = row_; // least, most, multipleOf, isPowerOfTwo
}
class Rnn_AtLeast<int least> : Rnn_Range<"at least " # least, least # ", INT64_MAX, 1, false">;
class Rnn_Within<int least, int most>
    : Rnn_Range<least # " to " # most, least # ", " # most # ", 1, false">;
class Rnn_Multiple<int of, int least, int most>
    : Rnn_Range<"a multiple of " # of # " from " # least # " to " # most,
                least # ", " # most # ", " # of # ", false">;
class Rnn_PowerOfTwo<int least, int most>
    : Rnn_Range<"a power of two from " # least # " to " # most,
                least # ", " # most # ", 1, true">;
def Rnn_AnyPowerOfTwo : Rnn_Range<"a power of two", "1, INT64_MAX, 1, true">;
class Rnn_Exactly<int value> : Rnn_Range<"" # value, value # ", " # value # ", 1, false">;

// One row. `part` names the struct that the field stands in, or is empty; `member` is
// its name in C++ (kChunk), from which that in text follows (k_chunk). A field with an
// `initial` value may be left out, and is where it has that value.
class Rnn_Field<string part_, string member_, string unit_, string values_, string effect_,
                string initial_> {
  string part = part_;
  string member = member_;
  string unit = unit_;
  string values = values_;
  string effect = effect_; // before ==> after
  string initial = initial_;

  string place = !if(!empty(part), "", part # ".") # member;
  string id = !toupper(!substr(member, 0, 1)) # !substr(member, 1);
  string name = !foldl("", !foreach(i, !range(!size(member)), !substr(member, i, 1)), all, c,
                       all # !if(!eq(c, !tolower(c)), "", "_") # !tolower(c));
  string type = "int64_t";
  string start = !if(!empty(initial), "{}", initial);
  string row;
  string rowInitial = !if(!empty(initial), "std::nullopt", "int64_t(" # initial # ")");
}

// A whole number; `tries` are those that --tune tries.
class Rnn_Number<string part, string member, string unit, Rnn_Range range, string effect,
                 string initial = "", list<int> tries = []>
    : Rnn_Field<part, member, unit, range.words, effect, initial> {
  let row = "{\"" # name # "\", FieldKind::Number, {" # range.row # "}, \"" # range.words # "\", "
      # rowInitial # ", {}, {" # !interleave(tries, ", ") # "}}";
}

class Rnn_Flag<string part, string member, string effect, string initial = "">
    : Rnn_Field<part, member, "", "true, false", effect, initial> {
  let type = "bool";
  let row = "{\"" # name # "\", FieldKind::Flag, {}, \"true or false\", " # rowInitial # ", {}, {}}";
}

// [8, 1, 1, 2]: flat pairs.
class Rnn_Tiles<string part, string member, string effect>
    : Rnn_Field<part, member, "rows, vectors", "pairs", effect, ""> {
  let type = "llvm::SmallVector<int64_t>";
  let row = "{\"" # name # "\", FieldKind::Tiles, {}, "
      # "\"[rows,vectors,rows,vectors], whole numbers\", " # rowInitial # ", {}, {}}";
}

// One of an enumeration's words; its first one where it is left out.
class Rnn_Word<string part, string member, EnumInfo enum, string effect>
    : Rnn_Field<part, member, "", !interleave(!foreach(c, enum.enumerants, c.str), ", "), effect,
                "0"> {
  let type = enum.cppNamespace # "::" # enum.className;
  let start = "{}";
  // layers, reverse or chunks
  defvar words = !foreach(c, enum.enumerants, c.str);
  defvar last = !sub(!size(words), 1);
  defvar listed = !interleave(!foreach(i, !range(last), words[i]), ", ") # " or " # words[last];
  let row = "{\"" # name # "\", FieldKind::Word, {}, \"" # listed # "\", " # rowInitial # ", {\""
      # !interleave(words, "\", \"") # "\"}, {}}";
}

// The rows for people.
class Rnn_FieldTable<list<Rnn_Field> fields> {
  string text = !foldl([{
    | field | unit | values | before ==> after |
    |---|---|---|---|
}], fields, all, f, all # "    | `" # f.name # "` | " # f.unit # " | " # f.values # " | " # f.effect
      # " |\n");
}

class Rnn_MemberList<list<Rnn_Field> fields> {
  string text = !foldl("", fields, all, f,
                       all # "    " # f.type # " " # f.member # " = " # f.start # ";\n");
}

// A part of the fields, as a struct of its own.
class Rnn_Part<string member_> {
  string member = member_; // tiling
  string type = !toupper(!substr(member, 0, 1)) # !substr(member, 1);
}

// An attribute that is nothing but fields: `Fields` has them, in parts where there are any.
class Rnn_FieldsAttr<string name, string mnemonicName, list<Rnn_Field> fields,
                     list<Rnn_Part> parts = []> : AttrDef<Rnn_Dialect, name> {
  let mnemonic = mnemonicName;
  let parameters = (ins AttrParameter<"::grucc::rnn::" # name # "Attr::Fields", "the fields",
                                      "const ::grucc::rnn::" # name # "Attr::Fields &">:$fields);
  let genVerifyDecl = 1;
  let hasCustomAssemblyFormat = 1;

  defvar structs = !foldl("", parts, all, p, all # "  struct " # p.type # " {\n"
      # Rnn_MemberList<!filter(f, fields, !eq(f.part, p.member))>.text # "  };\n");
  defvar loose = Rnn_MemberList<!filter(f, fields, !empty(f.part))>.text;
  defvar places = !foldl("", parts, all, p, all # "    " # p.type # " " # p.member # ";\n");
  defvar visits = !foldl("", fields, all, f, all # "      visit(self." # f.place # ");\n");
  defvar ids = !interleave(!foreach(f, fields, f.id), ", ");
  defvar getters = !foldl("", parts, all, p, all # "  const " # p.type # " &get" # p.type
          # "() const { return getFields()." # p.member # "; }\n")
      # !foldl("", !filter(f, fields, !empty(f.part)), all, f, all # "  " # f.type # " get" # f.id
          # "() const { return getFields()." # f.member # "; }\n");
  defvar rows = !interleave(!foreach(f, fields, f.row), ",\n    ");

  let extraClassDeclaration = structs # [{
  struct Fields {
}] # loose # places # [{
    /// Calls `visit` with every field, in the order of the table.
    template <typename Self, typename Visit> static void visit(Self &self, Visit visit) {
}] # visits # [{
    }
    bool operator==(const Fields &other) const { return valuesOf(*this) == valuesOf(other); }
    friend llvm::hash_code hash_value(const Fields &fields) { return hashValues(valuesOf(fields)); }
  };

  /// Places in the table.
  enum Id { }] # ids # [{ };
  static FieldTable getTable();
  static const Field &getField(Id id) { return getTable()[id]; }
}] # getters;

  let extraClassDefinition = [{
FieldTable $cppClass::getTable() {
  static const Field table[] = {
    }] # rows # [{};
  return table;
}
::mlir::Attribute $cppClass::parse(::mlir::AsmParser &parser, ::mlir::Type) {
  auto values = parseFields(parser, getTable());
  if (failed(values))
    return {};
  return getChecked([&] { return parser.emitError(parser.getNameLoc()); }, parser.getContext(),
                    fieldsOf<Fields>(*values));
}
void $cppClass::print(::mlir::AsmPrinter &printer) const {
  printFields(printer, getTable(), valuesOf(getFields()));
}
}];
}

#endif // RNN_FIELDS_TD
