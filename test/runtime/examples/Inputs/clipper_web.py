# ===- clipper_web.py - The clipper in a browser, against PyTorch -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===-------------------------------------------------------------=== #
"""clipper_web.py FOLDER: the page in FOLDER, which has all that its README puts there."""

import base64
import os
import sys

import numpy as np

from browser import Page, served

folder = os.path.abspath(sys.argv[1])
# Resolves when the page says something new of real time.
SHOWN = """new Promise(resolve => {
  const factor = document.getElementById('factor'), before = factor.textContent;
  %s
  const look = () => factor.textContent.startsWith('Real-time') && factor.textContent !== before
    ? resolve(factor.textContent) : setTimeout(look, 20);
  look();
})"""
PLOT = "document.getElementById('plot').toDataURL()"
RENDERED = """import('./effect.mjs').then(async ({ makeRiff, render }) => {
  const { output } = await render(makeRiff(), %s);
  const bytes = new Uint8Array(Float32Array.from({ length: Math.ceil(output.length / 31) }, (_, i) => output[31 * i]).buffer);
  return btoa(Array.from(bytes, byte => String.fromCharCode(byte)).join(''));
})"""

with served(folder) as address, Page(f"{folder}/browser") as page:
    page.open(address)
    # Until the page has drawn for the first time: it says so last.
    factor = page.value(SHOWN.replace("&& factor.textContent !== before", "") % "")
    assert "times faster than real time" in factor, factor

    recorded = np.fromfile(f"{folder}/recorded.f32", "<f4")
    rendered = np.frombuffer(base64.b64decode(page.value(RENDERED % 1)), "<f4")
    assert rendered.shape == recorded.shape, (rendered.shape, recorded.shape)
    difference = np.max(np.abs(rendered - recorded))
    print(f"largest difference from PyTorch {difference:.2e} V")
    assert difference <= 1e-5
    # Without a source, the module is fetched from beside the ES module.
    assert page.value("import('./clipper.mjs').then(async ({ Model }) =>"
                      " (await Model.load()).run(new Float32Array(3)).output.length)") == 3 * 24
    # The slider reaches the network: its output is another, and so is the plot.
    driven = np.frombuffer(base64.b64decode(page.value(RENDERED % 0.25)), "<f4")
    assert np.max(np.abs(driven - recorded)) > 0.1
    before = page.value(PLOT)
    page.value(SHOWN % "const drive = document.getElementById('drive'); drive.value = 3;"
                       " drive.dispatchEvent(new Event('input'));")
    assert page.value(PLOT) != before
    assert page.value("document.getElementById('said').value") == "3.00"
    # Played aloud, and stopped.
    play = "document.getElementById('play')"
    for said in ("Stop", "Play"):
        page.value(f"{play}.onclick()")
        assert page.value(f"{play}.textContent") == said
    if len(sys.argv) > 2:
        page.value(SHOWN % "const drive = document.getElementById('drive'); drive.value = 1;"
                           " drive.dispatchEvent(new Event('input'));")
        with open(sys.argv[2], "wb") as file:
            file.write(base64.b64decode(page.ask("Page.captureScreenshot")["data"]))
    assert page.wrong == [], page.wrong
