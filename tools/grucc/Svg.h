//===- Svg.h - Text and boxes in a picture -----------------------------------===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRUCC_TOOLS_GRUCC_SVG_H
#define GRUCC_TOOLS_GRUCC_SVG_H

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/raw_ostream.h"
#include <string>

namespace grucc {

/// `text` of a report, which has printable ASCII alone (names are words), for XML and HTML.
std::string escaped(llvm::StringRef text);

/// A picture that needs nothing from elsewhere: its own background, light or dark as the reader
/// prefers, its own colours (by name, as in `colourNames`), no scripts. Lengths are those of the
/// viewBox.
class Svg {
public:
  /// From (x, y), the baseline, `room` wide: cut, and the cut shown, where it would be wider.
  /// `kind`: nothing, "title", "name" or "faint".
  void text(double x, double y, llvm::StringRef words, double room, llvm::StringRef kind = "");
  /// `kind`: "box", a frame with a ground, "track", one without, or nothing: `colour` all over.
  void rect(double x, double y, double width, double height, llvm::StringRef kind,
            llvm::StringRef colour = "");
  /// `kind`: "arrow" or "edge"; `d` as SVG has it.
  void path(llvm::StringRef kind, llvm::StringRef d);
  /// What is drawn until endGroup says `hover` under a pointer.
  void beginGroup(llvm::StringRef hover);
  void endGroup();

  void write(llvm::StringRef title, int width, int height, llvm::raw_ostream &os) const;

private:
  std::string body;
  llvm::raw_string_ostream out{body};
};

} // namespace grucc

#endif // GRUCC_TOOLS_GRUCC_SVG_H
