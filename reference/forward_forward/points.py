"""From runs to the points of a figure: one curve per group, the mean and deviation over the group's runs."""

import math
import statistics
from dataclasses import dataclass, field

from . import figures

TABLES = {"pruned": figures.of_pruning, "layer": lambda run: figures.of_layers(run, "layer"),
          "prefix": lambda run: figures.of_layers(run, "prefix")}
SPREADS = ("sd", "se", "range", "none")


class NoPoints(ValueError):
    """Runs without the numbers that were asked for; the message says which there are."""


@dataclass
class Curve:
    """Points by increasing x; `low` and `high` equal `y` where there is one run or no spread."""

    group: str
    runs: int = 0
    x: list = field(default_factory=list)
    y: list = field(default_factory=list)
    low: list = field(default_factory=list)
    high: list = field(default_factory=list)


def rows_for(run, x, y):
    """Returns the rows of numbers in which `x` and `y` are looked for.

    With x "pruned", "layer" or "prefix" they are the result's lists, with a key of the config the result; otherwise the
    epochs, or the result where no epoch has both.
    """
    if x in TABLES:
        return TABLES[x](run)
    value = figures.number(figures.at(run.config, x)) if "." in x or x in run.config else math.nan
    if not math.isnan(value):
        return [{**figures.of_result(run), x: value}]
    rows, result = figures.epochs(run), figures.of_result(run)
    return [result] if x in result and y in result and not any(x in row and y in row for row in rows) else rows


def group_of(run, keys):
    """Returns the text of a run's group: the values of `keys`, "name", "seed", "status" or dotted keys of the config."""
    head = {"name": run.name, "seed": run.seed, "status": run.status}
    values = [head[key] if key in head else figures.at(run.config, key) for key in keys]
    texts = ["none" if value is None else _text(value) for value in values]
    if keys == ["name"]:
        return texts[0]
    return ", ".join(text if key == "name" else f"{key.rpartition('.')[2]} {text}" for key, text in zip(keys, texts))


def _text(value):
    return f"{value:g}" if isinstance(value, float) else str(value)


def curves(runs, x, y, keys=("name",), spread="sd"):
    """Returns (curves, dropped): a Curve of y against x for each group of runs, and how many values were not finite.

    Values of several runs are averaged where they belong together: at the same epoch, or at the same x of results. With x
    a number of epochs other than `epoch` (train_seconds), x is the mean of theirs. Raises NoPoints.
    """
    by_group, dropped, names = {}, 0, {}
    for run in runs:
        group = by_group.setdefault(group_of(run, list(keys)), {})
        for row in rows_for(run, x, y):
            names.update(dict.fromkeys(row))
            if x not in row or y not in row:
                continue
            if math.isnan(row[x]) or math.isnan(row[y]):
                dropped += 1
                continue
            place = row["epoch"] if "epoch" in row and x not in TABLES else row[x]
            group.setdefault(place, []).append((run, row[x], row[y]))
    found = [_curve(group, places, spread) for group, places in by_group.items() if places]
    if not found:
        raise NoPoints(_no_points(x, y, names, dropped))
    return found, dropped


def _curve(group, places, spread):
    curve = Curve(group, runs=len({id(run) for points in places.values() for run, _, _ in points}))
    points = []
    for values in places.values():
        ys = [y for _, _, y in values]
        xs = [x for _, x, _ in values]
        x = xs[0] if min(xs) == max(xs) else statistics.fmean(xs)
        points.append((x, statistics.fmean(ys), *interval(ys, spread)))
    for x, y, low, high in sorted(points):
        curve.x.append(x)
        curve.y.append(y)
        curve.low.append(low)
        curve.high.append(high)
    return curve


def interval(values, spread):
    """Returns (low, high) around the mean: standard deviation (n - 1), standard error, or smallest and largest value."""
    mean = statistics.fmean(values)
    if spread == "range":
        return min(values), max(values)
    if spread == "none" or len(values) == 1:
        return mean, mean
    deviation = statistics.stdev(values)
    if spread == "se":
        deviation /= math.sqrt(len(values))
    return mean - deviation, mean + deviation


def _no_points(x, y, names, dropped):
    if dropped:
        return f"every value of {y} by {x} is NaN or infinite"
    if not names:
        return f"no run has {y} by {x}: metrics.jsonl is empty (0 epochs), or the result lacks it"
    absent = " and ".join(name for name in (x, y) if name not in names)
    if not absent:
        return f"no run has both {x} and {y} in the same row"
    return f"no run has {absent}; there are: {', '.join(sorted(names))}"
