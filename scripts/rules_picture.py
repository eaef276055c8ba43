#!/usr/bin/env python3
"""Draws docs/rules.svg, rules_deep.svg, ...: test error of each rule, and its angle to backpropagation by layer.

    scripts/rules_picture.py RUNS PICTURE.svg

RUNS is a sweep's folder or its record file. The pictures in docs/ show results/zoo/mnist.jsonl, ... and are written by
scripts/docs.py. scripts/rules_table.py formats the same records as a table and links the picture.
"""

import math
import statistics
import sys
from pathlib import Path
from xml.sax.saxutils import escape

from rules_table import PAGE, PICTURES, Records, angles, errors, rules, why_nothing, zoo_records

ROW, TOP, BOTTOM, WIDTH = 20, 64, 44, 900
ERROR, ANGLE = (196, 536), (580, 876)  # from, to, in x
TICKS = (0.5, 1, 2, 5, 10, 20, 50, 100)
CONTROLS = ("bp", "first_layer", "readout")  # drawn as vertical lines through all rows
STYLE = """
  .ground { fill: #ffffff }
  text { fill: #1f2328; font: 12px system-ui, sans-serif; stroke: #ffffff; stroke-width: 3px; paint-order: stroke }
  .quiet { fill: #59636e } .family { font-weight: 600 } .layer { fill: #0550ae; font-weight: 600 }
  .grid { stroke: #d1d9e0 } .control { stroke: #59636e; stroke-dasharray: 3 3 }
  .range { stroke: #bc4c00; stroke-width: 2 } .mean { fill: #bc4c00 }
  @media (prefers-color-scheme: dark) {
    .ground { fill: #0d1117 } text { fill: #f0f6fc; stroke: #0d1117 } .quiet { fill: #9198a1 } .layer { fill: #79c0ff }
    .grid { stroke: #2f3742 } .control { stroke: #9198a1 } .range { stroke: #f0883e } .mean { fill: #f0883e }
  }
"""


def text(x, y, what, kind="", anchor="start"):
    """Draws a line of text, vertically centred at y."""
    return f'<text x="{x:.1f}" y="{y + 4:.1f}" class="{kind}" text-anchor="{anchor}">{escape(what)}</text>'


def line(x1, y1, x2, y2, kind):
    """Draws a straight line."""
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" class="{kind}"/>'


class Axis:
    """A linear or logarithmic axis; values outside its range are clamped."""

    def __init__(self, ends, values, ticks, of=float):
        self.ends, self.ticks, self.of = ends, ticks, of
        self.low, self.high = of(values[0]), of(values[1])

    def x(self, value):
        """Returns the x coordinate of a value."""
        share = (self.of(max(value, 1e-9)) - self.low) / (self.high - self.low)
        return self.ends[0] + min(max(share, 0), 1) * (self.ends[1] - self.ends[0])

    def grid(self, bottom, title):
        """Draws the grid lines, their labels and a title above."""
        parts = [text(sum(self.ends) / 2, 18, title, "family", "middle")]
        for tick in self.ticks:
            parts += [line(self.x(tick), TOP - 14, self.x(tick), bottom, "grid"),
                      text(self.x(tick), TOP - 22, f"{tick:g}", "quiet", "middle")]
        return parts


def axes(records):
    """Returns the logarithmic axis of errors and the axis of angles, fitted to the records."""
    found = [records.runs(rule) for rule in rules()]
    smallest = min((error for runs in found for error in errors(runs)), default=1)
    ticks = [tick for tick in TICKS if tick >= max(tick for tick in TICKS if tick <= max(smallest, TICKS[0]))]
    largest = max((angle for runs in found for angle in angles(runs) if angle is not None), default=0)
    end = 100 if largest <= 100 else 180
    return (Axis(ERROR, (ticks[0], 100), ticks, math.log),
            Axis(ANGLE, (0, end), [0, 30, 60, 90] + [120, 150, 180] * (end > 100)))


def layer_marks(axis, y, values):
    """Draws the number of each layer at its angle; overlapping numbers are moved apart."""
    spots = sorted((axis.x(value), i + 1) for i, value in enumerate(values) if value is not None)
    groups = []
    for x, layer in spots:
        if groups and x - statistics.mean(x for x, _ in groups[-1]) < 4.5 * (len(groups[-1]) + 1):
            groups[-1].append((x, layer))
        else:
            groups.append([(x, layer)])
    parts = []
    for group in groups:
        middle = statistics.mean(x for x, _ in group)
        parts += [text(middle + 9 * (i - (len(group) - 1) / 2), y, str(layer), "layer", "middle")
                  for i, (_, layer) in enumerate(sorted(group, key=lambda spot: spot[1]))]
    return parts


def row(records, rule, y, error_axis, angle_axis):
    """Draws the name of a rule, the mean and range of its errors over seeds, and its layers."""
    runs = records.runs(rule)
    parts = [line(12, y + ROW / 2, WIDTH - 12, y + ROW / 2, "grid"), text(24, y, rule["config"])]
    if not runs:
        return parts + [text(ERROR[0] + 8, y, why_nothing(records, rule), "quiet")]
    found = errors(runs)
    return parts + [line(error_axis.x(min(found)), y, error_axis.x(max(found)), y, "range"),
                    f'<circle cx="{error_axis.x(statistics.mean(found)):.1f}" cy="{y:.1f}" r="4" class="mean"/>',
                    *layer_marks(angle_axis, y, angles(runs))]


def control_lines(records, bottom, axis):
    """Draws the errors of the controls as lines through all rows, labelled below."""
    parts = []
    for i, name in enumerate(CONTROLS):
        found = errors([run for rule in rules() if rule["config"] == name for run in records.runs(rule)])
        if found:
            x, end = axis.x(statistics.mean(found)), bottom + 8 + 14 * (i % 2)
            parts += [line(x, TOP - 14, x, end - 2, "control"), text(x, end + 6, name, "quiet", "middle")]
    return parts


def picture(records):
    """Returns the complete SVG."""
    families = list(dict.fromkeys(rule["family"] for rule in rules()))
    bottom = TOP + ROW * (len(rules()) + len(families)) - ROW / 2
    error_axis, angle_axis = axes(records)
    title = "Rules compared: test error, and angle to backpropagation by layer"
    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {bottom + BOTTOM:.0f}" role="img">',
             f"<title>{title}</title>", f"<style>{STYLE}</style>",
             f'<rect class="ground" width="{WIDTH}" height="{bottom + BOTTOM:.0f}" rx="6"/>',
             *error_axis.grid(bottom, "test error, % (mean, and range over seeds)"),
             *angle_axis.grid(bottom, "angle to backpropagation, degrees, by layer"),
             *control_lines(records, bottom, error_axis)]
    y = TOP
    for family in families:
        parts.append(text(12, y, family, "family"))
        for rule in (rule for rule in rules() if rule["family"] == family):
            y += ROW
            parts += row(records, rule, y, error_axis, angle_axis)
        y += ROW
    return "\n".join(parts + ["</svg>"]) + "\n"


def draw(place):
    """Returns the picture of the records in a folder or a file."""
    records = Records(place)
    if not any(records.runs(rule) for rule in rules()):
        sys.exit(f"{place}: holds no finished run of a config in configs/zoo")
    return picture(records)


def pages():
    """Returns the new text of each picture of the page: (path, text)."""
    for name, file in PICTURES.items():
        yield PAGE.parent / file, draw(zoo_records(name))


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    Path(sys.argv[2]).write_text(draw(sys.argv[1]), encoding="utf-8")
