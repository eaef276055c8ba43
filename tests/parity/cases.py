"""Cases of parity.py: configs for every schedule, loss, rule and option, on few images or all of them."""

import json
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FF_ORDERS = ("notebook", "plain", "notebook-after-sequential")
# 1,050 images are 16 batches of 64 and one of 26; 102 steps in total, with every layer trained in the sequential schedule.
SMALL = {"train_limit": 1050, "test_limit": 200}
SEQUENTIAL_EPOCHS, PARALLEL_EPOCHS = 2, 6


@dataclass
class Case:
    """A config and its seeds."""

    name: str
    config: dict
    seeds: list = field(default_factory=lambda: [0, 1, 2])

    def slug(self):
        """Returns the name of the config and the run folder."""
        text = f"{self.name} {self.config['random_order']}".lower()
        return "_".join("".join(c if c.isalnum() else " " for c in text).split())


def ff_case(dataset, schedule, loss, direction, order, /, **changes):
    """Returns a short Forward-Forward case; `changes` replaces whole sections of its config."""
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
    """Returns a short backpropagation case."""
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
    """Returns cases of the rules that change the backward pass: on MLPs, with every option once, and on convolutions."""
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
    """Returns all cases: schedules, losses, directions, BP, further options, and two epochs of the whole training set."""
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
    """Returns configs/paper/mnist_ff_hard_3x1000.json (hard negatives from a head), with whole sections replaced by `changes`."""
    config = json.loads((ROOT / "configs/paper/mnist_ff_hard_3x1000.json").read_text(encoding="utf-8"))
    config["dataset"]["name"] = dataset
    config["schedule"].update(schedule)
    config["model"].update(model or {})
    config.update(random_order="plain", prune={"ratios": []})
    for key in ("name", "seeds"):
        del config[key]
    return Case(f"FF parallel, hard negatives, head, {name}", {**config, **changes})


def small_paper_case(dataset):
    """Returns a case with every option that configs/paper/ can combine with it, on few images."""
    data = {"name": dataset, "normalize": "none", **SMALL}
    extras = {"widths": [200, 150, 100], "dropout": 0.1, "peer": {"weight": 0.03}}
    case = paper_case(dataset, {"epochs": 10}, "dropout, peers, temperature, decoupled decay, cooldown", extras,
                      dataset=data, loss={"type": "softplus", "temperature": 2.0})
    case.config["optimizer"]["decoupled_decay"] = True
    return case


def further_cases(dataset):
    """Returns cases of options that change the random draws or the operations."""
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
    """Returns one case per random order, and some other rules; one seed each."""
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
