"""Compares a training step of 4 x 2,000 units, batch 100, with its roofline on a CPU.

    python benchmarks/roofline.py build/ff [--threads 2] [--repeats 5] [--json FILE] [--markdown FILE]

The roofline is what a step cannot do without: the two products of each layer, at the rate that LibTorch's product has at
just these shapes, and the optimizer's reading and writing of its state, at the rate of a large copy. Both are measured
between the rounds of `ff run`, so that all see the same machine; figures are medians. The products are taken as dense:
`ff` leaves out the background of the first layer's images, so a step can be faster than this roofline (what it saves where
few units answer is turned off here: sparse.py).
"""

import json
import statistics
import subprocess
import sys

import bench
from machine import counted

CONFIG = "talk/mnist_ff_parallel_softplus"
IMAGES, BATCH, WIDTHS = 8000, 100, [2000, 2000, 2000, 2000]
ROWS, SIZES = 2 * BATCH, [784, *WIDTHS]  # positives and negatives
CHANGES = {"schedule.epochs": 1, "model.widths": WIDTHS, "batch_size": BATCH, "dataset.train_limit": IMAGES,
           "dataset.test_limit": 500, "evaluate.every_epoch": False, "fused.sparse": "off"}
# Floats of a parameter that an optimizer reads and writes: the weight and its one or two averages.
OPTIMIZERS = {"adam": ({"type": "adam", "learning_rate": 0.003}, 6),
              "sgd with momentum": ({"type": "sgd", "learning_rate": 0.003, "momentum": 0.9}, 4)}
PRECISIONS = {"float32": "float32", "bf16": "bfloat16"}
MEASURE = """
import json, statistics, sys, time, torch
torch.set_num_threads(int(sys.argv[1])); rows, sizes, kind = json.loads(sys.argv[2])
def seconds(work, count=12):
    times = []
    for _ in range(count):
        begin = time.perf_counter(); work(); times.append(time.perf_counter() - begin)
    return statistics.median(times[2:])
total, kind = 0.0, getattr(torch, kind)
for n_in, n_out in zip(sizes, sizes[1:]):
    x, w, dz = (torch.randn(*shape, dtype=kind) for shape in ((rows, n_in), (n_in, n_out), (rows, n_out)))
    total += seconds(lambda: torch.mm(x, w)) + seconds(lambda: torch.mm(x.t(), dz))
a, b = torch.zeros(1 << 26), torch.zeros(1 << 26)
print(json.dumps({"products": total, "bytes_per_second": 8 * a.numel() / seconds(lambda: b.copy_(a))}))
"""


def main():
    """Runs everything in turn and writes the report."""
    options = bench.common_parser(__doc__).parse_args()
    rounds = bench.in_turn("roofline", PRECISIONS, lambda precision: step_and_limits(precision, options), options)
    samples = {f"{name}, {precision}": [one[name] for one in of_precision]
               for precision, of_precision in rounds.items() for name in OPTIMIZERS}
    report = {"machine": bench.machine(options), "samples": samples}
    bench.publish(report, markdown(report), options)


def step_and_limits(precision, options):
    """Of each optimizer, the seconds of a step and of the two things it cannot do without."""
    limits = measure(PRECISIONS[precision], options)
    parameters = sum(a * b for a, b in zip(SIZES, SIZES[1:]))
    return {name: {"step": step_seconds(optimizer, precision, options), "products": limits["products"],
                   "memory": 4 * floats * parameters / limits["bytes_per_second"]}
            for name, (optimizer, floats) in OPTIMIZERS.items()}


def measure(kind, options):
    """Seconds of a step's products, and the bytes a copy moves in a second."""
    out = subprocess.run([sys.executable, "-c", MEASURE, str(options.threads), json.dumps([ROWS, SIZES, kind])],
                         capture_output=True, text=True, check=True, env=bench.environment())
    return json.loads(out.stdout)


def step_seconds(optimizer, precision, options):
    """Seconds of one training step of `ff`, the mean of an epoch."""
    changes = {**CHANGES, "optimizer": optimizer, "precision": precision}
    return bench.run("4x2000", "ff", CONFIG, changes, options)["train"] / (IMAGES / BATCH)


def markdown(report):
    """The table of docs/benchmarks.md."""
    about = report["machine"]
    lines = [f"{about['cpu']}, {counted(about['threads'], 'thread')}, medians of {counted(about['repeats'], 'round')}. {about['program'][0]}.", "",
             "| 4 x 2,000, batch 100 | ms per step | products alone | optimizer's memory alone | step / roofline |",
             "|---|---:|---:|---:|---:|"]
    for name, rounds in report["samples"].items():
        step, products, memory = (1000 * statistics.median(one[key] for one in rounds) for key in ("step", "products", "memory"))
        ratio = statistics.median(one["step"] / (one["products"] + one["memory"]) for one in rounds)
        lines.append(f"| {name} | {step:.1f} | {products:.1f} | {memory:.1f} | {ratio:.2f} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
