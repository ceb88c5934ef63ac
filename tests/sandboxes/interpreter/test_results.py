"""Figures and tables, as people and E2B's SDK see them: with the sandbox's packages."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from entourage.sandboxes.interpreter.types import CHART, DATA
from tests.sandboxes.interpreter.conftest import Room, needs_packages

pytestmark = needs_packages

PLOTS = {
    "line": ("plt.plot([1, 2], [3, 4], label='a')", {"label": "a", "points": [[1, 3], [2, 4]]}),
    "scatter": ("plt.scatter([1, 2], [3, 4], label='a')", {"label": "a", "points": [[1, 3], [2, 4]]}),
    "bar": ("plt.bar(['x', 'y'], [3, 4], label='g')", {"label": "x", "group": "g", "value": 3}),
    "pie": ("plt.pie([1, 3], labels=['p', 'q'])", {"label": "p", "angle": 90.0, "radius": 1}),
    "box_and_whisker": (
        "plt.boxplot([[1, 2, 3, 4, 5, 30]], tick_labels=['u'])",
        {"label": "u", "min": 1, "first_quartile": 2.25, "median": 3.5, "third_quartile": 4.75, "max": 5},
    ),
}


@pytest.mark.parametrize("kind", PLOTS)
async def test_a_figure_is_a_picture_and_a_chart(kernel: Room, kind: str):
    plot, first = PLOTS[kind]
    ran = await kernel.run(f"import matplotlib.pyplot as plt\n{plot}\nplt.title('T')\nplt.xlabel('t (s)')\nplt.show()")
    assert ran.error is None
    (figure,) = ran.results
    assert base64.b64decode(figure.data["image/png"]).startswith(b"\x89PNG")
    chart: dict[str, Any] = figure.data[CHART]
    assert (chart["type"], chart["title"]) == (kind, "T")
    assert kind == "pie" or (chart["x_label"], chart["x_unit"]) == ("t (s)", "s")
    assert {name: chart["elements"][0][name] for name in first} == first


async def test_several_axes_are_a_superchart_and_dates_are_dates(kernel: Room):
    code = """
import datetime as dt, matplotlib.pyplot as plt
figure, (left, right) = plt.subplots(1, 2)
left.plot([dt.date(2026, 1, 1), dt.date(2026, 1, 2)], [1, float('nan')])
right.bar(['x'], [2])
figure.suptitle('Both');
"""
    (figure,) = (await kernel.run(code)).results
    chart = figure.data[CHART]
    assert (chart["type"], chart["title"], [one["type"] for one in chart["elements"]]) == (
        "superchart",
        "Both",
        ["line", "bar"],
    )
    dated = chart["elements"][0]
    assert (dated["x_scale"], dated["elements"][0]["points"]) == ("datetime", [["2026-01-01", 1], ["2026-01-02", None]])


async def test_a_frame_is_a_page_and_its_columns(kernel: Room):
    ran = await kernel.run("import pandas as pd\npd.DataFrame({'a': [1, 2], 'b': ['x', None]})")
    (frame,) = ran.results
    assert frame.is_main
    assert "<table" in frame.data["text/html"]
    assert frame.data[DATA] == {"a": [1, 2], "b": ["x", None]}


async def test_what_cannot_be_passed_on_is_told(kernel: Room):
    ran = await kernel.run("from IPython.display import HTML\ndisplay(HTML('x' * 20_000_000))\n1 / 0")
    assert "too much to be passed on" in ran.stderr
    assert ran.error is not None
    assert ran.error.name == "ZeroDivisionError"
    assert (await kernel.run("1 + 1")).text == "2"


async def test_new_contexts_take_the_kernel_that_was_made_ready(kernel: Room):
    kernel.interpreters.prepare(kernel.live)
    kernel.interpreters.prepare(kernel.live)
    await kernel.run("x = 1")
    other = await kernel.interpreters.create_context(kernel.live)
    assert (await kernel.run("'x' in globals()", context_id=other.id)).text == "False"
    await kernel.interpreters.restart_context(kernel.live, other.id)
    assert (await kernel.run("6 * 7", context_id=other.id)).text == "42"


async def test_the_home_stays_clean(kernel: Room):
    await kernel.run("import matplotlib.pyplot as plt\nplt.plot([1])\nplt.show()")
    assert kernel.live.work_folder is not None
    assert list(kernel.live.work_folder.iterdir()) == []
