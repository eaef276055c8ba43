"""Generates the tables of README*.md, docs/ and results/ from the run records; called by scripts/docs.py.

Blocks between `<!-- RESULTS:NAME begin -->` and `<!-- RESULTS:NAME end -->`:
table-...  the output of `ff table` for a record file in results/
curve-X    test error by epoch of the experiment X
gpu        epoch times from results/gpu.jsonl
engines    accuracies from results/engines.jsonl, seed by seed
bench, ... the tables that the benchmark of that name generates from its samples, results/bench*.json
parity     the table written by tests/parity/parity.py --markdown; parity-cases: one line per case
others     cells with "…" or an earlier value, in rows that name a config (`x.json`): see fill_row
"""

import importlib
import json
import re
import statistics
import subprocess
import sys
from pathlib import Path

from records import named, runs_of

ROOT = Path(__file__).resolve().parents[1]
RECORDS = ROOT / "results"
# name: file in results/, options of `ff table`
TABLES = {
    "table-talk-mnist": ("talk", "--names", "talk_mnist_*"),
    "table-talk-fashion": ("talk", "--names", "talk_fashion_*"),
    "table-notebook": ("notebook", "--names", "notebook_cifar10_*_1024"),
    "table-notebook-sign": ("notebook", "--names", "notebook_*_sgd,notebook_*_usf,notebook_*_sbp_v*"),
    "table-paper": ("paper", "--errors", "--columns",
                    "experiment,n,test_error,test_error_by_goodness,test_error_by_head,train_seconds,precision,device,commit"),
    "table-hybrid": ("hybrid", "--errors", "--columns", "experiment,n,validation_error,test_error"),
    "table-fast-long": ("fast", "--names", "paper_*.cooldown_*", "--errors", "--columns",
                        "experiment,n,validation_error,test_error,test_error_by_head,commit"),
    "table-fast": ("fast", "--names", "paper_*.*peers*", "--errors", "--columns",
                   "experiment,n,validation_error,test_error,test_error_by_goodness,test_error_by_head"),
    "table-breaks": ("breaks", "--errors", "--columns",
                     "experiment,n,diverged,test_error,angle_layer_1,angle_layer_5,dead_units_layer_5"),
    "table-claims": ("claims", "--names", "zoo_*fa.*", "--errors", "--columns",
                     "experiment,n,test_error,angle_layer_1,angle_layer_2,norm_ratio_layer_1,norm_ratio_layer_2"),
    "table-questions": ("questions", "--errors", "--columns",
                        "experiment,n,validation_error,test_error,test_error_by_goodness,test_error_by_head"),
}
BENCHMARKS = {"bench": "bench", "roofline": "bench_roofline", "sparse": "bench_sparse", "paper": "bench_paper", "rules": "bench_rules"}
PAGES = ("README.md", "README.ja.md", "results/README.md", "docs/results.md", "docs/parity.md", "docs/paper.md", "docs/gpu.md",
         "docs/benchmarks.md", "docs/rules/feedback.md")


def records(stem):
    """Returns the path of the record file of that name in results/."""
    return RECORDS / f"{stem}.jsonl"


def results_of(stem, name):
    """Returns the result.json of every seed of an experiment."""
    return [run.result for run in named(runs_of(records(stem)), name) if run.status == "done"]


def mean_text(values, digits=4):
    """Formats "0.9621 ± 0.0016", or only the mean for one seed."""
    text = f"{statistics.mean(values):.{digits}f}"
    return text if len(values) == 1 else f"{text} ± {statistics.stdev(values):.{digits}f}"


def prefix_text(results):
    """Formats the mean test accuracy of the first 1, 2, ... layers."""
    lists = [result["accuracy_by_prefix"]["test"] for result in results]
    return " ".join(f"{statistics.mean(column):.3f}"[1:] for column in zip(*lists))


def fill_row(row, folder, header):
    """Fills the columns test, prefix and pruned in the row of a config; other columns are kept."""
    found = re.search(r"`(\w+)\.json`", row)
    results = results_of(folder, f"{folder}_{found[1]}") if found else []
    if not results:
        return row
    cells = row.split("|")
    for i, title in enumerate(header):
        if title in ("seeds", "シード数"):
            cells[i] = f" {len(results)} "
        elif title.startswith(("test error", "テスト誤差")):
            cells[i] = f" {mean_text([100 * (1 - result['test_accuracy']) for result in results], 2)} "
        elif title in ("test", "テスト"):
            cells[i] = f" {mean_text([result['test_accuracy'] for result in results])} "
        elif title.startswith(("first", "先頭")) and "accuracy_by_prefix" in results[0]:
            cells[i] = f" {prefix_text(results)} "
        elif title.startswith(("pruned", "枝刈り")) and "pruned" in results[0]:
            cells[i] = f" {mean_text([result['pruned']['0.9']['test_accuracy'] for result in results])} "
    return "|".join(cells)


def fill_rows(block):
    """Fills a table whose header contains the folder of its configs, as in (`configs/talk/`)."""
    lines = block.strip("\n").split("\n")
    folder = re.search(r"configs/(\w+)/", lines[0])[1]
    header = [cell.strip() for cell in lines[0].split("|")]
    return "\n".join(lines[:2] + [fill_row(line, folder, header) for line in lines[2:]])


def table_of(program, stem, *options):
    """Returns the output of `ff table` for a record file."""
    # Run in the root: tables name the record file, relative to it, if experiments have the same name.
    command = [str(Path(program).resolve()), "table", str(records(stem).relative_to(ROOT)), "--format", "markdown", *options]
    return subprocess.run(command, check=True, capture_output=True, text=True, cwd=ROOT).stdout.strip()


def curve_of(experiment):
    """Formats the test error of seed 0 after every evaluated epoch."""
    run = next(run for run in named(runs_of(records("paper")), experiment) if run.seed == 0)
    looks = [(line["epoch"], 100 * (1 - line["test_accuracy"])) for line in run.metrics if "test_accuracy" in line]
    rows = [["epoch", *(str(epoch) for epoch, _ in looks)], ["---", *["---:"] * len(looks)],
            ["test error %", *(f"{error:.2f}" for _, error in looks)]]
    return "\n".join("| " + " | ".join(row) + " |" for row in rows)


def parity_by_case(block, text):
    """Formats one line per case of the full parity table, under the block's own header."""
    cases = {}
    for line in text.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if len(cells) == 9 and cells[1].isdigit():
            cases.setdefault(cells[0], []).append(cells)
    lines = block.strip("\n").split("\n")[:2]
    for case, rows in cases.items():
        all_yes = [("yes" if all(row[i].startswith("yes") for row in rows) else "no") for i in (5, 6)]
        seeds = ", ".join(row[1] for row in rows)
        lines.append(f"| {case} | {seeds} | {rows[0][2]} | {rows[0][3]} | {all_yes[0]} | {all_yes[1]} |")
    return "\n".join(lines)


def speed_table():
    """Formats times and ratios of the benchmark, from the record of `make bench` in results/."""
    report = json.loads((RECORDS / "bench.json").read_text())
    lines = ["| | original form | fast PyTorch | ff | against original | against fast |", "|---|---:|---:|---:|---:|---:|"]
    for name, work in report["work"].items():
        for figure in ("train", "evaluate"):
            if figure == "evaluate" and name != "mnist-parallel":
                continue
            a, b, c = (work[figure][peer] for peer in ("original", "fast", "ff"))
            title = name if figure == "train" else "label sweep, 70,000 images"
            lines.append(f"| {title} | {a:.2f} | {b:.2f} | {c:.2f} | {a / c:.1f}x | {b / c:.1f}x |")
    return "\n".join(lines)


def gpu_table():
    """Formats a line per run of results/gpu.jsonl with the time of its epochs, without the first."""
    lines = ["| record | engine | precision | epochs made | s an epoch: median, range | ms a step | device | commit |",
             "|---|---|---|---:|---:|---:|---|---|"]
    for run in runs_of(records("gpu")):
        environment = run.environment
        seconds = sorted(epoch["seconds"] for epoch in run.metrics[1:])
        step = statistics.median(epoch["seconds"] / epoch["steps"] for epoch in run.metrics[1:])
        lines.append(f"| {run.folder.split('/')[0]} | {environment['engine']} | {run.config.get('precision', 'float32')} | "
                     f"{len(run.metrics)} | {statistics.median(seconds):.2f}, {seconds[0]:.2f} to {seconds[-1]:.2f} | {1000 * step:.2f} | "
                     f"{environment['device_name']} | {environment['commit'][:10]} |")
    return "\n".join(lines)


def engines_table():
    """Formats the accuracies of both engines, seed by seed."""
    lines = ["| engine | test accuracy, seeds 0 to 4 | mean ± standard deviation |", "|---|---|---|"]
    for engine in ("autograd", "fused"):
        values = [result["test_accuracy"] for result in results_of("engines", engine)]
        lines.append(f"| {engine} | {' '.join(f'{value:.4f}' for value in values)} | {mean_text(values)} |")
    return "\n".join(lines)


def benchmark_text(name):
    """Returns the tables that benchmarks/NAME.py generates from its samples in results/."""
    report = json.loads((RECORDS / f"{BENCHMARKS[name]}.json").read_text(encoding="utf-8"))
    return importlib.import_module(name).markdown(report).strip()


def parity_text(name, block, whole):
    """Returns the full table if a new one is given; parity-cases: one line per case."""
    if name == "parity-cases":
        return parity_by_case(block, whole or (ROOT / "docs" / "parity.md").read_text(encoding="utf-8"))
    return whole.strip() if whole else block.strip("\n")


def fill(name, block, program, parity):
    """Returns the new content of a block."""
    if name in TABLES:
        return table_of(program, *TABLES[name])
    if name.startswith("curve-"):
        return curve_of(name.removeprefix("curve-"))
    if name in ("parity", "parity-cases"):
        return parity_text(name, block, parity)
    if name in BENCHMARKS:
        return benchmark_text(name)
    makers = {"speed": speed_table, "gpu": gpu_table, "engines": engines_table}
    if name in makers:
        return makers[name]()
    if name in ("quickstart", "memory"):  # copied from the output of their commands
        return block.strip("\n")
    return fill_rows(block)


def filled_marks(path, kind, text_of):
    """Replaces each block `<!-- KIND:NAME begin -->` ... end of a file by text_of(NAME, old content); returns the text."""
    return re.sub(
        rf"(<!-- {kind}:([\w-]+) begin -->\n)(.*?)(<!-- {kind}:\2 end -->)",
        lambda m: m[1] + text_of(m[2], m[3]) + "\n" + m[4], path.read_text(encoding="utf-8"), flags=re.S)


def pages(program, parity_file=None):
    """Returns the new text of each page: (path, text)."""
    sys.path.insert(0, str(ROOT / "benchmarks"))
    parity = Path(parity_file).read_text(encoding="utf-8") if parity_file else None
    for page in PAGES:
        yield ROOT / page, filled_marks(ROOT / page, "RESULTS", lambda name, block: fill(name, block, program, parity))
