"""The data of a report's charts: a curve for each run, thinned and rounded, as JSON for assets/report.js.

A chart is {"title", "x", "marks", "variants": [{"label", "series": [{"e": experiment, "s": seed, "x": index into "xs",
"y": [...]}]}]}. The mean over the selected seeds and its band are computed in the page.
"""

import math

from .. import figures
from .model import CHART_EPOCHS, CHART_EXPERIMENTS, CHART_NUMBERS, CHART_RUNS

ORDER = ("test_accuracy", "validation_accuracy", "train_loss", "test_loss", "validation_loss", "loss", "head_loss",
         "threshold", "angle", "feedback_angle", "norm_ratio", "sign_agreement", "feedback_signs", "dead_units", "seconds",
         "peak_memory_bytes")
SETS = ("test", "validation", "train")


class Charts:
    """Collects the charts of the first experiments; `left_out` is what does not fit."""

    def __init__(self, experiments, words):
        self.words, self.left_out, self.not_finite = words, [], 0
        self.experiments = experiments[:CHART_EXPERIMENTS]
        per_experiment = max(1, CHART_RUNS // max(1, len(self.experiments)))
        self.runs = [(i, run) for i, experiment in enumerate(self.experiments) for run in experiment.runs[:per_experiment]]
        everything = sum(len(experiment.runs) for experiment in experiments)
        if len(self.runs) < everything:
            self.left_out.append(words("lo_charts", shown=len(self.experiments), all=len(experiments), runs=len(self.runs)))
        self.xs, self._x_index = [], {}

    def data(self, charts):
        """What the page's script needs."""
        names = [experiment.label for experiment in self.experiments]
        seeds = sorted({run.seed for _, run in self.runs})
        return {"experiments": names, "seeds": seeds, "xs": self.xs, "charts": charts}

    def by_epoch(self):
        """Returns a chart for each number of metrics.jsonl; those of layers have a variant for each."""
        rows = [(e, run, figures.epochs(run)) for e, run in self.runs]
        keys = dict.fromkeys(key for _, _, lines in rows for line in lines for key in line)
        families = {}
        for key in keys:
            family, _, layer = key.partition("_layer_")
            if family in ORDER:
                families.setdefault(family, {})[key] = int(layer) if layer else None
        curves = sum(len(variants) for variants in families.values()) * max(1, len(self.runs))
        limit = max(20, min(CHART_EPOCHS, CHART_NUMBERS // max(1, curves)))
        rows = [(e, run, _thinned(lines, limit)) for e, run, lines in rows]
        longest = max((_last(run) for _, run in self.runs), default=0)
        if longest > limit:
            self.left_out.append(self.words("lo_epochs", n=limit))
        charts = []
        for family in sorted(families, key=ORDER.index):
            variants = [{"label": self.words("of_layer", n=layer) if layer else "", "series": self._series(rows, "epoch", key)}
                        for key, layer in sorted(families[family].items(), key=lambda item: item[1] or 0)]
            charts.append({"title": self.words.figure(family), "x": self.words("epoch"), "marks": False,
                           "variants": [variant for variant in variants if variant["series"]]})
        return [chart for chart in charts if chart["variants"]]

    def by_layer(self):
        """Returns two charts: accuracy of the first layers together, and of each layer alone."""
        titles = {"prefix": ("by_prefix", "first_layers"), "layer": ("by_layer", "layer")}
        return [chart for kind, (title, x) in titles.items()
                if (chart := self._by_set(title, x, kind, lambda run, kind=kind: figures.of_layers(run, kind)))]

    def pruning(self):
        """Returns one chart: accuracy by pruned share."""
        chart = self._by_set("pruned_by", "share", "pruned", figures.of_pruning)
        return [chart] if chart else []

    def _by_set(self, title, x, key, rows_of):
        rows = [(e, run, rows_of(run)) for e, run in self.runs]
        variants = [{"label": self.words.figure(part), "series": self._series(rows, key, f"{part}_accuracy")} for part in SETS]
        variants = [variant for variant in variants if variant["series"]]
        return {"title": self.words(title), "x": self.words(x), "marks": True, "variants": variants} if variants else None

    def _series(self, rows, x, y):
        series = []
        for e, run, lines in rows:
            lines = [line for line in lines if x in line and y in line]
            values = [_rounded(line[y]) for line in lines]
            self.not_finite += values.count(None) if x == "epoch" else 0
            if any(value is not None for value in values):
                series.append({"e": e, "s": run.seed, "x": self._shared([_rounded(line[x]) for line in lines]), "y": values})
        return series

    def _shared(self, xs):
        key = tuple(xs)
        if key not in self._x_index:
            self._x_index[key] = len(self.xs)
            self.xs.append(xs)
        return self._x_index[key]


def _last(run):
    return run.metrics[-1].get("epoch", 0) if run.metrics else 0


def _thinned(lines, limit):
    if len(lines) <= limit:
        return lines
    step = -(-len(lines) // limit)
    return lines[:-1:step] + lines[-1:]


def _rounded(value):
    """Rounds to five significant digits; None for NaN."""
    if math.isnan(value):
        return None
    short = float(f"{value:.5g}")
    return int(short) if short.is_integer() else short
