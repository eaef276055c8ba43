"""The page of a report: sections of HTML, and the data, styles and scripts that it needs, in one file."""

import json
import sys
from html import escape
from importlib import resources

from .. import command
from . import tables
from .charts import Charts
from .evaluation import RUNS, Confusion, Sets, goodness
from .model import PICTURE_EXPERIMENTS, experiments_of
from .pictures import data_url, image, weight_grid
from .words import Words

UPLOT = "1.6.31"
SCRIPT_WORDS = ("log", "values", "chart_help", "nothing", "all", "none", "seeds", "experiments", "single_runs")
# The page cannot load anything, nor be made to by a run's name.
POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'unsafe-inline'"


def asset(name):
    """Returns the text of a file in assets/."""
    return (resources.files("forward_forward") / "assets" / name).read_text(encoding="utf-8")


def script_json(value):
    """JSON that is safe within a <script> element."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def page(runs, language="en", title=None, data_root=None):
    """Returns the HTML of the report of `runs`."""
    words, experiments, left_out = Words(language), experiments_of(runs), []
    charts = Charts(experiments, words)
    all_charts, parts = [], []

    def charts_section(key, made, note=""):
        if made:
            first = len(all_charts)
            all_charts.extend(made)
            figures = "".join(f'<div class="chart" data-chart="{first + i}"></div>' for i in range(len(made)))
            parts.append((key, f"{note}<div class=charts>{figures}</div>"))

    shared = (experiments, words, left_out)
    parts.append(("results", tables.results(*shared) + tables.each_run(*shared)))
    parts.append(("what", tables.what_was_run(*shared) + tables.machines(runs, words)))
    curves = charts.by_epoch()
    charts_section("curves", curves)
    if not curves:
        parts.append(("curves", f"<p>{words('no_epochs')}</p>"))
    charts_section("layers", charts.by_layer(), f"<p>{words('layers_note')}</p>")
    charts_section("pruning", charts.pruning(), f"<p>{words('pruning_note')}</p>")
    parts.append(("time", tables.time_and_memory(experiments, words)))
    parts += pictures(experiments, words, data_root, left_out)
    left_out = charts.left_out + left_out
    if charts.not_finite:
        parts[0] = (parts[0][0], f"<p class=note>{words('nan', n=charts.not_finite)}</p>" + parts[0][1])
    data = charts.data(all_charts)
    data["words"] = {key: words(key) for key in SCRIPT_WORDS}
    title = title or _title(runs, experiments, words)
    return _document(words, title, _summary(runs, experiments, words), left_out, parts, data)


def _title(runs, experiments, words):
    return words("report", runs=len(runs)) if len(runs) > 1 else f"{words('one_run')}: {experiments[0].label}"


def _summary(runs, experiments, words):
    done = sum(run.status == "done" for run in runs)
    parts = [words("summary", experiments=len(experiments), done=done)]
    for status in ("unfinished", "diverged"):
        count = sum(run.status == status for run in runs)
        if count:
            parts.append(words(status, n=count))
    return ", ".join(parts)


def pictures(experiments, words, data_root, left_out):
    """Sections that need NumPy and the tensors of run folders; none of them where either lacks."""
    with_files = [experiment for experiment in experiments
                  if any(run.path and (run.path / name).exists()
                         for run in experiment.done for name in ("checkpoint.pt", "predictions.pt"))]
    if not with_files:
        return []
    try:
        import numpy  # noqa: F401
    except ImportError:
        command.note("report", "without NumPy there are no confusion matrices and no weights in the page; install it: "
                     f"{sys.executable} -m pip install numpy")
        return [("confusion", f"<p>{words('no_numpy')}</p>")]
    if len(with_files) > PICTURE_EXPERIMENTS:
        left_out.append(words("lo_pictures", shown=PICTURE_EXPERIMENTS, all=len(with_files)))
    if any(len(experiment.done) > RUNS for experiment in with_files):
        left_out.append(words("lo_counted", runs=RUNS))
    shown, sets = with_files[:PICTURE_EXPERIMENTS], Sets(data_root)
    sections = [("confusion", confusions(shown, sets, words)), ("goodness", goodness_maps(shown, sets, words)),
                ("weights", weights(shown, words))]
    return [(key, html) for key, html in sections if html]


def confusions(experiments, sets, words):
    """Returns a matrix for each experiment, the first one open, and its most frequent mistakes as images."""
    html = ""
    for index, experiment in enumerate(experiments):
        found = Confusion(experiment, sets)
        name = escape(experiment.label)
        if found.counts is None:
            if found.reasons:
                html += f"<p class=note>{words('no_labels', name=name, reason=escape(found.reasons[0]))}</p>"
            continue
        html += (f"<details{' open' if index == 0 else ''}><summary>{name} ({words('runs_n')}: {found.runs})</summary>"
                 f"{_matrix(found.counts, words)}{_mistakes(found, words)}</details>")
    return html and f"<p>{words('confusion_note')}</p>{html}"


def _matrix(counts, words):
    largest = max(1, int(max(row.sum() - row[i] for i, row in enumerate(counts))))
    rows = []
    for i, row in enumerate(counts.tolist()):
        cells = []
        for j, count in enumerate(row):
            share = count / sum(row) if i == j and sum(row) else min(1, 2 * count / largest)
            kind = "right" if i == j else "wrong"
            cells.append(f'<span class="cell {kind}" style="--share:{share:.3f}">{count}</span>' if count else "")
        rows.append((i, *cells))
    return tables.table((words("true"), *range(len(counts))), rows, "matrix")


def _mistakes(found, words):
    items = "".join(
        f'<li><img src="{data_url(image(pixels))}" alt="" width="56" height="{56 * pixels.shape[1] // pixels.shape[2]}">'
        f"<span>{label} → {wrong}</span></li>" for pixels, label, wrong in found.mistakes())
    return f"<p>{words('mistakes')}</p><ul class=pictures>{items}</ul>" if items else ""


def goodness_maps(experiments, sets, words):
    """Goodness of each label in each layer for a few images, of the runs with a saved evaluation."""
    html = ""
    for experiment in experiments:
        for run in experiment.done[:RUNS]:
            found = goodness(run, sets) if run.path else []
            if found:
                name = escape(f"{experiment.label}, {run.seed}")
                maps = "".join(_goodness_map(*one, words) for one in found)
                html += f"<p>{words('goodness_note', run=name)}</p><div class=maps>{maps}</div>"
                break
    return html


def _goodness_map(pixels, label, scores, words):
    rows = []
    for layer, values in enumerate(scores.tolist(), 1):
        low, high = min(values), max(values)
        rows.append((layer, *(f'<span class="cell right{" own" if j == label else ""}" '
                              f'style="--share:{(value - low) / (high - low) if high > low else 0:.3f}">{value:.3g}</span>'
                              for j, value in enumerate(values))))
    picture = f'<img src="{data_url(image(pixels))}" alt="{words("true")} {label}" width="84">'
    return f"<figure>{picture}{tables.table((words('layer'), *range(scores.shape[1])), rows, 'matrix')}</figure>"


def weights(experiments, words):
    """First-layer weights of the first finished run of each experiment."""
    from ..tensors import TensorFileError, load_tensors

    html = ""
    for experiment in experiments:
        run = next((run for run in experiment.done if run.path and (run.path / "checkpoint.pt").exists()), None)
        shape = run and (run.environment.get("data") or {}).get("shape")
        if not shape:
            continue
        try:
            weight = load_tensors(run.path / "checkpoint.pt", "model", "layers.0.weight")
        except (TensorFileError, OSError):
            continue
        grid = weight_grid(weight, shape)
        if grid:
            content, width, shown = grid
            text = words("weights_of", run=escape(f"{experiment.label}, {run.seed}"), shown=shown, all=len(weight))
            html += (f'<figure><img class="weights" src="{data_url(content)}" alt="{text}" width="{2 * width}">'
                     f"<figcaption>{text}</figcaption></figure>")
    return html and f"<p>{words('weights_note')}</p>{html}"


def _document(words, title, summary, left_out, parts, data):
    parts = [(key, html) for key, html in parts if html]
    contents = "".join(f'<li><a href="#{key}">{words(key)}</a></li>' for key, _ in parts)
    sections = "".join(f'<section id="{key}"><h2>{words(key)}</h2>{html}</section>' for key, html in parts)
    omitted = (f"<details open class=note><summary>{words('left_out')}</summary><ul>"
               + "".join(f"<li>{escape(text)}</li>" for text in left_out) + "</ul></details>") if left_out else ""
    return f"""<!DOCTYPE html>
<html lang="{words.language}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{escape(title)}</title>
<style>{asset("uPlot.min.css")}{asset("report.css")}</style>
</head>
<body>
<a class="skip" href="#results">{words("skip")}</a>
<header><h1>{escape(title)}</h1><p>{escape(summary)}</p>
<nav aria-label="{words("contents")}"><ul>{contents}</ul></nav></header>
<main>{omitted}{sections}</main>
<footer><p>{words("made_by", version=UPLOT)}</p></footer>
<script type="application/json" id="data">{script_json(data)}</script>
<script>
/* {asset("uPlot.LICENSE").replace("*/", "")} */
{asset("uPlot.iife.min.js")}
</script>
<script>{asset("report.js")}</script>
</body>
</html>
"""
