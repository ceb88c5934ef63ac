"""The forms of figures and data frames beside their usual ones: what a chart shows, and a frame's columns.

Runs inside the sandbox, before `kernel.py` or `plain.py`. Standard library only; it touches no package that the code
has not imported itself.
"""

import datetime as dt
import math
import os
import shutil
import sys

CHART = "application/vnd.entourage.chart+json"
DATA = "application/vnd.entourage.data+json"
MOST_CELLS = 100_000
MOST_POINTS = 10_000
SAME = 1e-6


def give_fonts():
    """matplotlib's list of fonts, found when the packages were installed: it takes a second to make."""
    for folder in sys.path:
        found = os.path.join(folder, ".matplotlib")
        if folder and os.path.isdir(found) and "MPLCONFIGDIR" in os.environ:
            for name in os.listdir(found):
                shutil.copy(os.path.join(found, name), os.environ["MPLCONFIGDIR"])
            return


def data_of(frame):
    """A data frame as column -> list of values; None when it is too big to be sent along."""
    if frame.shape[0] * max(frame.shape[1], 1) > MOST_CELLS:
        return None
    return {str(name): [plain(value) for value in frame.iloc[:, at].tolist()] for at, name in enumerate(frame.columns)}


def chart_of(figure):
    """What a matplotlib figure shows; several axes are a superchart. None for an empty figure."""
    charts = [chart for chart in map(axes_of, figure.get_axes()) if chart]
    if len(charts) > 1:
        title = figure.get_suptitle() if hasattr(figure, "get_suptitle") else ""
        return {"type": "superchart", "title": title or "", "elements": charts}
    return charts[0] if charts else None


def axes_of(axes):
    """One chart: the first kind of drawing that is found on the axes."""
    common = {"title": axes.get_title()}
    plane = {
        "x_label": axes.get_xlabel() or None,
        "y_label": axes.get_ylabel() or None,
        "x_unit": unit(axes.get_xlabel()),
        "y_unit": unit(axes.get_ylabel()),
    }
    for read in (pie, boxes, bars, scatter, lines):
        kind, elements = read(axes)
        if elements:
            more = {} if kind == "pie" else plane | (scales(axes) if kind in ("line", "scatter") else {})
            return {"type": kind, **common, **more, "elements": elements}
    return {"type": "unknown", **common, "elements": []} if axes.has_data() else None


def pie(axes):
    wedges = [patch for patch in axes.patches if type(patch).__name__ == "Wedge"]
    return "pie", [
        {"label": wedge.get_label(), "angle": plain(abs(wedge.theta2 - wedge.theta1)), "radius": plain(wedge.r)}
        for wedge in wedges
    ]


def boxes(axes):
    """A box is a closed path of five points; its whiskers, caps, median and outliers are lines beside it."""
    found = []
    upright = [line for line in axes.lines if len(line.get_xdata()) == 5 and is_box(line)]
    names = [label.get_text() for label in axes.get_xticklabels()]
    for at, box in enumerate(upright):
        xs, ys = list(map(float, box.get_xdata())), sorted(map(float, box.get_ydata()))
        middle, low, high = (min(xs) + max(xs)) / 2, ys[0], ys[-1]
        beside = [line for line in axes.lines if line is not box and len(line.get_xdata()) and about(line, middle)]
        spread = [float(y) for line in beside if len(line.get_xdata()) == 2 for y in line.get_ydata()]
        flat = [line for line in beside if len(set(map(float, line.get_ydata()))) == 1 and len(line.get_ydata()) == 2]
        medians = [float(line.get_ydata()[0]) for line in flat if abs(width(line) - width(box)) < SAME]
        outliers = [plain(y) for line in beside if line.get_linestyle() == "None" for y in line.get_ydata()]
        found.append(
            {
                "label": names[at] if at < len(names) else str(at + 1),
                "min": min([*spread, low]),
                "first_quartile": low,
                "median": medians[0] if medians else (low + high) / 2,
                "third_quartile": high,
                "max": max([*spread, high]),
                "outliers": outliers,
            }
        )
    return "box_and_whisker", found


def is_box(line):
    xs, ys = list(line.get_xdata()), list(line.get_ydata())
    return xs[0] == xs[-1] and ys[0] == ys[-1] and len(set(map(float, xs))) == 2 and len(set(map(float, ys))) == 2


def width(line):
    xs = list(map(float, line.get_xdata()))
    return max(xs) - min(xs)


def about(line, middle):
    xs = list(map(float, line.get_xdata()))
    return abs((min(xs) + max(xs)) / 2 - middle) < SAME


def bars(axes):
    labels = {plain(tick): label.get_text() for tick, label in zip(axes.get_xticks(), axes.get_xticklabels())}
    across = {plain(tick): label.get_text() for tick, label in zip(axes.get_yticks(), axes.get_yticklabels())}
    found = []
    for container in axes.containers:
        if type(container).__name__ != "BarContainer":
            continue
        flat = getattr(container, "orientation", "vertical") == "horizontal"
        group = container.get_label()
        for bar in container:
            at = bar.get_y() + bar.get_height() / 2 if flat else bar.get_x() + bar.get_width() / 2
            value = bar.get_width() if flat else bar.get_height()
            name = (across if flat else labels).get(plain(at)) or str(plain(at))
            found.append({"label": name, "group": "" if group.startswith("_") else group, "value": plain(value)})
    return "bar", found


def scatter(axes):
    collections = [one for one in axes.collections if type(one).__name__ == "PathCollection"]
    return "scatter", [
        {"label": named(one.get_label(), at), "points": [[plain(x), plain(y)] for x, y in few(one.get_offsets())]}
        for at, one in enumerate(collections)
    ]


def lines(axes):
    return "line", [
        {
            "label": named(line.get_label(), at),
            "points": [[plain(x), plain(y)] for x, y in few(list(zip(line.get_xdata(), line.get_ydata())))],
        }
        for at, line in enumerate(axes.lines)
    ]


def scales(axes):
    told = {}
    for name, axis, scale in (("x", axes.xaxis, axes.get_xscale()), ("y", axes.yaxis, axes.get_yscale())):
        kind = type(axis.get_converter() if hasattr(axis, "get_converter") else axis.converter).__name__
        is_date = "Date" in kind or "Datetime" in kind
        told[f"{name}_ticks"] = [plain(tick) for tick in axis.get_majorticklocs()]
        told[f"{name}_tick_labels"] = [label.get_text() for label in axis.get_ticklabels()]
        told[f"{name}_scale"] = "datetime" if is_date else "categorical" if "StrCategory" in kind else scale
    return told


def few(points):
    return points[:: max(1, math.ceil(len(points) / MOST_POINTS))]


def named(label, at):
    return f"Series {at + 1}" if label.startswith("_") else label


def unit(label):
    """What stands in brackets at the end of an axis' name."""
    start, end = label.rfind("("), label.rfind(")")
    return label[start + 1 : end] or None if 0 <= start < end else None


def plain(value):
    """A value JSON can hold: numbers that are finite, texts, times as ISO 8601."""
    if hasattr(value, "item") and not hasattr(value, "isoformat"):
        value = value.item()
    if value is None or isinstance(value, (bool, int, str)):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, (dt.date, dt.time)) or hasattr(value, "isoformat"):
        return value.isoformat()
    return str(value)
