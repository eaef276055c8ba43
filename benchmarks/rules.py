"""Times the rules that change the backward pass, compared with backpropagation and, for some, with plain PyTorch.

    python benchmarks/rules.py build/ff [--threads 2] [--repeats 5] [--json FILE] [--markdown FILE]

The work is one epoch of MNIST with 784-512-256-10, batch size 64, SGD with momentum. All run in turn in each round, after one
warm-up round; reported are medians of the time from the first batch to the last update, in seconds.
"""

import bench
from machine import counted

CONFIG = "notebook/mnist_bp_sgd"
RULES = ["bp", "fa", "kolen-pollack", "dfa", "ifa", "drtp", "sdfa", "usf", "frsf", "sign-bp-v1", "sign-bp-v2"]
IN_PYTORCH = ["bp", "fa", "dfa", "usf", "sign-bp-v1", "sign-bp-v2"]
CHANGES = {"schedule.epochs": 1, "evaluate.every_epoch": False}


def main():
    """Times all rules and writes the report."""
    options = bench.common_parser(__doc__).parse_args()
    peers = [(rule, "ff") for rule in RULES] + [(rule, "original") for rule in IN_PYTORCH]
    samples = bench.in_turn("rules", peers, lambda peer: train_seconds(*peer, options), options)
    report = {"machine": bench.machine(options),
              "samples": {f"{rule}, {program}": values for (rule, program), values in samples.items()}}
    bench.publish(report, markdown(report), options)


def train_seconds(rule, program, options):
    """Returns the time from the first batch to the last update, in seconds."""
    changes = {**CHANGES, "model.type": rule}
    if rule == "kolen-pollack":
        changes["optimizer.weight_decay"] = 1e-4
    return bench.run(f"mnist-{rule}", program, CONFIG, changes, options)["train"]


def markdown(report):
    """Formats the table."""
    about = report["machine"]
    seconds = {tuple(peer.split(", ")): bench.median(values) for peer, values in report["samples"].items()}
    lines = [f"{about['cpu']}, {counted(about['threads'], 'thread')}, float32, medians of {counted(about['repeats'], 'round')}. "
             f"{about['program'][0]}.", "",
             "| rule | ff, seconds | beside bp | plain PyTorch, seconds | plain PyTorch / ff |", "|---|---:|---:|---:|---:|"]
    for rule in RULES:
        ours, theirs = seconds[rule, "ff"], seconds.get((rule, "original"))
        beside = f"{theirs:.2f} | {theirs / ours:.2f}x" if theirs else " | "
        lines.append(f"| {rule} | {ours:.3f} | {ours / seconds['bp', 'ff']:.2f}x | {beside} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
