"""What a report is about: the runs by experiment, and how much of them it shows."""

import math
import re
import statistics
from dataclasses import dataclass, field

from .. import figures

# A page of ten runs stays under 2 MB and one of 1,000 under 20 MB; what is over a limit is named in the page.
CHART_EXPERIMENTS, CHART_RUNS = 20, 200
CHART_NUMBERS, CHART_EPOCHS = 120_000, 1000
TABLE_EXPERIMENTS, TABLE_RUNS, TABLE_KEYS = 1000, 1000, 40
PICTURE_EXPERIMENTS = 8


@dataclass
class Experiment:
    """The runs of one experiment, by seed."""

    label: str
    runs: list = field(default_factory=list)

    @property
    def done(self):
        """Its finished runs."""
        return [run for run in self.runs if run.status == "done"]

    def count(self, status):
        """Returns how many runs have a status."""
        return sum(run.status == status for run in self.runs)

    def values(self, key):
        """Returns a number of result.json for each finished run that has it."""
        found = (figures.of_result(run).get(key, math.nan) for run in self.done)
        return [value for value in found if not math.isnan(value)]


def experiments_of(runs):
    """Returns experiments by name, exp2 before exp10. Those of the same name are told apart by their place."""
    groups = {}
    for run in sorted(runs, key=lambda run: _natural(run.experiment)):
        groups.setdefault((run.place, run.experiment, run.name), []).append(run)
    names = [name for _, _, name in groups]
    found = []
    for (place, folder, name), group in groups.items():
        label = name if names.count(name) == 1 else f"{name} ({place.rstrip('/')}/{folder})"
        found.append(Experiment(label, sorted(group, key=lambda run: run.seed)))
    return found


def _natural(text):
    return [(part.isdigit(), int(part) if part.isdigit() else 0, part) for part in re.split(r"(\d+)", text)]


def mean_text(values, digits=4):
    """Returns "0.9621 ± 0.0016", the value alone for one run, "" for none."""
    if not values:
        return ""
    text = f"{statistics.fmean(values):.{digits}f}"
    return text if len(values) == 1 else f"{text} ± {statistics.stdev(values):.{digits}f}"


def epoch_limit(folders):
    """Returns how many lines of each metrics.jsonl are read, for a number of run folders."""
    return max(50, min(CHART_EPOCHS, CHART_NUMBERS // max(1, folders)))
