# ===- picture.py - Pictures and pages of networks -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===-------------------------------------------------=== #
"""picture.py: what pictures and pages say, beside what --report=json says of the same network."""
import html.parser
import json
import re
from xml.etree import ElementTree

from networks_to_draw import NETWORKS, grucc, write_machine

SVG = "{http://www.w3.org/2000/svg}"


def texts_of(svg):
    return [element.text for element in svg.iter(SVG + "text")]


def check_alone(text):
    """Nothing of it is fetched or run."""
    rest = text.replace('xmlns="http://www.w3.org/2000/svg"', "")
    found = re.search(r"https?:|<script|href|src=|url\(|@import|\bon\w+=", rest)
    assert not found, found


class Reader(html.parser.HTMLParser):
    """Tags that are closed as they were opened, and cells of tables."""

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.open, self.cells = [], []

    def handle_starttag(self, tag, attributes):
        if tag in ("td", "th"):
            self.cells.append("")
        if tag not in ("meta",):
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag, (tag, self.open)

    def handle_data(self, data):
        if self.open and self.open[-1] in ("td", "th"):
            self.cells[-1] += data


def check_parts(report, svg):
    """Bars are as long as times, and every level's share of the panels is as it is said."""
    rows = [group for group in svg.iter(SVG + "g")]
    layers = report["num_layers"] if report["num_layers"] <= 8 else 2
    directions = 2 if report["bidirectional"] else 1
    parts = report["parts"][:3 * layers * directions]
    assert len(rows) == len(parts), (len(rows), len(parts))
    longest = max(part["step"]["microseconds"] for part in parts)
    widest = max(float(row.findall(SVG + "rect")[-1].get("width")) for row in rows)
    assert widest == 220, widest  # all of the room that bars have
    for part, row in zip(parts, rows, strict=True):
        time, rects = part["step"]["microseconds"], row.findall(SVG + "rect")
        assert abs(float(rects[-1].get("width")) - widest * time / longest) < 0.02, part
        assert part["step"]["bound"].replace(" ", "-") in rects[-1].get("style"), part
        assert part["part"] in texts_of(row) and part["part"] in row.find(SVG + "title").text, part
        kept = part["step"]["kept_in"]
        assert len(rects) == len(kept) + 1, part
        for (level, some), rect in zip(kept.items(), rects):
            assert level in rect.get("style"), part
            assert abs(float(rect.get("height")) - 12 * some / part["bytes"]) < 0.02, part
        if kept:
            assert any(text.startswith(f"{part['panels']} x {part['panel_units']} units")
                       for text in texts_of(row)), part
            assert str(part["bytes"]) in row.find(SVG + "title").text, part


write_machine()
for name, options in NETWORKS.items():
    drawn = grucc(name, options, "svg")
    check_alone(drawn)
    svg = ElementTree.fromstring(drawn)
    assert svg.tag == SVG + "svg" and re.fullmatch(r"0 0 960 \d+", svg.get("viewBox")), svg.attrib
    cut = [text for text in texts_of(svg) if text.endswith("...")]
    assert all("W" * 20 in text or "M" * 20 in text for text in cut), cut
    report = json.loads(grucc(name, options, "json"))
    if "gpu" not in report:
        check_parts(report["levels"][-1] | {key: report[key] for key in ("num_layers", "bidirectional")}
                    if "levels" in report else report, svg)
    page = grucc(name, options, "html")
    check_alone(page)
    reader = Reader()
    reader.feed(page)
    assert not reader.open, reader.open
    assert "schedule&lt;" in page and "schedule<" not in page, name
    levels = [level["target"] for level in report.get("levels", [report])]
    assert page.count("<svg") == len(levels), levels
    for wanted in (name, str(report["hidden_size"]), report["dtype"], report["machine"]):
        assert wanted in page or wanted in reader.cells, wanted
    for part in report.get("parts", [])[:3]:
        if "bytes" in part:
            assert str(part["bytes"]) in reader.cells and part["weights"] in reader.cells, part
print(len(NETWORKS), "networks")
