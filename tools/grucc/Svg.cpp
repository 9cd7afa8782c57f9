//===- Svg.cpp - Text and boxes in a picture ---------------------------------===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Svg.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Format.h"

using namespace llvm;

namespace grucc {

std::string escaped(StringRef text) {
  std::string safe;
  raw_string_ostream out(safe);
  printHTMLEscaped(text, out);
  return safe;
}

/// Letters are as wide everywhere: 0.6 of their size, and less than 0.62.
static constexpr StringLiteral style = R"css(
  .grucc { --back: #ffffff; --box: #f3f5f8; --line: #8a919c; --ink: #1a1d21; --faint: #56606c;
    --L1: #1a8754; --L2: #2367d1; --L3: #c47a00; --memory: #c5352b; --arithmetic: #7a45d6;
    --sum-latency: #0b8489; --loops: #7d8590; --gates: #b04a9b; --other: #7d8590 }
  @media (prefers-color-scheme: dark) { .grucc { --back: #14171c; --box: #20252c; --line: #7c8591;
    --ink: #eef1f5; --faint: #a9b3bf; --L1: #3fb37f; --L2: #6ea2f5; --L3: #e8a33d;
    --memory: #f0716a; --arithmetic: #a98af0; --sum-latency: #3ab9bd; --loops: #9aa3ae;
    --gates: #d884c6; --other: #9aa3ae } }
  .grucc text { font: 12px ui-monospace, Menlo, Consolas, "DejaVu Sans Mono", monospace;
    fill: var(--ink) }
  .grucc .title { font-size: 16px; font-weight: bold }
  .grucc .name { font-weight: bold }
  .grucc .faint { fill: var(--faint) }
  .grucc .back { fill: var(--back) }
  .grucc .box { fill: var(--box); stroke: var(--line) }
  .grucc .track { fill: none; stroke: var(--line) }
  .grucc .edge { fill: none; stroke: var(--back) }
  .grucc .arrow { fill: none; stroke: var(--line); stroke-width: 2 }
)css";
/// The width of a letter over its size, in the widest of these fonts.
static constexpr double letterWidth = 0.62;

void Svg::text(double x, double y, StringRef words, double room, StringRef kind) {
  size_t most = room / (letterWidth * (kind == "title" ? 16 : 12));
  std::string shown = words.str();
  if (shown.size() > most)
    shown = shown.substr(0, most - 3) + "...";
  out << "<text x=\"" << format("%.1f", x) << "\" y=\"" << format("%.1f", y) << '"';
  if (!kind.empty())
    out << " class=\"" << kind << '"';
  out << '>' << escaped(shown) << "</text>\n";
}

void Svg::rect(double x, double y, double width, double height, StringRef kind, StringRef colour) {
  out << "<rect x=\"" << format("%.2f", x) << "\" y=\"" << format("%.2f", y) << "\" width=\""
      << format("%.2f", width) << "\" height=\"" << format("%.2f", height) << '"';
  if (!kind.empty())
    out << " class=\"" << kind << '"';
  std::string name = colour.str();
  std::replace(name.begin(), name.end(), ' ', '-');
  if (!name.empty())
    out << " style=\"fill: var(--" << name << ")\"";
  out << "/>\n";
}

void Svg::path(StringRef kind, StringRef d) {
  out << "<path class=\"" << kind << "\" d=\"" << d << "\"/>\n";
}

void Svg::beginGroup(StringRef hover) { out << "<g><title>" << escaped(hover) << "</title>\n"; }
void Svg::endGroup() { out << "</g>\n"; }

void Svg::write(StringRef title, int width, int height, raw_ostream &os) const {
  os << "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"grucc\" role=\"img\" viewBox=\"0 0 "
     << width << ' ' << height << "\" width=\"" << width << "\" height=\"" << height
     << "\">\n<title>" << escaped(title) << "</title>\n<style>" << style << "</style>\n"
     << "<rect class=\"back\" width=\"" << width << "\" height=\"" << height << "\"/>\n"
     << body << "</svg>\n";
}

} // namespace grucc
