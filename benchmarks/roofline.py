"""Compares a training step of 4 x 2,000 units, batch size 100, with its roofline on a CPU.

    python benchmarks/roofline.py build/ff [--threads 2] [--repeats 5] [--json FILE] [--markdown FILE]

The roofline is the minimum work of a step: the two matrix products of each layer, at the rate of LibTorch's product for the
same shapes, and the optimizer's reads and writes of its state, at the bandwidth of a large copy. Both are measured between
the rounds of `ff run`, under the same machine load; reported values are medians. The products are counted as dense: `ff`
skips the background of the first layer's images, so a step can be faster than this roofline (the savings from inactive
units are turned off here; see sparse.py).
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
# Floats per parameter that an optimizer reads and writes: the weight and its one or two moments.
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
    """Measures everything and writes the report."""
    options = bench.common_parser(__doc__).parse_args()
    rounds = bench.in_turn("roofline", PRECISIONS, lambda precision: step_and_limits(precision, options), options)
    samples = {f"{name}, {precision}": [one[name] for one in of_precision]
               for precision, of_precision in rounds.items() for name in OPTIMIZERS}
    report = {"machine": bench.machine(options), "samples": samples}
    bench.publish(report, markdown(report), options)


def step_and_limits(precision, options):
    """Returns per optimizer the time of a step and of the two parts of its roofline, in seconds."""
    limits = measure(PRECISIONS[precision], options)
    parameters = sum(a * b for a, b in zip(SIZES, SIZES[1:]))
    return {name: {"step": step_seconds(optimizer, precision, options), "products": limits["products"],
                   "memory": 4 * floats * parameters / limits["bytes_per_second"]}
            for name, (optimizer, floats) in OPTIMIZERS.items()}


def measure(kind, options):
    """Returns the time of a step's products in seconds, and the copy bandwidth in bytes per second."""
    out = subprocess.run([sys.executable, "-c", MEASURE, str(options.threads), json.dumps([ROWS, SIZES, kind])],
                         capture_output=True, text=True, check=True, env=bench.environment())
    return json.loads(out.stdout)


def step_seconds(optimizer, precision, options):
    """Returns the mean time of a training step of `ff` over an epoch, in seconds."""
    changes = {**CHANGES, "optimizer": optimizer, "precision": precision}
    return bench.run("4x2000", "ff", CONFIG, changes, options)["train"] / (IMAGES / BATCH)


def markdown(report):
    """Formats the table of docs/benchmarks.md."""
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
