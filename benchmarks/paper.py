"""Times the additional cost of the paper's recipes in a training step of 4 x 2,000 units, batch size 100.

    python benchmarks/paper.py build/ff [--threads 2] [--repeats 5] [--json FILE] [--markdown FILE]

The plain step uses negatives with random wrong labels. The other steps, each compared with it, use: a head with its neutral
pass; a head and hard negatives; images shifted by a pixel; hybrid negatives, whose head needs no additional pass. They run in
turn in each round, after one warm-up round. Reported are the median and the minimum of an epoch's mean step time: other load
on the machine can only increase a time.
"""

import statistics

import bench
from machine import counted

CONFIG = "paper/mnist_ff_supervised_4x2000"
IMAGES, BATCH = 6000, 100
CHANGES = {"schedule.epochs": 1, "dataset.train_limit": IMAGES, "dataset.test_limit": 200,
           "evaluate.every_epoch": False}
NO_HEAD = {"head": {"type": "none"}}
PLAIN, RANDOM = "random labels", {"negatives.type": "random-label"}
VARIANTS = {
    PLAIN: (CONFIG, RANDOM | NO_HEAD),
    "random labels, head": (CONFIG, RANDOM),
    "hard negatives, head": (CONFIG, {}),
    "random labels, shifts": (CONFIG, RANDOM | NO_HEAD | {"augment.shift": 1}),
    "hybrids, head": ("paper/mnist_ff_unsupervised_hybrid_4x2000", {}),
    "hybrids, head, shifts": ("paper/mnist_ff_unsupervised_hybrid_4x2000", {"augment.shift": 1}),
}


def main():
    """Times all recipes and writes the report."""
    options = bench.common_parser(__doc__).parse_args()
    samples = bench.in_turn("paper", VARIANTS, lambda name: step_seconds(name, options), options)
    report = {"machine": bench.machine(options), "samples": samples}
    bench.publish(report, markdown(report), options)


def step_seconds(name, options):
    """Returns the mean time of a training step over an epoch, in seconds."""
    config, changes = VARIANTS[name]
    return bench.run("4x2000", "ff", config, CHANGES | changes, options)["train"] / (IMAGES / BATCH)


def markdown(report):
    """Formats the table of docs/benchmarks.md."""
    about, samples = report["machine"], report["samples"]
    lines = [f"{about['cpu']}, {counted(about['threads'], 'thread')}, float32, medians of {counted(about['repeats'], 'round')}. "
             f"{about['program'][0]}.", "",
             f"| 4 x 2,000, batch 100 | ms per step | beside {PLAIN} | lowest ms | lowest, beside {PLAIN} |",
             "|---|---:|---:|---:|---:|"]
    for name, steps in samples.items():
        ratio = statistics.median(a / b for a, b in zip(steps, samples[PLAIN]))
        lowest = min(steps)
        lines.append(f"| {name} | {1000 * statistics.median(steps):.1f} | {ratio:.2f}x | {1000 * lowest:.1f} | "
                     f"{lowest / min(samples[PLAIN]):.2f}x |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
