"""Times ff and plain PyTorch on the same data, seed and threads, and writes the tables of docs/benchmarks.md.

    python benchmarks/bench.py build/ff [--device auto] [--threads 2] [--repeats 5] [--only WORD] [--json FILE] [--markdown FILE]

Programs compared: (a) reference/train.py, as in the original; (b) reference/fast.py, PyTorch optimised for speed; (c) ff run.
They run in turn in each round, after one warm-up round; reported values are medians. Times are those of result.json: from
the first batch to the last update, or the evaluation of both sets; whole programs are timed by wall clock. If PyTorch finds
a GPU, all three use it, unless --device cpu is given.
"""

import argparse
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from machine import counted, energy, machine

ROOT = Path(__file__).resolve().parents[1]
FAST_MUST_BE = 2.1  # minimum speed-up of the fast program over the original on the parallel work for a fair comparison
WIDE = {"model.widths": [2000, 2000, 2000, 2000], "batch_size": 100, "dataset.train_limit": 6000,
        "dataset.test_limit": 500}
# name: config, changes, repeats of the original program (which is slow; None: as the others)
WORK = {
    "mnist-parallel": ("talk/mnist_ff_parallel_softplus", {"schedule.epochs": 1}, None),
    "mnist-bp": ("talk/mnist_bp", {"schedule.epochs": 1}, None),
    "mnist-sequential": ("talk/mnist_ff_sequential_softplus", {"schedule.epochs": 3}, 2),
    "mnist-4x2000": ("talk/mnist_ff_parallel_softplus", {"schedule.epochs": 1, "optimizer.learning_rate": 0.003, **WIDE}, 1),
    "cifar10-1024": ("notebook/cifar10_ff_parallel_1024",
                     {"schedule.epochs": 1, "dataset.train_limit": 20000, "dataset.test_limit": 500}, 1),
}


def main():
    """Runs the work and writes the report; returns 1 if the fast program is too slow for a fair comparison."""
    options = parse()
    names = [name for name in WORK if not options.only or options.only in name]
    report = begin(options)
    program = machine(options)["program"][0]
    for name in names:
        report["work"][name] = {"program": program} | time_work(name, options)
    publish(report, markdown(report), options)
    parallel = report["work"].get("mnist-parallel")
    if parallel and parallel["train"]["original"] < FAST_MUST_BE * parallel["train"]["fast"]:
        print(f"bench: reference/fast.py is less than {FAST_MUST_BE}x the original form: no fair peer", file=sys.stderr)
        return 1
    return 0


def begin(options):
    """Returns an empty report, or with --only the existing report to update."""
    if options.only and options.json and Path(options.json).exists():
        return json.loads(Path(options.json).read_text(encoding="utf-8"))
    return {"machine": machine(options), "products_gflops": products(options), "work": {}}


def parse():
    """Parses the command line."""
    parser = common_parser(__doc__)
    parser.add_argument("--device", choices=("auto", "cpu", "cuda"), default="auto")
    parser.add_argument("--only", help="work whose name holds this word; the rest of an existing --json FILE is kept")
    options = parser.parse_args()
    if options.device == "auto":
        found = subprocess.run([sys.executable, "-c", "import torch; print(torch.cuda.is_available())"],
                               capture_output=True, text=True, check=True).stdout
        options.device = "cuda" if found.strip() == "True" else "cpu"
    return options


def common_parser(about):
    """Returns the options common to all benchmarks; without --device they run on the CPU."""
    parser = argparse.ArgumentParser(description=about.splitlines()[0])
    parser.set_defaults(device="cpu")
    parser.add_argument("program", help="the ff program")
    parser.add_argument("--threads", type=int, default=2, help="of every program that is timed (2)")
    parser.add_argument("--repeats", type=int, default=5, help="rounds beside the one that warms up (5)")
    parser.add_argument("--json", help="write all samples to this file")
    parser.add_argument("--markdown", help="write the table to this file")
    return parser


def publish(report, text, options):
    """Prints the tables and writes the requested files."""
    print(text)
    if options.json:
        Path(options.json).write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
    if options.markdown:
        Path(options.markdown).write_text(text, encoding="utf-8")


def products(options):
    """Returns the GFLOP/s of PyTorch's float32 matrix product at the steps' shapes (samples, in, out), median of 20."""
    program = """
import json, statistics, sys, time, torch
torch.set_num_threads(int(sys.argv[1])); rates = {}; torch.set_default_device(sys.argv[2])
wait = torch.cuda.synchronize if sys.argv[2] == "cuda" else lambda: None
for m, k, n in ((128, 784, 512), (128, 512, 256), (200, 2000, 2000), (1024, 3072, 1024), (2048, 2048, 2048)):
    a, b, out = torch.randn(m, k), torch.randn(n, k), torch.empty(m, n)
    times = []
    for i in range(23):
        wait(); begin = time.perf_counter()
        for _ in range(8): torch.mm(a, b.t(), out=out)
        wait(); times.append((time.perf_counter() - begin) / 8)
    rates[f"{m}x{k}x{n}"] = 2 * m * k * n / statistics.median(times[3:]) / 1e9
print(json.dumps(rates))
"""
    out = subprocess.run([sys.executable, "-c", program, str(options.threads), options.device], capture_output=True,
                         text=True, check=True)
    return json.loads(out.stdout)


def in_turn(label, peers, time_one, options):
    """Returns the results of time_one(peer) by peer and round; the peers run in turn in each round, after a warm-up round."""
    samples = {peer: [] for peer in peers}
    for repeat in range(options.repeats + 1):
        for peer in peers:
            figure = time_one(peer)
            if repeat:
                samples[peer].append(figure)
        print(f"{label}: round {repeat} of {options.repeats}", file=sys.stderr)
    return samples


def time_work(name, options):
    """Returns medians and all samples of the three programs on one workload."""
    config, changes, repeats_of_original = WORK[name]
    samples = {peer: [] for peer in ("original", "fast", "ff")}
    for repeat in range(options.repeats + 1):  # the first round warms up
        for peer in samples:
            if peer == "original" and repeats_of_original and repeat > repeats_of_original:
                continue
            if peer == "original" and repeats_of_original and repeat == 0:
                continue  # its training takes minutes, so it needs no further warm-up
            result = run(name, peer, config, changes, options)
            if repeat or (peer == "original" and repeats_of_original):
                samples[peer].append(result)
        print(f"bench: {name}, round {repeat} of {options.repeats}", file=sys.stderr)
    summary = {"samples": samples, "not_products": not_products(config, changes, options)}
    for figure in ("train", "evaluate", "rest", "wall", "peak_mib", "joules", "dense_gflops",
                   "images_per_second"):
        summary[figure] = {peer: median([s[figure] for s in of_peer]) for peer, of_peer in samples.items()}
    return summary


def median(values):
    values = [value for value in values if value is not None]
    return statistics.median(values) if values else None


def operations(name, config, changes):
    """Returns the floating-point operations of the dense matrix products of a step, per training image."""
    if "sequential" in name:
        return 0  # differs between layers
    inputs = 3072 if "cifar" in config else 784
    widths = changes.get("model.widths", [1024, 1024, 10] if "cifar" in config else [512, 256, 10])
    products = [2 * n_in * n_out for n_in, n_out in zip([inputs, *widths], widths)]
    # Forward-Forward: two samples, forward and weight gradient. Backpropagation: one sample, no input gradient in layer 0.
    return 3 * sum(products) - products[0] if "bp" in name else 4 * sum(products)


def not_products(config, changes, options):
    """Returns the fraction of ff's training time outside matrix products, from a run with --profile; None if unknown.

    For sparse inputs (background of the first layer, inactive units), gradient and optimizer are one pass, which counts as
    matrix product.
    """
    with tempfile.TemporaryDirectory() as out:
        done = finished([*command_of("ff", config, changes, options, out), "--profile"])
    sections = {name: float(seconds) for name, seconds in re.findall(r"^(\w.*?) +([\d.]+) +[\d.]+% ", done.stderr, re.M)}
    training = {name: seconds for name, seconds in sections.items() if name not in ("label sweep", "outputs of frozen layers")}
    if not training:
        return None
    rest = sum(seconds for name, seconds in training.items()
               if not re.match("products|(background|sparse): (products|gradient)", name))
    return rest / sum(training.values())


def command_of(peer, config, changes, options, out):
    """Returns the command line of one run of a program."""
    program = {
        "original": [sys.executable, "reference/train.py"],
        "fast": [sys.executable, "reference/fast.py"],
        "ff": [options.program, "run", "--quiet"],
    }[peer]
    command = [*program, f"configs/{config}.json", "--seeds", "0", "--threads", str(options.threads),
               "--device", options.device, "--out", out]
    # On a GPU, rules without a GPU engine use autograd.
    engine = "fused" if options.device == "cpu" else "auto"
    for key, value in {"prune.ratios": [], "engine": engine, "random_order": "plain", **changes}.items():
        if key != "engine" or peer == "ff":
            command += ["--set", f"{key}={json.dumps(value)}"]
    return command


def run(name, peer, config, changes, options):
    """Runs a program once, in a temporary folder."""
    with tempfile.TemporaryDirectory() as out:
        command = command_of(peer, config, changes, options, out)
        before, begin = energy(options.device), time.perf_counter()
        finished(command)
        wall = time.perf_counter() - begin
        result = json.loads(next(Path(out).glob("*/seed-0/result.json")).read_text(encoding="utf-8"))
        images = changes.get("dataset.train_limit", 50000 if config.startswith("notebook/cifar") else 60000)
        phases = 3 if "sequential" in config else 1
        train, evaluate = result["train_seconds"], result["evaluate_seconds"]
        return {"train": train, "evaluate": evaluate, "rest": wall - train - evaluate, "wall": wall,
                "dense_gflops": operations(name, config, changes) * images * result["epochs"] / train / 1e9,
                "peak_mib": result.get("peak_memory", {}).get("train", result["peak_memory_bytes"]) / 2**20,
                "images_per_second": images * result["epochs"] * phases / result["train_seconds"],
                "joules": None if before is None else energy(options.device) - before, "test_accuracy": result["test_accuracy"]}


def finished(command):
    """Returns the completed process of a command; exits if it failed."""
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, env=environment())
    if done.returncode:
        sys.exit(f"bench: {' '.join(command)}\n{done.stderr}")
    return done


def environment():
    """Returns the environment of all programs: active OpenMP waiting is allowed, since nothing else runs."""
    return {key: value for key, value in os.environ.items() if key != "OMP_WAIT_POLICY"}


def markdown(report):
    """Formats the tables of docs/benchmarks.md."""
    about = report["machine"]
    where = about["cpu"] if about["device"] == "cpu" else f"{about['device']} ({about['cpu']})"
    lines = [f"{where}, {counted(about['threads'], 'thread')}, float32, medians of {counted(about['repeats'], 'round')} "
             f"(original form of the long work: fewer). {about['program'][0]}; {about['program'][1]}. "
             f"Energy: {about['energy_joules']}.", ""]
    apart = [f"{name} ({work['program']})" for name, work in report["work"].items()
             if work.get("program", about["program"][0]) != about["program"][0]]
    if apart:
        lines += [f"Timed again later, all three programs in one run: {', '.join(apart)}.", ""]
    for figure, title in (("train", "training, seconds"), ("evaluate", "evaluation of both sets, seconds"),
                          ("joules", "energy of the whole program, joules"), ("rest", "start, loading and saving, seconds"),
                          ("wall", "the whole program, seconds"), ("peak_mib", "peak memory in training, MiB"),
                          ("images_per_second", "training, images per second"),
                          ("dense_gflops", "training, GFLOP/s as if all products were dense")):
        if not any(work[figure]["ff"] for work in report["work"].values()):
            continue
        lines += [f"| {title} | original form | fast PyTorch | ff | ff against original | ff against fast |",
                  "|---|---:|---:|---:|---:|---:|"]
        for name, work in report["work"].items():
            a, b, c = (work[figure][peer] for peer in ("original", "fast", "ff"))
            if not c:
                continue
            more_is_better = figure in ("images_per_second", "dense_gflops")
            ratio = (lambda x: f"{c / x:.2f}x") if more_is_better else (lambda x: f"{x / c:.2f}x")
            digits = 0 if more_is_better or figure == "peak_mib" else 2
            lines.append(f"| {name} | {a:.{digits}f} | {b:.{digits}f} | {c:.{digits}f} | {ratio(a)} | {ratio(b)} |")
        lines.append("")
    told = {name: work.get("not_products") for name, work in report["work"].items()}
    if any(told.values()):
        lines += ["| ff's training, one more run with --profile | share that is not matrix product |", "|---|---:|"]
        lines += [f"| {name} | {100 * share:.0f} % |" for name, share in told.items() if share is not None] + [""]
    lines += ["| float32 product (rows x in x out) | GFLOP/s |", "|---|---:|"]
    lines += [f"| {shape} | {rate:.0f} |" for shape, rate in report["products_gflops"].items()]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.exit(main())
