# ===- picture_browser.py - Pictures and pages in a browser -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===----------------------------------------------------------=== #
"""picture_browser.py: no text of a picture leaves it or lies on another, and all can be read on what
is behind it; pages are no wider than their window."""
import html
import json
import os
import re
import subprocess

from networks_to_draw import NETWORKS, grucc, write_machine

# Put behind what grucc wrote, in the test's own copy.
MEASURE = """<script>
const rgb = color => color.match(/[0-9.]+/g).slice(0, 3).map(Number);
const channel = c => (c /= 255) <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
const light = color => {
  const [r, g, b] = rgb(color).map(channel);
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
};
const contrast = (a, b) => (Math.max(light(a), light(b)) + 0.05) / (Math.min(light(a), light(b)) + 0.05);
const fill = of => getComputedStyle(of).fill;
const inside = (a, b) => a.left >= b.left && a.right <= b.right && a.top >= b.top && a.bottom <= b.bottom;
const faults = [];
let texts = 0;
for (const svg of document.querySelectorAll("svg")) {
  const box = svg.getBoundingClientRect(), back = svg.querySelector(".back");
  const grounds = [...svg.querySelectorAll(".box")], all = [...svg.querySelectorAll("text")];
  const boxes = all.map(text => text.getBoundingClientRect());
  texts += all.length;
  all.forEach((text, i) => {
    const own = boxes[i], words = text.textContent;
    if (!own.width) faults.push(`no size: ${words}`);
    if (!inside(own, box)) faults.push(`leaves the picture: ${words}`);
    for (let j = 0; j < i; ++j) {
      const other = boxes[j];
      if (own.left < other.right && other.left < own.right &&
          own.top + 2 < other.bottom && other.top + 2 < own.bottom)
        faults.push(`${words} lies on ${all[j].textContent}`);
    }
    const ground = grounds.find(rect => inside(own, rect.getBoundingClientRect())) ?? back;
    const ratio = contrast(fill(text), fill(ground));
    if (ratio < 4.5) faults.push(`${words} has contrast ${ratio}`);
  });
  for (const rect of svg.querySelectorAll("rect[style]"))
    if (contrast(fill(rect), fill(grounds[0])) < 2.5)
      faults.push(`${rect.getAttribute("style")} has contrast ${contrast(fill(rect), fill(grounds[0]))}`);
}
const wide = document.documentElement.scrollWidth - document.documentElement.clientWidth;
if (wide > 0) faults.push(`wider than the window by ${wide}`);
const found = document.createElement("pre");
found.id = "found";
found.textContent = JSON.stringify({
  texts, faults, back: fill(document.querySelector(".back")), loaded: performance.getEntriesByType("resource").length});
document.body.append(found);
</script>"""


def looked_at(page, dark, width):
    """(what MEASURE finds, the page's text as the browser has it)"""
    with open("page.html", "w", encoding="utf-8") as file:
        file.write(page)
    done = subprocess.run(["chromium", "--headless", "--no-sandbox", "--disable-gpu",
                           f"--user-data-dir={os.getcwd()}/browser", "--enable-logging=stderr",
                           f"--window-size={width},900", *["--force-dark-mode"] * dark, "--dump-dom",
                           f"file://{os.getcwd()}/page.html"], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "CONSOLE" not in done.stderr, done.stderr
    found = re.search(r'<pre id="found">(.*?)</pre>', done.stdout, re.DOTALL)
    assert found, done.stdout[-500:] + done.stderr
    return json.loads(html.unescape(found[1])), done.stdout


# What looks finds what is wrong: one text on another, one that leaves, one that cannot be read.
BROKEN = """<svg class="grucc" viewBox="0 0 99 99" width="99" height="99"><rect class="back" width="99"
height="99" fill="#fff"/><rect class="box" width="1" height="1" fill="#fff"/><text x="9" y="50">one</text>
<text x="12" y="50">two</text><text x="90" y="80">leaves it</text><text x="9" y="20" fill="#ccc">faint</text></svg>
<div style="width: 3000px">wide</div>"""
found, _ = looked_at(f"<body>{BROKEN}{MEASURE}</body>", False, 1200)
assert [fault.split(":")[0].split(" by ")[0][:20] for fault in found["faults"]] == [
    "two lies on one", "leaves the picture", "faint has contrast 1", "wider than the windo"], found

write_machine()
for name, options in NETWORKS.items():
    picture = grucc(name, options, "svg")
    page = grucc(name, options, "html")
    backs = set()
    for dark in (False, True):
        for text, width in ((f"<!DOCTYPE html><meta charset=utf-8><body>{picture}{MEASURE}</body>", 1200),
                            (page.replace("</body>", MEASURE + "</body>"), 1200),
                            (page.replace("</body>", MEASURE + "</body>"), 600)):
            found, text = looked_at(text, dark, width)
            assert found["faults"] == [] and found["loaded"] == 0 and found["texts"] > 20, (name, dark, width, found)
            backs.add((dark, found["back"]))
            for word in ("multiply-adds",) if name == "gpu" else ("projection", "scan", "gates"):
                assert word in text, (name, word)
    assert backs == {(False, "rgb(255, 255, 255)"), (True, "rgb(20, 23, 28)")}, backs
print(len(NETWORKS), "networks in a browser")
