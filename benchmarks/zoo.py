"""Measures time and memory of a training step of every rule in configs/zoo, for the tables of docs/rules.md.

    python benchmarks/zoo.py build/ff [--threads 1] [--repeats 3] [--json results/zoo/steps.json] [--markdown FILE]

The work is 200 batches of 64 MNIST images in every phase of a rule, after 200 warm-up batches, with the network of the
comparison and with the deep one, using the engine that the config selects, without measures. All rules run in turn in each
round; reported is the median step time, averaged over a rule's phases. Memory is the peak of `ff bench memory`: parameters,
optimizer state, state of the rule, gradients and activations.
"""

import csv
import json
import tempfile
from pathlib import Path

import bench
from machine import counted

NETWORKS = {"mnist": {}, "deep": {"model.widths": [240, 240, 240, 240, 240, 10]}}
STEPS = 200
CHANGES = {"dataset.train_limit": 64 * STEPS, "dataset.test_limit": 100, "measures.every_epochs": 0}


def main():
    """Measures all rules and writes the report."""
    parser = bench.common_parser(__doc__)
    parser.set_defaults(threads=1, repeats=3)
    options = parser.parse_args()
    with open(bench.ROOT / "scripts" / "rules.csv", newline="", encoding="utf-8") as file:
        families = {row["config"]: row["family"] for row in csv.DictReader(file)}
    rules = list(families)
    peers = [(network, rule) for rule in rules for network in NETWORKS]
    engines = {}
    samples = bench.in_turn("zoo", peers, lambda peer: step_ms(*peer, families, engines, options), options)
    report = {"machine": bench.machine(options), "engines": engines,
              "samples": {network: {rule: samples[network, rule] for rule in rules} for network in NETWORKS},
              "peak_bytes": {network: peak_bytes(network, rules, options) for network in NETWORKS}}
    bench.publish(report, markdown(report), options)


def step_ms(network, rule, families, engines, options):
    """Returns the time of a step in milliseconds; stores the engine."""
    with tempfile.TemporaryDirectory() as out:
        command = [options.program, "run", "--quiet", f"configs/zoo/{rule}.json", "--seeds", "0", "--device", "cpu",
                   "--threads", str(options.threads), "--out", out]
        for key, value in {**CHANGES, **two_epochs(rule, families[rule]), **NETWORKS[network]}.items():
            command += ["--set", f"{key}={json.dumps(value)}"]
        bench.finished(command)
        run = next(Path(out).glob("*/seed-0"))
        engines.setdefault(network, {})[rule] = json.loads((run / "result.json").read_text(encoding="utf-8"))["engine"]
        lines = [json.loads(line) for line in (run / "metrics.jsonl").read_text(encoding="utf-8").splitlines()]
    last = {line["phase"]: line for line in lines if "phase" in line}
    return 1000 * sum(line["seconds"] for line in last.values()) / sum(line["steps"] for line in last.values())


def two_epochs(rule, family):
    """Returns config changes that give each phase of the rule two epochs."""
    config = json.loads((bench.ROOT / "configs" / "zoo" / f"{rule}.json").read_text(encoding="utf-8"))
    changes = {"schedule.epochs": 2}
    if family == "Hebbian":
        changes["hebbian.epochs"] = 2
    if config.get("targets", {}).get("pretrain_epochs"):
        changes["targets.pretrain_epochs"] = 2
    return changes


def peak_bytes(network, rules, options):
    """Returns the peak tensor memory of each rule's training, in bytes."""
    with tempfile.TemporaryDirectory() as out:
        command = [options.program, "bench", "memory", *(f"configs/zoo/{rule}.json" for rule in rules),
                   "--device", "cpu", "--threads", str(options.threads), "--json", f"{out}/rows.json"]
        for key, value in NETWORKS[network].items():
            command += ["--set", f"{key}={json.dumps(value)}"]
        bench.finished(command)
        rows = json.loads(Path(f"{out}/rows.json").read_text(encoding="utf-8"))
    return {rule: row["peak_bytes"] for rule, row in zip(rules, rows)}


def markdown(report):
    """Formats the table."""
    about = report["machine"]
    lines = [f"{about['cpu']}, {counted(about['threads'], 'thread')}, medians of {counted(about['repeats'], 'round')}. "
             f"{about['program'][0]}.", "",
             "| rule | engine | ms per step | in depth | peak MiB | in depth |", "|---|---|---:|---:|---:|---:|"]
    for rule, engine in report["engines"]["mnist"].items():
        figures = [f"{bench.median(report['samples'][network][rule]):.2f}" for network in NETWORKS]
        figures += [f"{report['peak_bytes'][network][rule] / 2**20:.1f}" for network in NETWORKS]
        lines.append(f"| {rule} | {engine} | {' | '.join(figures)} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
