"""The tables of a report, as HTML. All text from runs is escaped."""

import json
import math
import statistics
from html import escape

from .. import figures
from .model import TABLE_EXPERIMENTS, TABLE_KEYS, TABLE_RUNS, mean_text

MIB = 2**20
RESULT_KEYS = ("test_accuracy", "validation_accuracy", "train_accuracy", "test_accuracy_by_goodness", "test_accuracy_by_head")


def table(head, rows, kind=""):
    """Returns a table that scrolls sideways on a narrow screen. Cells are HTML; the first of a row is its header."""
    cells = "".join(f'<th scope="col">{cell}</th>' for cell in head)
    body = "".join(f'<tr><th scope="row">{row[0]}</th>' + "".join(f"<td>{cell}</td>" for cell in row[1:]) + "</tr>"
                   for row in rows)
    return (f'<div class="scroll" tabindex="0"><table class="{kind}"><thead><tr>{cells}</tr></thead>'
            f"<tbody>{body}</tbody></table></div>")


def _value(value, words):
    if value is None:
        return f'<span class="quiet">{words("absent")}</span>'
    text = value if isinstance(value, str) else _json(value)
    return f"<code>{escape(text)}</code>"


def breakable(name):
    """Returns a name as HTML that may be broken after its dots and underscores."""
    return escape(name).replace(".", ".<wbr>").replace("_", "_<wbr>")


def _key(path):
    return f"<code>{breakable(path)}</code>"


def _json(value):
    return json.dumps(value, ensure_ascii=False)


def what_was_run(experiments, words, left_out):
    """Returns the config keys that differ between experiments; the whole config where there is one experiment."""
    shown = experiments[:TABLE_EXPERIMENTS]
    configs = [experiment.runs[0].config for experiment in shown]
    if len(configs) == 1:
        rows = [(_key(key), _value(value, words)) for key, value in figures.leaves(configs[0]).items()
                if key not in ("name", "seeds")]
        return f"<details><summary>{words('single')}</summary>{table((words('key'), words('value')), rows, 'text')}</details>"
    differing = figures.differences(configs)
    if not differing:
        return f"<p>{words('same')}</p>"
    if len(differing) > TABLE_KEYS:
        left_out.append(words("lo_keys", shown=TABLE_KEYS, all=len(differing)))
        differing = dict(list(differing.items())[:TABLE_KEYS])
    names = [breakable(experiment.label) for experiment in shown]
    note = f"<p>{words('what_note')}</p>"
    if len(shown) <= 4:
        rows = [(_key(key), *(_value(value, words) for value in values))
                for key, values in differing.items()]
        return note + table((words("key"), *names), rows, "text")
    rows = [(name, *(_value(values[i], words) for values in differing.values())) for i, name in enumerate(names)]
    return note + table((words("experiment"), *(_key(key) for key in differing)), rows, "text")


def machines(runs, words):
    """Versions, commits and devices of the runs, each once."""
    found = {}
    for run in runs:
        environment = run.environment
        device = environment.get("device_name") or environment.get("device") or "?"
        threads = environment.get("threads")
        text = " · ".join(str(part) for part in (
            f"ff {environment.get('version', '?')}", str(environment.get("commit", "?"))[:10], device,
            f"{threads} thread{'s' * (threads != 1)}" if threads else None, environment.get("engine")) if part)
        found[text] = found.get(text, 0) + 1
    items = "".join(f"<li>{escape(text)} ({count})</li>" for text, count in list(found.items())[:20])
    return f"<details><summary>{words('machines')}</summary><ul>{items}</ul></details>"


def results(experiments, words, left_out):
    """Returns the table of mean and deviation of every experiment's results."""
    shown = experiments[:TABLE_EXPERIMENTS]
    if len(shown) < len(experiments):
        left_out.append(words("lo_rows", shown=len(shown), all=len(experiments)))
    keys = [key for key in RESULT_KEYS if any(experiment.values(key) for experiment in shown)]
    means = {key: [statistics.fmean(experiment.values(key)) for experiment in shown if experiment.values(key)] for key in keys}
    best = {key: max(found) for key, found in means.items() if max(found) > min(found)}
    rows = []
    for experiment in shown:
        row = [breakable(experiment.label), _counts(experiment, words)]
        for key in keys:
            values = experiment.values(key)
            text = mean_text(values)
            row.append(f"<strong>{text}</strong>" if values and statistics.fmean(values) == best.get(key) else text)
        rows.append(row)
    head = (words("experiment"), words("runs_n"), *(words.figure(key) for key in keys))
    return f"<p>{words('results_note')}</p>" + table(head, rows) + _remarks(experiments, words)


def _counts(experiment, words):
    parts = [str(len(experiment.done))]
    parts += [words(status, n=experiment.count(status)) for status in ("unfinished", "diverged") if experiment.count(status)]
    return ", ".join(parts)


def _remarks(experiments, words):
    """Which experiments saw the test set in training, and what the runs warned of."""
    seen = [escape(experiment.label) for experiment in experiments
            if any(run.result.get("test_set_seen_in_training") for run in experiment.done)]
    html = f"<p>{words('seen', names=', '.join(seen[:50]) + (' …' if len(seen) > 50 else ''))}</p>" if seen else ""
    warnings = {}
    for experiment in experiments:
        for run in experiment.runs:
            for text in [*_list(run.result.get("warnings")), *_list(run.environment.get("warnings"))]:
                warnings.setdefault(str(text), []).append(f"{experiment.label}, {run.seed}")
    if warnings:
        items = "".join(f"<li>{escape(text)} <span class=quiet>({escape('; '.join(where[:5]))}"
                        f"{' …' if len(where) > 5 else ''})</span></li>" for text, where in list(warnings.items())[:20])
        html += f"<details open><summary>{words('warnings')}</summary><ul>{items}</ul></details>"
    return html


def _list(value):
    return value if isinstance(value, list) else []


def each_run(experiments, words, left_out):
    """Returns a row for each run, with its status."""
    runs = [(experiment, run) for experiment in experiments for run in experiment.runs]
    if len(runs) > TABLE_RUNS:
        left_out.append(words("lo_runs", shown=TABLE_RUNS, all=len(runs)))
    found = [(experiment, run, figures.of_result(run)) for experiment, run in runs[:TABLE_RUNS]]
    keys = [key for key in ("epochs", *RESULT_KEYS[:3], "train_seconds")
            if any(key in numbers for _, _, numbers in found)]
    digits = {"epochs": 0, "train_seconds": 1}
    rows = [(f"{breakable(experiment.label)}, {run.seed}", words(f"{run.status}_status"),
             *(mean_text(_finite(numbers, key), digits.get(key, 4)) for key in keys)) for experiment, run, numbers in found]
    head = (words("run"), words("status"), *(words.figure(key) for key in keys))
    return f"<details><summary>{words('each_run')}</summary>{table(head, rows)}</details>"


def _finite(numbers, key):
    value = numbers.get(key, math.nan)
    return [] if math.isnan(value) else [value]


def time_and_memory(experiments, words):
    """Returns seconds and MiB of every experiment; "" where no run tells."""
    columns = [("train_seconds", "train_seconds", 1, 1), ("second_per_epoch", None, 1, 2),
               ("evaluate_seconds", "evaluate_seconds", 1, 2), ("peak_mib", "peak_memory_bytes", MIB, 0),
               ("peak_mib_load", "peak_memory_load", MIB, 0), ("peak_mib_train", "peak_memory_train", MIB, 0),
               ("peak_mib_evaluate", "peak_memory_evaluate", MIB, 0)]
    shown, kept, cells = experiments[:TABLE_EXPERIMENTS], [], []
    for title, key, unit, digits in columns:
        found = [experiment.values(key) if key else _per_epoch(experiment) for experiment in shown]
        column = [[value / unit for value in values] for values in found]
        if any(column):
            kept.append(words.figure(title))
            largest = max(statistics.fmean(values) for values in column if values)
            cells.append([_bar(values, largest, digits) for values in column])
    if not kept:
        return ""
    rows = [(breakable(experiment.label), *(column[i] for column in cells)) for i, experiment in enumerate(shown)]
    return table((words("experiment"), *kept), rows, "bars")


def _per_epoch(experiment):
    found = []
    for run in experiment.done:
        seconds, epochs = (figures.number(run.result.get(key)) for key in ("train_seconds", "epochs"))
        phases = max((line.get("epoch", 0) for line in run.metrics), default=0) or epochs
        if not math.isnan(seconds) and phases > 0:
            found.append(seconds / phases)
    return found


def _bar(values, largest, digits):
    if not values:
        return ""
    share = 100 * statistics.fmean(values) / largest if largest > 0 else 0
    return f'<span class="bar" style="--share:{share:.1f}%">{mean_text(values, digits)}</span>'
