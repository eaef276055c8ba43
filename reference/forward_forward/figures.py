"""Named numbers of runs: of an epoch, of a result, of a config. Plots, reports and data frames share these names.

A list with one value per layer becomes NAME_layer_1, NAME_layer_2, ...; of every accuracy there is the error in percent
beside it (test_accuracy: test_error). These are the names of `ff table --columns`, where that has the same number.
"""

import math

SINGULAR = {"layer_losses": "loss", "thresholds": "threshold"}


def number(value):
    """Returns a float; NaN for what is missing or not a finite number."""
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        return math.nan
    return float(value)


def _flat(record, skip=()):
    """Returns {name: number} of a JSON object, lists by layer, measures without their prefix."""
    found = {}
    for key, value in record.items():
        if key in skip:
            continue
        if key == "measures" and isinstance(value, dict):
            found.update(_flat(value))
        elif key == "head_loss" and isinstance(value, list):  # a list of one: there is one head
            found[key] = number(value[0]) if value else math.nan
        elif isinstance(value, list):
            found.update({f"{SINGULAR.get(key, key)}_layer_{i}": number(item) for i, item in enumerate(value, 1)
                          if not isinstance(item, (list, dict))})
        elif value is None or (isinstance(value, (int, float)) and not isinstance(value, bool)):
            found[key] = number(value)
    for key in [key for key in found if key.endswith("_accuracy")]:
        found[key.removesuffix("accuracy") + "error"] = 100 * (1 - found[key])
    return found


def of_epoch(line):
    """Returns the numbers of one line of metrics.jsonl.

    In the sequential schedule `layer_losses` holds only the layer of `phase`; its name says which.
    """
    losses, phase = line.get("layer_losses"), line.get("phase", "")
    found = _flat(line, skip=("phase",))
    if isinstance(losses, list) and len(losses) == 1 and phase.startswith("layer "):
        found.pop("loss_layer_1")
        found[f"loss_layer_{int(phase.removeprefix('layer ')) + 1}"] = number(losses[0])
    return found


def epochs(run):
    """Returns the numbers of every epoch, with `train_seconds` and `train_steps` since the start."""
    rows, seconds, steps = [], 0.0, 0
    for line in run.metrics:
        row = of_epoch(line)
        seconds += _zero(row.get("seconds"))
        steps += _zero(row.get("steps"))
        rows.append({**row, "train_seconds": seconds, "train_steps": steps})
    return rows


def _zero(value):
    return 0.0 if value is None or math.isnan(value) else value


def of_result(run):
    """Returns the numbers of result.json: accuracies by set, layer, prefix, method and pruning ratio, time and memory."""
    found = _flat(run.result, skip=("name", "seed", "accuracy_by_prefix", "accuracy_by_layer", "pruned"))
    for kind in ("prefix", "layer"):
        for part, values in _dict(run.result.get(f"accuracy_by_{kind}")).items():
            found.update({f"{part}_accuracy_{kind}_{i}": number(value) for i, value in enumerate(values, 1)})
    for method, parts in _dict(run.result.get("accuracy_by_method")).items():
        found.update({f"{part}_accuracy_by_{method}": number(value) for part, value in _dict(parts).items()})
    for ratio, scores in _dict(run.result.get("pruned")).items():
        found.update({f"pruned_{ratio}_{key}": number(value) for key, value in _dict(scores).items()
                      if key.endswith("_accuracy")})
    for phase, value in _dict(run.result.get("peak_memory")).items():
        found[f"peak_memory_{phase}"] = number(value)
    return found


def _dict(value):
    return value if isinstance(value, dict) else {}


def of_layers(run, kind):
    """Returns the test and other accuracies by `kind`, "layer" or "prefix": one row for each number of layers from 1."""
    by_set = _dict(run.result.get(f"accuracy_by_{kind}"))
    count = max((len(values) for values in by_set.values()), default=0)
    rows = []
    for i in range(count):
        values = {f"{part}_accuracy": values[i] for part, values in by_set.items() if i < len(values)}
        rows.append({kind: float(i + 1), **_flat(values)})
    return rows


def of_pruning(run):
    """Returns the accuracies by pruned share of the weights, 0 (the whole network) first."""
    pruned = _dict(run.result.get("pruned"))
    if not pruned:
        return []
    rows = [{"pruned": 0.0, **_accuracies(run.result)}]
    rows += [{"pruned": float(ratio), **_accuracies(_dict(scores))} for ratio, scores in pruned.items()]
    return sorted(rows, key=lambda row: row["pruned"])


def _accuracies(scores):
    return _flat({key: value for key, value in scores.items() if key.endswith("_accuracy")})


def at(config, path):
    """Returns the value at a dotted path of a config; None if it is absent."""
    for key in path.split("."):
        config = config.get(key) if isinstance(config, dict) else None
    return config


def leaves(config, prefix=""):
    """Returns {dotted path: value} of a config; lists are values."""
    found = {}
    for key, value in config.items():
        if isinstance(value, dict):
            found.update(leaves(value, f"{prefix}{key}."))
        else:
            found[prefix + key] = value
    return found


def differences(configs):
    """Returns {dotted path: [value of each config]} of the keys that are not the same in all of them.

    `name` and `seeds` are left out. A key that a config lacks is None there; if that follows from another key that is
    shown, as the keys of `head` follow from head.type and those of a learning rule from model.type, and all configs that
    have it agree, it is left out too.
    """
    flat = [leaves(config) for config in configs]
    paths = list(dict.fromkeys(path for one in flat for path in one if path not in ("name", "seeds")))
    by_path = {path: [one.get(path) for one in flat] for path in paths}
    differing = {path: values for path, values in by_path.items() if any(value != values[0] for value in values)}
    return {path: values for path, values in differing.items() if not _follows(path, flat, differing)}


def _follows(path, flat, differing):
    present = [one[path] for one in flat if path in one]
    if len(present) == len(flat) or any(value != present[0] for value in present):
        return False
    sections = path.split(".")
    types = {".".join([*sections[:depth], "type"]) for depth in range(1, len(sections))} | {"model.type"}
    return path not in types and not types.isdisjoint(differing)
