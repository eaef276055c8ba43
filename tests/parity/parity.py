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
from dataclasses import dataclass, field
from pathlib import Path

import torch

ROOT = Path(__file__).resolve().parents[2]
REFERENCE = ROOT / "reference"
sys.path.insert(0, str(REFERENCE))

import data as datasets  # noqa: E402

NO_DATA = 77
FF_ORDERS = ("notebook", "plain", "notebook-after-sequential")
RESULT_KEYS = ("steps", "train_accuracy", "test_accuracy", "thresholds", "accuracy_by_prefix", "accuracy_by_layer",
               "pruned", "accuracy_by_method", "head_loss")
# 1,050 images are 16 batches of 64 and one of 26; 102 steps in all, every layer trained in the sequential schedule.
SMALL = {"train_limit": 1050, "test_limit": 200}
SEQUENTIAL_EPOCHS, PARALLEL_EPOCHS = 2, 6


@dataclass
class Case:
    """One config, run with some seeds."""

    name: str
    config: dict
    seeds: list = field(default_factory=lambda: [0, 1, 2])


    def slug(self):
        """The name of its config and run folder."""
        text = f"{self.name} {self.config['random_order']}".lower()
        return "_".join("".join(c if c.isalnum() else " " for c in text).split())


@dataclass
class Row:
    """What the comparison of one case and seed found."""

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
        """True if nothing differs and there was something to compare."""
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
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("ff", help="the ff program")
    parser.add_argument("--quick", action="store_true", help="short cases of each kind, one seed")
    parser.add_argument("--full", action="store_true", help="every case (the default)")
    parser.add_argument("--threads", type=int, default=2, help="threads of both programs (2)")
    parser.add_argument("--markdown", help="also write the table to this file")
    parser.add_argument("--keep", help="keep the run folders in this empty folder")
    return parser.parse_args()


def find_dataset():
    """mnist if it is found, else fashion-mnist, else None."""
    for name in ("mnist", "fashion-mnist"):
        try:
            datasets.find(name)
            return name
        except FileNotFoundError:
            continue
    return None


def ff_case(dataset, schedule, loss, direction, order, /, **changes):
    """A short Forward-Forward case; `changes` replaces whole sections of its config."""
    epochs = SEQUENTIAL_EPOCHS if schedule == "sequential" else PARALLEL_EPOCHS
    config = {
        "dataset": {"name": dataset, **SMALL},
        "model": {"type": "ff", "widths": [512, 256, 10]},
        "loss": {"type": loss, "direction": direction},
        "schedule": {"type": schedule, "epochs": epochs},
        "optimizer": {"type": "adam", "learning_rate": 0.1},
        "random_order": order,
        **changes,
    }
    return Case(f"FF {schedule}, {loss}, {direction}", config)


def bp_case(dataset, order, optimizer):
    """A short backpropagation case."""
    config = {
        "dataset": {"name": dataset, **SMALL},
        "model": {"type": "bp", "widths": [512, 256, 10]},
        "schedule": {"epochs": PARALLEL_EPOCHS},
        "optimizer": optimizer,
        "random_order": order,
    }
    return Case(f"BP, {optimizer['type']}", config)


CONVOLUTIONS = [
    {"type": "conv", "channels": 8, "kernel": 3, "padding": 1}, {"type": "batch-norm"}, {"type": "relu"},
    {"type": "conv", "channels": 12, "kernel": 3, "stride": 2}, {"type": "batch-norm", "affine": False}, {"type": "relu"},
    {"type": "max-pool", "kernel": 2}, {"type": "linear", "width": 32}, {"type": "relu"}, {"type": "linear", "width": 10},
]


def rule_cases(dataset):
    """The rules that change the backward pass: on perceptrons, with every option once, and on convolutions."""
    momentum = {"type": "sgd", "learning_rate": 0.01, "momentum": 0.9}
    manhattan = {"type": "sgd", "learning_rate": 1e-4, "batch_manhattan": True, "weight_decay": 1e-4}
    mm = {"model": {"linear": "mm"}}
    plain = [("fa", {}, momentum), ("dfa", {}, momentum), ("usf", mm, momentum), ("sign-bp-v1", mm, momentum),
             ("sign-bp-v2", {}, momentum), ("bp", mm, momentum), ("fa", {"feedback": {"init": "xavier", "scale": 0.5}}, manhattan),
             ("dfa", {"feedback": {"init": "kaiming"}, "model": {"activation": "tanh", "init": "zero"}}, momentum),
             ("usf", {"feedback": {"sign_scale": "init-std"}, "model": {"batch_norm": "plain"}}, momentum),
             ("usf", {}, {"type": "adam", "learning_rate": 0.001})]
    cases = []
    for i, (rule, changes, optimizer) in enumerate(plain):
        case = bp_case(dataset, "bp-notebook" if i % 2 else "plain", optimizer)
        case.config["model"] |= {"type": rule, **changes.get("model", {})}
        if "feedback" in changes:
            case.config["feedback"] = changes["feedback"]
        options = [f"{key} {value}" for part in changes.values() for key, value in part.items()]
        case.name = ", ".join([rule, optimizer["type"] + (" manhattan" * ("batch_manhattan" in optimizer)), *options])
        cases.append(case)
    for rule in ("bp", "fa", "dfa", "usf", "sign-bp-v2"):
        case = bp_case(dataset, "bp-notebook", momentum)
        case.name = f"{rule}, convolutions, sgd"
        case.config["model"] = {"type": rule, "layers": CONVOLUTIONS}
        cases.append(case)
    return cases


def all_cases(dataset):
    """Every schedule, loss and direction, BP, further options, and two epochs of the whole training set."""
    kinds = [(schedule, loss, direction) for schedule in ("sequential", "parallel")
             for loss in ("softplus", "relu") for direction in ("max-ssq", "min-ssq")]
    cases = [ff_case(dataset, *kind, FF_ORDERS[i % len(FF_ORDERS)]) for i, kind in enumerate(kinds)]
    cases += further_cases(dataset)
    cases.append(bp_case(dataset, "plain", {"type": "adam", "learning_rate": 0.01}))
    cases.append(bp_case(dataset, "bp-notebook", {"type": "sgd", "learning_rate": 0.01, "momentum": 0.9}))
    cases += rule_cases(dataset)
    whole = ff_case(dataset, "parallel", "softplus", "max-ssq", "notebook",
                    dataset={"name": dataset}, schedule={"type": "parallel", "epochs": 2})
    whole.name += ", all images"
    return cases + [whole, paper_case(dataset, {"epochs": 100, "max_steps": 2 * 600}, "all images")]


def paper_case(dataset, schedule, name, model=None, /, **changes):
    """configs/paper/mnist_ff_hard_3x1000.json, hard negatives from a head, with `changes` of whole sections."""
    config = json.loads((ROOT / "configs/paper/mnist_ff_hard_3x1000.json").read_text(encoding="utf-8"))
    config["dataset"]["name"] = dataset
    config["schedule"].update(schedule)
    config["model"].update(model or {})
    config.update(random_order="plain", prune={"ratios": []})
    for key in ("name", "seeds"):
        del config[key]
    return Case(f"FF parallel, hard negatives, head, {name}", {**config, **changes})


def small_paper_case(dataset):
    """Everything that configs/paper/ can ask for on top, with few images."""
    data = {"name": dataset, "normalize": "none", **SMALL}
    extras = {"widths": [200, 150, 100], "dropout": 0.1, "peer": {"weight": 0.03}}
    case = paper_case(dataset, {"epochs": 10}, "dropout, peers, temperature, decoupled decay, cooldown", extras,
                      dataset=data, loss={"type": "softplus", "temperature": 2.0})
    case.config["optimizer"]["decoupled_decay"] = True
    return case


def further_cases(dataset):
    """Options that change the draws or the operations."""
    paired = ff_case(dataset, "parallel", "softplus", "max-ssq", "plain",
                     negatives={"pairing": "paired", "redraw": "epoch"})
    paired.name += ", paired, redrawn"
    other = ff_case(dataset, "sequential", "softplus", "max-ssq", "plain",
                    model={"type": "ff", "widths": [512, 256, 10], "activation": "tanh", "goodness": "sum-square",
                           "init": "normal", "threshold": {"initial": "width", "learned": False},
                           "normalize": {"type": "rms", "input": False}},
                    optimizer={"type": "sgd", "learning_rate": 0.01, "momentum": 0.9, "weight_decay": 1e-4})
    other.name += ", tanh, sum-square, normal, fixed threshold, rms, sgd"
    return [paired, other, small_paper_case(dataset)]


def quick_cases(dataset):
    """One case of each random order, and of some other rules; one seed."""
    cases = [
        ff_case(dataset, "sequential", "softplus", "max-ssq", "notebook"),
        ff_case(dataset, "parallel", "relu", "min-ssq", "notebook-after-sequential"),
        ff_case(dataset, "parallel", "softplus", "max-ssq", "plain"),
        bp_case(dataset, "bp-notebook", {"type": "adam", "learning_rate": 0.01}),
        small_paper_case(dataset),
        *rule_cases(dataset)[:3],
        rule_cases(dataset)[-1],
    ]
    for case in cases:
        case.seeds = [0]
    return cases


def run_both(cases, folder, options):
    """Writes the configs and runs all of them with both programs."""
    paths = [write_config(case, folder) for case in cases]
    common = [*paths, "--threads", str(options.threads), "--out"]
    call([options.ff, "run", "--device", "cpu", "--quiet", *common, str(folder / "ff")])
    call([sys.executable, str(REFERENCE / "train.py"), *common, str(folder / "reference")])


def write_config(case, folder):
    """The case's config file."""
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
    """Runs a program; what it printed is shown only if it fails."""
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
    """The largest difference of two tensors, infinite if their shapes differ."""
    return (a.double() - b.double()).abs().max().item() if a.shape == b.shape else float("inf")


def report(rows, dataset, threads):
    """The table in Markdown, and below it whatever differs."""
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
    """A table's word for a condition."""
    return "yes" if condition else "no"


if __name__ == "__main__":
    sys.exit(main())
