#!/usr/bin/env python3
"""Generates the tables of docs/rules.md: information that each rule needs, and a comparison; called by scripts/docs.py.

    scripts/rules_table.py RUNS

prints the comparison of RUNS, a sweep's folder or its record file.

The block `<!-- zoo:NAME begin -->` contains the comparison of results/zoo/NAME.jsonl; `zoo:needs` is generated from
scripts/rules.csv, `zoo:signs` by signs_table.py, and `zoo:picture-NAME` links the picture of scripts/rules_picture.py, if
it exists. Step times and memory are from results/zoo/steps.json (benchmarks/zoo.py), for the networks that it includes: the
runs themselves share CPU cores, so their times are not comparable.

Rules, families and needs are listed in scripts/rules.csv: "no", "yes", or "part: WHAT".
"""

import csv
import statistics
import sys
from pathlib import Path

from fill_tables import RECORDS, ROOT, filled_marks, mean_text
from records import choice_of, load, runs_of
from signs_table import signs_table

PAGE = ROOT / "docs" / "rules.md"
PICTURES = {"mnist": "rules.svg", "deep": "rules_deep.svg", "fashion": "rules_fashion.svg"}  # in the folder of PAGE
ZOO = RECORDS / "zoo"
STEPS = ZOO / "steps.json"
NEEDS = {"weights": "W", "activations": "A", "error": "E", "labels": "L", "passes": "P"}
TITLES = {"weights": "weights", "activations": "activations", "error": "error", "labels": "labels",
          "passes": "more passes"}
RATE = "optimizer.learning_rate"
NONE = "–"


def rules():
    """Returns the rules of scripts/rules.csv, in its order, grouped by family."""
    with open(ROOT / "scripts" / "rules.csv", newline="") as file:
        return list(csv.DictReader(file))


def zoo_records(name):
    """Returns the record file of one of the compared networks."""
    return ZOO / f"{name}.jsonl"


class Records:
    """The finished follow-up runs of a sweep's choice, from a sweep's folder or its record file."""

    def __init__(self, place):
        self.chosen = choice_of(place).get("chosen", {})
        self.found = {}
        for run in runs_of(place):
            self.found.setdefault(run.name, []).append(run)

    def all_runs(self, rule):
        """Returns the chosen runs of a rule for all seeds, finished or not."""
        name = load(ROOT / "configs" / "zoo" / f"{rule['config']}.json")["name"]
        names = self.choice(rule).get("then", [name])  # without a choice, the runs of the config itself
        return [run for one in sorted(names) for run in self.found.get(one, ())]

    def runs(self, rule):
        """Returns the finished runs of a rule."""
        return [run for run in self.all_runs(rule) if run.status == "done"]

    def diverged(self, rule):
        """Returns the number of chosen runs of a rule that diverged."""
        return sum(run.status == "diverged" for run in self.all_runs(rule))

    def choice(self, rule):
        """Returns the entry of a rule in choice.json; an empty dict if there is none."""
        return self.chosen.get(load(ROOT / "configs" / "zoo" / f"{rule['config']}.json")["name"], {})

    def failed_rates(self, rule):
        """Returns the learning rates without a result in the selection."""
        return [point["set"].get(RATE) for point in self.choice(rule).get("candidates", ())
                if point["validation_accuracy"] is None]


def errors(runs):
    """Returns the test error of each run, in percent."""
    return [100 * (1 - run.result["test_accuracy"]) for run in runs]


def angles(runs):
    """Returns the mean angle to backpropagation of each layer; None for a layer without one, [] if not measured."""
    lists = [run.result.get("measures", {}).get("angle", []) for run in runs]
    columns = [[angle for angle in column if angle is not None] for column in zip(*lists)]
    return [statistics.mean(column) if column else None for column in columns]


def angle_text(runs):
    """Formats the angles from the first to the last layer: "58, 48, 0"."""
    return ", ".join(NONE if angle is None else f"{angle:.0f}" for angle in angles(runs)) or NONE


def rate_text(records, rule, runs):
    """Formats "0.01 sgd", with a star if the selected rate was at the edge of the grid."""
    optimizers = {f"{run.config['optimizer']['learning_rate']:g}"
                  + ("*" if RATE in records.choice(rule).get("edges", ()) else "")
                  + f" {run.config['optimizer']['type']}" for run in runs}
    return ", ".join(sorted(optimizers))


def needs_text(rule):
    """Formats the needs as letters, "W A E"; lower case for partial needs."""
    letters = [letter.lower() if rule[need].startswith("part") else letter
               for need, letter in NEEDS.items() if rule[need] != "no"]
    return " ".join(letters) or NONE


def why_nothing(records, rule):
    """Returns why a rule has no results."""
    choice = records.choice(rule)
    if choice and choice["set"] is None:
        return "failed at every rate"
    if records.diverged(rule):
        return "every seed diverged"
    if records.all_runs(rule) or choice:
        return "no run came to its end"
    return "not run"


def name_of(rule):
    """Returns the name of the rule's config, linked to its section."""
    return f"[`{rule['config']}`](rules/{rule['section']})"


def cost_texts(rule, steps):
    """Formats the time of a step, its engine, and the peak memory of training."""
    name = rule["config"]
    if name not in steps["samples"]:
        return ["", "", ""]
    return [f"{statistics.median(steps['samples'][name]):.2f}", steps["engines"][name],
            f"{steps['peak_bytes'][name] / 2**20:.1f}"]


def count_text(records, rule, finished):
    """Formats the number of runs: "3", "2, 1 diverged", "1 of 3" for unfinished runs, or "0"."""
    diverged = records.diverged(rule)
    if diverged:
        return f"{finished}, {diverged} diverged"
    seeds = len(load(ROOT / "configs" / "zoo" / f"{rule['config']}.json")["seeds"])
    return f"{finished} of {seeds}" if 0 < finished < seeds else str(finished)


def compared(records, rule, steps):
    """Returns a rule's row of the comparison; without `steps`, it omits time and memory."""
    runs = records.runs(rule)
    figures = ([rate_text(records, rule, runs), mean_text(errors(runs), 2), angle_text(runs)] if runs else
               ["", why_nothing(records, rule), ""])
    costs = cost_texts(rule, steps) if steps else []
    return [name_of(rule), count_text(records, rule, len(runs)), *figures, *costs, needs_text(rule)]


def by_family(header, alignment, row_of):
    """Formats a Markdown table of all rules, with a row above each family; `row_of` returns the cells of a rule."""
    lines = [header, alignment]
    family = None
    for rule in rules():
        if rule["family"] != family:
            family = rule["family"]
            lines.append(f"| **{family}** |" + " |" * (len(header) - 1))
        lines.append(row_of(rule))
    return "\n".join(line if isinstance(line, str) else "| " + " | ".join(line) + " |" for line in lines)


def needs_table():
    """Formats the table of the information that each rule needs."""
    header = ["rule"] + [f"{title} ({NEEDS[need]})" for need, title in TITLES.items()]
    return by_family(header, ["---"] * len(header), lambda rule: [name_of(rule)] + [
        "" if rule[need] == "no" else rule[need].removeprefix("part: ").removeprefix("yes: ") for need in NEEDS])


def machine_text(records):
    """Formats the machine and the program version of the runs."""
    found = [run.environment for rule in rules() for run in records.runs(rule)]
    places = {f"{one['device_name']}, {one['threads']} thread{'s' * (one['threads'] != 1)}" for one in found}
    commits = {one["commit"][:10] + "-dirty" * bool(one["dirty"]) for one in found}
    return f"On {'; '.join(sorted(places))}; commit {', '.join(sorted(commits))}."


def steps_of(network):
    """Returns step times and engines for a network; None if there are none."""
    report = load(STEPS)
    if network not in report.get("samples", {}):
        return None
    return {"samples": report["samples"][network], "peak_bytes": report["peak_bytes"][network],
            "engines": report["engines"][network], "machine": report["machine"]}


def steps_text(steps):
    """Formats how the times were measured, and their uncertainty."""
    about = steps["machine"]
    commit = about["program"][0].partition("commit ")[2][:10]
    spreads = sorted(max(times) / min(times) for times in steps["samples"].values())
    return (f"Times: {about['cpu']}, {about['threads']} thread{'s' * (about['threads'] != 1)}, medians of {about['repeats']} rounds, "
            f"of which a rule's slowest took {statistics.median(spreads):.1f} times its fastest in the middle, {spreads[-1]:.1f} at "
            f"most; commit {commit}.")


def comparison(records, steps=None):
    """Formats the comparison and its remarks."""
    costs = ["ms per step", "engine", "peak MiB"] if steps else []
    header = ["rule", "n", "rate", "test error %", "angle by layer", *costs, "needs"]
    alignment = ["---", "---:", "---", "---:", "---", *["---:", "---", "---:"][:len(costs)], "---"]
    text = by_family(header, alignment, lambda rule: compared(records, rule, steps))
    failed = [f"`{rule['config']}` {', '.join(f'{rate:g}' for rate in rates)}"
              for rule in rules() if (rates := records.failed_rates(rule))]
    notes = [machine_text(records)] if any(records.runs(rule) for rule in rules()) else []
    notes += [steps_text(steps)] if steps else []
    notes += [f"Rates that gave no result: {'; '.join(failed)}."] if failed else []
    return "\n\n".join([text] + notes)


def fill(name, _):
    """Returns the new content of a block."""
    if name == "needs":
        return needs_table()
    if name.startswith("picture-"):
        picture = PICTURES[name.removeprefix("picture-")]
        link = f"![Test error, and angle to backpropagation by layer, of each rule]({picture})"
        return link if (PAGE.parent / picture).exists() else ""
    if name == "signs":
        return signs_table(zoo_records(name))
    return comparison(Records(zoo_records(name)), steps_of(name))


def pages():
    """Returns the new text of the page: (path, text)."""
    yield PAGE, filled_marks(PAGE, "zoo", fill)


if __name__ == "__main__":
    if len(sys.argv) != 2 or not Path(sys.argv[1]).exists():
        sys.exit(__doc__)
    print(comparison(Records(sys.argv[1])))
