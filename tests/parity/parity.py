"""Checks that `ff run` (engine autograd) and the PyTorch reference are the same computation, bit for bit, on a CPU.

    python tests/parity/parity.py build/ff [--quick | --full] [--threads N] [--markdown FILE] [--keep DIR]

Runs both on the same configs, seeds and thread count, and compares every checkpoint's tensors with torch.equal, the
predictions, and the figures of result.json. Prints a Markdown table; exits 1 on any difference, 77 without data.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import torch

ROOT = Path(__file__).resolve().parents[2]
REFERENCE = ROOT / "reference"
sys.path.insert(0, str(REFERENCE))

from forward_forward import config as configs  # noqa: E402
from forward_forward import data as datasets  # noqa: E402
from cases import all_cases, quick_cases  # noqa: E402

NO_DATA = 77
RESULT_KEYS = ("steps", "train_accuracy", "test_accuracy", "thresholds", "accuracy_by_prefix", "accuracy_by_layer",
               "pruned", "accuracy_by_method", "head_loss")


@dataclass
class Row:
    """The result of comparing one case and seed."""

    case: str
    seed: int
    order: str
    steps: int
    epochs: int
    tensors: int
    unequal: list
    largest: float
    predictions_equal: bool
    results_unequal: list

    def passed(self):
        """True if nothing differs and at least one tensor was compared."""
        return self.tensors > 0 and not self.unequal and self.predictions_equal and not self.results_unequal


def main():
    """Runs the chosen cases and prints the table."""
    options = parse()
    dataset = find_dataset()
    if dataset is None:
        print("parity: neither mnist nor fashion-mnist found (FF_DATA, ./data, /usr/share/datasets): skipped")
        return NO_DATA
    cases = quick_cases(dataset) if options.quick else all_cases(dataset)
    with tempfile.TemporaryDirectory(prefix="ff-parity-") as temporary:
        folder = Path(options.keep or temporary)
        run_both(cases, folder, options)
        rows = [compare(case, seed, folder) for case in cases for seed in case.seeds]
    passed = all(row.passed() for row in rows)
    text = report(rows, dataset, options.threads)
    print(text)
    if options.markdown:
        Path(options.markdown).write_text(text + "\n", encoding="utf-8")
    print("parity: all equal" if passed else "parity: DIFFERENT", file=sys.stderr)
    return 0 if passed else 1


def parse():
    """Parses the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("ff", help="the ff program")
    parser.add_argument("--quick", action="store_true", help="short cases of each kind, one seed")
    parser.add_argument("--full", action="store_true", help="every case (the default)")
    parser.add_argument("--threads", type=int, default=2, help="threads of both programs (2)")
    parser.add_argument("--markdown", help="also write the table to this file")
    parser.add_argument("--keep", help="keep the run folders in this empty folder")
    return parser.parse_args()


def find_dataset():
    """Returns "mnist" if it is found, else "fashion-mnist", else None."""
    for name in ("mnist", "fashion-mnist"):
        try:
            datasets.find(name)
            return name
        except FileNotFoundError:
            continue
    return None


def run_both(cases, folder, options):
    """Writes the configs and runs all of them with both programs."""
    paths = [write_config(case, folder) for case in cases]
    common = [*paths, "--threads", str(options.threads), "--out"]
    call([options.ff, "run", "--device", "cpu", "--quiet", *common, str(folder / "ff")])
    for case in cases:  # a run folder's config has every key: the reference must accept all of them
        configs.load(folder / "ff" / case.slug() / f"seed-{case.seeds[0]}" / "config.json")
    call([sys.executable, str(REFERENCE / "train.py"), *common, str(folder / "reference")])


def write_config(case, folder):
    """Writes the config file of a case."""
    config = {
        "name": case.slug(),
        "batch_size": 64,
        "prune": {"ratios": [0.9]},
        "checkpoint": {"keep": "all"},
        "engine": "autograd",
        "seeds": case.seeds,
        **case.config,
    }
    path = folder / f"{case.slug()}.json"
    path.write_text(json.dumps(config, indent=2), encoding="utf-8")
    return str(path)


def call(command):
    """Runs a program; prints its output only if it fails."""
    print(f"parity: {Path(command[0]).name}, {sum(a.endswith('.json') for a in command)} configs", file=sys.stderr)
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=os.environ)
    if done.returncode != 0:
        raise SystemExit(f"parity: {' '.join(command)} ended with {done.returncode}:\n{done.stdout}")


def compare(case, seed, folder):
    """Compares the run folders of both programs, tensor by tensor."""
    ours, theirs = (folder / program / case.slug() / f"seed-{seed}" for program in ("ff", "reference"))
    names = sorted(path.name for path in theirs.glob("checkpoint-*.pt"))
    ours_names = sorted(path.name for path in ours.glob("checkpoint-*.pt"))
    unequal = sorted(set(names) ^ set(ours_names))
    tensors, largest = 0, 0.0
    for name in sorted(set(names) & set(ours_names)):
        a, b = (torch.load(run / name, weights_only=True)["model"] for run in (ours, theirs))
        unequal += [f"{name}: {key} is in one only" for key in sorted(set(a) ^ set(b))]
        for key in sorted(set(a) & set(b)):
            tensors += 1
            if not torch.equal(a[key], b[key]) or a[key].dtype != b[key].dtype:
                unequal.append(f"{name}: {key}")
                largest = max(largest, largest_difference(a[key], b[key]))
    predictions = [torch.load(run / "predictions.pt", weights_only=True) for run in (ours, theirs)]
    results = [json.loads((run / "result.json").read_text(encoding="utf-8")) for run in (ours, theirs)]
    return Row(
        case=case.name,
        seed=seed,
        order=case.config["random_order"],
        steps=results[1]["steps"],
        epochs=len(names),
        tensors=tensors,
        unequal=unequal,
        largest=largest,
        predictions_equal=all(torch.equal(*(p[part] for p in predictions)) for part in ("train", "test")),
        results_unequal=[key for key in RESULT_KEYS if results[0].get(key) != results[1].get(key)],
    )


def largest_difference(a, b):
    """Returns the largest difference of two tensors; infinite if shapes differ or only one is NaN at an entry."""
    if a.shape != b.shape:
        return float("inf")
    differences = (a.double() - b.double()).abs().masked_fill(a.isnan() & b.isnan(), 0)
    return differences.nan_to_num(nan=float("inf"), posinf=float("inf")).max().item()


def report(rows, dataset, threads):
    """Formats the Markdown table and, below it, all differences."""
    lines = [
        f"Data set {dataset}, CPU ({torch.backends.cpu.get_cpu_capability()}), {threads} threads, "
        f"PyTorch {torch.__version__}.",
        "",
        "| case | seed | order | steps | epochs compared | tensors equal | predictions equal | figures equal "
        "| largest difference |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for row in rows:
        equal = f"yes ({row.tensors})" if row.tensors and not row.unequal else f"no ({len(row.unequal)} differ)"
        lines.append(
            f"| {row.case} | {row.seed} | {row.order} | {row.steps} | {row.epochs} | {equal} "
            f"| {yes(row.predictions_equal)} | {yes(not row.results_unequal)} | {row.largest:g} |"
        )
    for row in rows:
        for what in (row.unequal + [f"result.json: {key}" for key in row.results_unequal])[:6]:
            lines.append(f"\n{row.case}, seed {row.seed}: {what}")
    return "\n".join(lines)


def yes(condition):
    """Formats a condition for the table."""
    return "yes" if condition else "no"


if __name__ == "__main__":
    sys.exit(main())
