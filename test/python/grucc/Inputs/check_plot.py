# ===- check_plot.py - Pictures of models -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===----------------------------------------------------------------------=== #
import subprocess
import sys

import grucc

small = grucc.compile(grucc.GRU(2, 3, seed=1))
# Without matplotlib everything else works, and the picture is asked for by name.
subprocess.run([sys.executable, "-B", "-c", """
import sys
sys.modules["matplotlib"] = None
import grucc
model = grucc.compile(grucc.GRU(2, 3, seed=1))
try:
    model.plot()
except grucc.Error as error:
    assert type(error) is grucc.Error, error
    assert str(error) == ("matplotlib: found none, expected it for Model.plot: pip install "
                          "matplotlib"), error
else:
    raise AssertionError("no error")
"""], check=True)
assert "matplotlib" not in sys.modules  # nobody waits for it who draws nothing

from matplotlib import pyplot  # noqa: E402
from matplotlib.axes import Axes  # noqa: E402

from expect import fails  # noqa: E402


def drawn(ax):
    """(bars' lengths from the first row down, labels, texts)"""
    ax.figure.canvas.draw()
    bars = sorted(ax.patches, key=lambda bar: bar.get_y())
    return ([bar.get_width() for bar in bars], [label.get_text() for label in ax.get_yticklabels()],
            [text.get_text() for text in ax.texts])


# Every part is a bar as long as it is said to take, and says what its weights are.
stacked = grucc.compile(grucc.GRU(40, 48, num_layers=2, bidirectional=True, seed=1))
times, labels, texts = drawn(stacked.plot())
parts = stacked.report["parts"]
assert times == [part["step"]["microseconds"] for part in parts] and len(times) == 12, times
assert labels[:4] == ["layer 0 forward: projection", "layer 0 forward: scan",
                      "layer 0 forward: gates", "layer 0 reverse: projection"], labels
for part, text in zip(parts, texts, strict=True):
    if part["part"] != "gates":
        assert f"by {part['step']['bound']}; " in text, text
        assert f"{part['panels']} x {part['panel_units']} units" in text, text
        assert all(level in text for level in part["step"]["kept_in"]), text

# On Axes of the caller's, and on none of another kind.
figure, (left, right) = pyplot.subplots(1, 2)
assert small.plot(right) is right and small.plot(ax=left) is left and isinstance(left, Axes)
assert len(left.patches) == len(right.patches) == 3
fails("ax: found 3, expected matplotlib's Axes or None", small.plot, 3)

# No text leaves its figure, and none lies on another.
for model in (small, stacked):
    ax = model.plot()
    ax.figure.canvas.draw()
    page = ax.figure.bbox
    title, = (child for child in ax.get_children() if getattr(child, "get_text", str)()
              == ax.get_title(loc="left") != "")
    boxes = [text.get_window_extent() for text in [title, *ax.texts, *ax.get_yticklabels(),
                                                   ax.xaxis.label, *ax.get_legend().get_texts()]]
    for i, box in enumerate(boxes):
        assert page.x0 <= box.x0 and box.x1 <= page.x1 and page.y0 <= box.y0 and box.y1 <= page.y1
        assert not any(box.overlaps(other) for other in boxes[:i]), (i, box)

# Many layers are two: what stands above the first is alike.
deep = grucc.compile(grucc.GRU(4, 4, num_layers=9, seed=1))
assert drawn(deep.plot())[1][3] == "layers 1 to 8, each forward: projection"
# Of several levels the one that runs.
levels = grucc.compile(grucc.GRU(8, 24, seed=1), target=["x86-64-v2", "x86-64-v3"])
own = {level["target"]: level["parts"] for level in levels.report["levels"]}[levels.target]
assert drawn(levels.plot())[0] == [part["step"]["microseconds"] for part in own]
# Of a GPU what its report has.
gpu = grucc.compile(grucc.GRU(8, 16, seed=1), target="sm_80")
assert drawn(gpu.plot())[0] == list(gpu.report["gpu"]["step_parts_microseconds"].values())

# A file does not say what it was predicted to take.
small.save("small.so")
fails("report: found none of its parts, expected that of a model that grucc.compile has made: a "
      "file that is loaded does not say them", grucc.load("small.so").plot, kind=grucc.Error)
print("pictures of models")
