#!/usr/bin/env python3
"""Writes the tables of README*.md, docs/ and results/ from the run records, so that nobody types a figure.

    scripts/fill_tables.py build/ff [PARITY.md]

Between `<!-- RESULTS:NAME begin -->` and `<!-- RESULTS:NAME end -->`:
table-...  what `ff table` prints of the records in results/
curve-X    test error by epoch of the experiment X
others     cells that hold "…" or an earlier figure, in rows that name a config (`x.json`): see fill_row
gpu        what the records of results/gpu/ tell of a GPU's epochs
parity     the table that tests/parity/parity.py --markdown wrote; parity-cases: one line per case of it
"""

import json
import re
import statistics
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
RECORDS = ROOT / "results"
TABLES = {
    "table-talk-mnist": ("talk_mnist_*", ()),
    "table-talk-fashion": ("talk_fashion_*", ()),
    "table-notebook": ("notebook_cifar10_*_1024", ()),
    "table-notebook-sign": ("notebook_*_sgd|notebook_*_usf|notebook_*_sbp_v*", ()),
    "table-paper": ("paper/paper_*", ("--errors", "--columns",
                    "experiment,n,test_error,test_error_by_goodness,test_error_by_head,train_seconds,precision,device,commit")),
    "table-hybrid": ("hybrid.*", ("--errors", "--columns", "experiment,n,validation_error,test_error")),
    "table-fast-long": ("fast/paper_*.cooldown_*", ("--errors", "--columns",
                        "experiment,n,validation_error,test_error,test_error_by_head,commit")),
    "table-fast": ("fast/paper_*.*peers*", ("--errors", "--columns",
                   "experiment,n,validation_error,test_error,test_error_by_goodness,test_error_by_head")),
    "table-breaks": ("zoo_*.learning_rate-*", ("--errors", "--columns",
                     "experiment,n,diverged,test_error,angle_layer_1,angle_layer_5,dead_units_layer_5")),
    "table-claims": ("claims/zoo_*fa.*", ("--errors", "--columns",
                     "experiment,n,test_error,angle_layer_1,angle_layer_2,norm_ratio_layer_1,norm_ratio_layer_2")),
    "table-questions": ("questions*", ("--errors", "--columns",
                        "experiment,n,validation_error,test_error,test_error_by_goodness,test_error_by_head")),
}
PAGES = ("README.md", "README.ja.md", "results/README.md", "docs/results.md", "docs/parity.md", "docs/paper.md", "docs/gpu.md",
         "docs/rules/feedback.md")


def results_of(name):
    """The result.json of every seed of an experiment."""
    results = [json.loads(path.read_text()) for path in sorted(RECORDS.glob(f"*/{name}/seed-*/result.json"))]
    return [result for result in results if "diverged" not in result]


def mean_text(values, digits=4):
    """0.9621 ± 0.0016, or the mean alone for one seed."""
    text = f"{statistics.mean(values):.{digits}f}"
    return text if len(values) == 1 else f"{text} ± {statistics.stdev(values):.{digits}f}"


def prefix_text(results):
    """Mean test accuracy of the first 1, 2, ... layers."""
    lists = [result["accuracy_by_prefix"]["test"] for result in results]
    return " ".join(f"{statistics.mean(column):.3f}"[1:] for column in zip(*lists))


def fill_row(row, folder, header):
    """Fills the row of a config: its own columns are test, prefix and pruned; others stay."""
    found = re.search(r"`(\w+)\.json`", row)
    results = results_of(f"{folder}_{found[1]}") if found else []
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
    """A table whose header names the folder of its configs, as in (`configs/talk/`)."""
    lines = block.strip("\n").split("\n")
    folder = re.search(r"configs/(\w+)/", lines[0])[1]
    header = [cell.strip() for cell in lines[0].split("|")]
    return "\n".join(lines[:2] + [fill_row(line, folder, header) for line in lines[2:]])


def records_of(patterns):
    """The experiments' folders that fit one of the patterns (a|b), in the folder it names or in any."""
    globs = [pattern if "/" in pattern else f"*/{pattern}" for pattern in patterns.split("|")]
    return sorted({str(path) for one in globs for path in RECORDS.glob(one)})


def table_of(program, patterns, options):
    """What `ff table` prints of the records that fit the patterns."""
    command = [program, "table", *records_of(patterns), "--format", "markdown", *options]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def curve_of(experiment):
    """Test error after every epoch that looked at the test set, of seed 0, first to last."""
    lines = next(RECORDS.glob(f"*/{experiment}/seed-0/metrics.jsonl")).read_text().splitlines()
    looks = [(line["epoch"], 100 * (1 - line["test_accuracy"])) for line in map(json.loads, lines) if "test_accuracy" in line]
    rows = [["epoch", *(str(epoch) for epoch, _ in looks)], ["---", *["---:"] * len(looks)],
            ["test error %", *(f"{error:.2f}" for _, error in looks)]]
    return "\n".join("| " + " | ".join(row) + " |" for row in rows)


def parity_by_case(block, text):
    """One line per case of the whole parity table, under the block's own header."""
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
    """The benchmark's times and ratios, from the record that `make bench` left in results/."""
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
    """A line for each folder of results/gpu/: how long its run's epochs took once the first was made."""
    lines = ["| record | engine | precision | epochs made | s an epoch: median, range | ms a step | device | commit |",
             "|---|---|---|---:|---:|---:|---|---|"]
    for run in sorted((RECORDS / "gpu").glob("*/*/seed-*")):
        config, environment = (json.loads((run / f"{name}.json").read_text()) for name in ("config", "environment"))
        epochs = [json.loads(line) for line in (run / "metrics.jsonl").read_text().splitlines()]
        seconds = sorted(epoch["seconds"] for epoch in epochs[1:])
        step = statistics.median(epoch["seconds"] / epoch["steps"] for epoch in epochs[1:])
        lines.append(f"| {run.parents[1].name} | {environment['engine']} | {config.get('precision', 'float32')} | {len(epochs)} | "
                     f"{statistics.median(seconds):.2f}, {seconds[0]:.2f} to {seconds[-1]:.2f} | {1000 * step:.2f} | "
                     f"{environment['device_name']} | {environment['commit'][:10]} |")
    return "\n".join(lines)


def fill(name, block, program, parity):
    """The new text between a pair of marks."""
    if name in TABLES:
        return table_of(program, *TABLES[name]) if records_of(TABLES[name][0]) else block.strip("\n")
    if name.startswith("curve-"):
        return curve_of(name.removeprefix("curve-"))
    if name in ("parity", "parity-cases"):
        if parity is None:
            return block.strip("\n")
        return parity_by_case(block, parity) if name == "parity-cases" else parity.strip()
    if name == "speed":
        return speed_table()
    if name == "gpu":
        return gpu_table()
    if name in ("quickstart", "bench", "engines", "memory"):  # pasted from what their commands print
        return block.strip("\n")
    return fill_rows(block)


def fill_marks(path, kind, text_of):
    """Replaces what stands between each `<!-- KIND:NAME begin -->` and its end by text_of(NAME, what stands there)."""
    text = re.sub(
        rf"(<!-- {kind}:([\w-]+) begin -->\n)(.*?)(<!-- {kind}:\2 end -->)",
        lambda m: m[1] + text_of(m[2], m[3]) + "\n" + m[4], path.read_text(), flags=re.S)
    path.write_text(text)


def main(program, parity_file=None):
    """Fills every marked place of every page."""
    parity = Path(parity_file).read_text() if parity_file else None
    for page in PAGES:
        fill_marks(ROOT / page, "RESULTS", lambda name, block: fill(name, block, program, parity))


if __name__ == "__main__":
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    main(*sys.argv[1:])
