"""Times training with and without sparse products over active units (fused.sparse), epoch by epoch.

    python benchmarks/sparse.py build/ff [--threads 2] [--repeats 1] [--epochs 6] [--config NAME ...] [--json FILE]
                                         [--markdown FILE]

The fraction of active units falls during training, so the first epochs save the least. Both variants run in turn in each
round, without warm-up rounds; reported are medians over rounds of an epoch's mean step time.
"""

import json
import statistics
import tempfile
from pathlib import Path

import bench
from machine import counted

CONFIGS = ("paper/mnist_ff_hard_3x1000", "paper/mnist_ff_supervised_4x2000", "paper/mnist_ff_unsupervised_hybrid_4x2000",
           "talk/mnist_ff_sequential_relu")


def main():
    """Times both variants and writes the report."""
    parser = bench.common_parser(__doc__)
    parser.set_defaults(repeats=1)
    parser.add_argument("--epochs", type=int, default=6, help="of each run (6)")
    parser.add_argument("--config", action="append", help=f"under configs/, without .json ({', '.join(CONFIGS)})")
    options = parser.parse_args()
    report = {"machine": bench.machine(options), "epochs": {}, "test_accuracy": {}}
    for config in options.config or CONFIGS:
        for _ in range(options.repeats):
            for sparse in ("off", "auto"):
                steps, accuracy = run(config, sparse, options)
                report["epochs"].setdefault(config, {}).setdefault(sparse, []).append(steps)
                report["test_accuracy"].setdefault(config, {})[sparse] = accuracy
    bench.publish(report, markdown(report), options)


def run(config, sparse, options):
    """Returns the step time of each epoch in seconds, and the test accuracy."""
    changes = {"schedule.epochs": options.epochs, "fused.sparse": sparse, "evaluate.every_epoch": False}
    with tempfile.TemporaryDirectory() as out:
        bench.finished(bench.command_of("ff", config, changes, options, out))
        folder = next(Path(out).glob("*/seed-0"))
        lines = [json.loads(line) for line in (folder / "metrics.jsonl").read_text(encoding="utf-8").splitlines()]
        result = json.loads((folder / "result.json").read_text(encoding="utf-8"))
    return [line["seconds"] / line["steps"] for line in lines if "steps" in line], result["test_accuracy"]


def markdown(report):
    """Formats the table of docs/benchmarks.md."""
    about = report["machine"]
    lines = [f"{about['cpu']}, {counted(about['threads'], 'thread')}, float32, medians of {counted(about['repeats'], 'round')}. "
             f"{about['program'][0]}.", "",
             "| config | epoch | ms per step, dense | sparse | ratio | test error after the last, dense | sparse |",
             "|---|---:|---:|---:|---:|---:|---:|"]
    for config, samples in report["epochs"].items():
        dense, sparse = ([statistics.median(of_epoch) for of_epoch in zip(*samples[which])] for which in ("off", "auto"))
        error = {which: 100 * (1 - accuracy) for which, accuracy in report["test_accuracy"][config].items()}
        for epoch, (slow, fast) in enumerate(zip(dense, sparse), 1):
            ends = [f"{error[which]:.2f} %" if epoch == len(dense) else "" for which in ("off", "auto")]
            lines.append(f"| `{config}` | {epoch} | {1000 * slow:.1f} | {1000 * fast:.1f} | {slow / fast:.2f}x | "
                         f"{ends[0]} | {ends[1]} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
