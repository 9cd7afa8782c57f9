//===- Json.h - JSON, strictly --------------------------------------------===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRUCC_SUPPORT_JSON_H
#define GRUCC_SUPPORT_JSON_H

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/JSON.h"
#include <string>
#include <utility>
#include <vector>

namespace grucc {

/// Parses JSON text with LLVM's parser, after a scan that refuses what that
/// parser lets through or dies of: nesting deeper than 16, duplicate keys,
/// numbers that are not JSON's (01, +1, .5), more than 2^22 values.
/// `argument` names the text in diagnostics: "JSON", "header".
llvm::Expected<llvm::json::Value> parseJson(llvm::StringRef text, llvm::StringRef file,
                                            llvm::StringRef argument);

/// The object that the file `path` holds, of at most 1 MiB, and nothing else.
llvm::Expected<llvm::json::Object> readJsonObject(llvm::StringRef path);

/// The members of an object by key, so that the first bad one is always the same.
std::vector<std::pair<llvm::StringRef, const llvm::json::Value *>>
sortedMembers(const llvm::json::Object &object);

/// A value as diagnostics show it: `the string "10"`, `the number 1.5`, `an array`.
std::string describe(const llvm::json::Value &value);

} // namespace grucc

#endif // GRUCC_SUPPORT_JSON_H
