"""Reads the JSON configs of the `ff` program, fills in defaults and rejects unknown keys."""

import copy
import json

# Default values by section. The options structs of the C++ program are authoritative.
COMMON = {
    "name": None,
    "dataset": {
        "type": None,
        "name": "mnist",
        "root": None,
        "shape": None,
        "normalize": "original",
        "train_limit": None,
        "test_limit": None,
        "validation": {"count": 0, "seed": 0},
    },
    "augment": {"shift": 0, "flip": False, "test": False},
    "batch_size": 64,
    "prune": {"ratios": [], "scope": "layer"},
    "evaluate": {"every_epoch": False, "validation_every": None, "batch_size": 1000},
    "checkpoint": {"every_epochs": 1, "keep": "last"},
    "random_order": "plain",
    "engine": "auto",
    "fused": {"background": "auto", "cache_mib": 1024, "sparse": "auto"},  # no effect here
    "measures": {"every_epochs": 0, "batches": 4},  # not supported here
    "seeds": [0],
}

FF = {
    "label": {"embedding": "pixels", "value": "max", "neutral": 0.1},
    "model": {
        "type": "ff",
        "widths": [512, 256, 10],
        "activation": "relu",
        "goodness": "mean-square",
        "init": "torch",
        "threshold": {"initial": 5.0, "learned": True},
        "normalize": {"type": "l2", "epsilon": 1e-4, "input": True},
        "dropout": 0.0,
        "peer": {"weight": 0.0, "momentum": 0.9},
    },
    "objective": {"type": "goodness"},
    "loss": {"type": "softplus", "direction": "max-ssq", "temperature": 1.0},
    "negatives": {"type": "random-label", "redraw": "never", "pairing": "independent"},
    "precision": "float32",  # of matrix products; the only one supported
    "schedule": {"type": "sequential", "epochs": 3, "max_steps": None},
    "head": {"type": "none", "layers": "all", "train": "along", "epochs": 10, "optimizer": {"type": "sgd"}},
    "predict": {"by": "goodness", "layers": "all"},
}

# Backpropagation and the rules of backward.py.
BACKWARD = {
    "model": {
        "type": "bp",
        "widths": [512, 256, 10],
        "layers": [],
        "activation": "relu",
        "batch_norm": "none",
        "linear": "addmm",
        "init": "torch",
    },
    "feedback": {},
    "schedule": {"epochs": 3, "max_steps": None},
}

FEEDBACK = {
    "bp": {},
    "fa": {"init": "torch", "scale": 1.0},
    "dfa": {"init": "torch", "scale": 1.0},
    "usf": {"sign_scale": "original", "scale": 1.0, "concordant": 1.0},
    "sign-bp-v1": {"sign_scale": "original", "scale": 1.0},
    "sign-bp-v2": {"sign_scale": "original", "scale": 1.0},
}

LAYERS = {
    "linear": {"type": None, "width": None},
    "conv": {"type": None, "channels": None, "kernel": None, "stride": 1, "padding": 0},
    "batch-norm": {"type": None, "affine": True},
    "max-pool": {"type": None, "kernel": None, "stride": 0, "padding": 0},  # stride 0: the kernel
}

DECAY = {"weight_decay": 0.0, "decoupled_decay": False, "decay_biases": True, "schedule": "constant", "cooldown": None,
         "clip_norm": None}

OPTIMIZERS = {
    "adam": {"type": "adam", "learning_rate": 0.1, "beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8, **DECAY},
    "sgd": {"type": "sgd", "learning_rate": 0.1, "momentum": 0.0, "batch_manhattan": False, **DECAY},
}

CHOICES = {
    "dataset.name": ("mnist", "fashion-mnist", "cifar10", "idx"),
    "label.embedding": ("pixels",),
    "model.activation": ("relu", "tanh", "sigmoid", "softplus", "gelu"),
    "model.goodness": ("mean-square", "sum-square"),
    "model.batch_norm": ("none", "affine", "plain"),
    "model.linear": ("addmm", "mm"),
    "model.init": ("torch", "normal", "zero"),
    "feedback.init": ("torch", "xavier", "kaiming", "normal", "copy"),
    "feedback.sign_scale": ("original", "init-std", "none"),
    "model.normalize.type": ("l2", "rms", "none"),
    "objective.type": ("goodness",),
    "optimizer.schedule": ("constant",),
    "head.optimizer.schedule": ("constant",),
    "loss.type": ("softplus", "relu"),
    "loss.direction": ("max-ssq", "min-ssq"),
    "negatives.type": ("random-label", "hard-label"),
    "negatives.redraw": ("never", "epoch"),
    "negatives.pairing": ("independent", "paired"),
    "schedule.type": ("sequential", "parallel"),
    "head.type": ("none", "softmax"),
    "head.train": ("along",),
    "predict.by": ("goodness", "head"),
    "prune.scope": ("layer", "network"),
    "checkpoint.keep": ("last", "all"),
    "random_order": ("plain", "notebook", "notebook-after-sequential", "bp-notebook"),
    "engine": ("auto", "autograd", "fused"),
    "precision": ("float32",),
}


class ConfigError(ValueError):
    """An error in a config, described in one line."""


def load(path, settings=()):
    """Reads the JSON file, applies `a.b=VALUE` settings and returns the config with all defaults filled in."""
    with open(path, encoding="utf-8") as file:
        given = json.load(file, object_pairs_hook=_without_duplicates)
    for setting in settings:
        _set(given, setting)
    for remark in ("$schema", "comment"):
        given.pop(remark, None)
    return resolve(given)


def resolve(given):
    """Fills in the defaults; raises ConfigError for unknown keys and values."""
    given = copy.deepcopy(given)
    kind = given.get("model", {}).get("type", "ff")
    if kind != "ff" and kind not in FEEDBACK:
        raise ConfigError(f"model.type: {kind!r} is not one of ff, {', '.join(FEEDBACK)}")
    optimizer = given.get("optimizer", {}).get("type", "adam")
    if optimizer not in OPTIMIZERS:
        raise ConfigError(f"optimizer.type: {optimizer!r} is not one of adam, sgd")
    layers = given.get("model", {}).get("layers")
    if kind == "ff":
        _layers_to_widths(given.get("model", {}))
    elif layers:
        given["model"]["layers"] = [_layer(layer, i) for i, layer in enumerate(layers)]

    defaults = {**COMMON, **(FF if kind == "ff" else BACKWARD), "optimizer": dict(OPTIMIZERS[optimizer])}
    if kind != "ff":
        defaults["optimizer"]["learning_rate"] = 0.01
        defaults["feedback"] = FEEDBACK[kind]
    if kind == "ff":
        defaults["head"] = {**FF["head"], "optimizer": _head_optimizer(given)}
    config = _fill(given, defaults, "")
    for path, allowed in CHOICES.items():
        value = _get(config, path)
        if value is not None and value not in allowed:
            raise ConfigError(f"{path}: {value!r} is not one of {', '.join(allowed)}")
    for section in (config["optimizer"], config.get("head", {}).get("optimizer", {})):
        if section.get("clip_norm") is not None:
            raise ConfigError("optimizer.clip_norm: clipped gradients are not known here; leave it out")
    if config["augment"]["shift"] or config["augment"]["flip"]:
        raise ConfigError("augment: moved images are not known here; leave it out")
    if config["dataset"]["type"] not in (None, "idx") or config["dataset"]["shape"]:
        raise ConfigError("dataset.type: only the sets of dataset.name and idx are supported here")
    if config.get("feedback", {}).get("concordant", 1) != 1:
        raise ConfigError("feedback.concordant: signs that differ are not known here; leave it out")
    if config["name"] is None:
        raise ConfigError("name: missing; every experiment needs a name")
    if config["random_order"] == "notebook-after-sequential" and kind != "ff":
        raise ConfigError("random_order: notebook-after-sequential repeats a Forward-Forward training")
    return config


def _head_optimizer(given):
    """Returns the defaults of `head.optimizer`, which are those of Hinton's code."""
    kind = given.get("head", {}).get("optimizer", {}).get("type", "sgd")
    if kind not in OPTIMIZERS:
        raise ConfigError(f"head.optimizer.type: {kind!r} is not one of adam, sgd")
    own = {"learning_rate": 0.01, "weight_decay": 0.003, **({"momentum": 0.9} if kind == "sgd" else {})}
    return {**OPTIMIZERS[kind], **own}


def _fill(given, defaults, path):
    """Merges a section of the config with its defaults; `path` is its key, for error messages."""
    for key in given:
        if key not in defaults:
            raise ConfigError(f"{path}{key}: unknown key; known here: {', '.join(defaults)}")
    filled = {}
    for key, default in defaults.items():
        value = given.get(key, default)
        if isinstance(default, dict):
            if not isinstance(value, dict):
                raise ConfigError(f"{path}{key}: an object is expected, not {value!r}")
            value = _fill(value, default, f"{path}{key}.")
        filled[key] = copy.deepcopy(value)
    return filled


def _layer(layer, index):
    """Returns a layer of `model.layers` with its defaults."""
    kind = layer.get("type")
    if kind not in LAYERS and kind not in CHOICES["model.activation"]:
        raise ConfigError(f"model.layers[{index}].type: {kind!r} is not known")
    filled = _fill(layer, LAYERS.get(kind, {"type": None}), f"model.layers[{index}].")
    if kind == "max-pool" and (filled["stride"] not in (0, filled["kernel"]) or filled["padding"]):
        raise ConfigError(f"model.layers[{index}]: windows of max-pool that overlap are not known here")
    for key, value in filled.items():
        if value is None:
            raise ConfigError(f"model.layers[{index}].{key}: missing")
    return filled


def _layers_to_widths(model):
    """Converts a `model.layers` list of linear layers to the equivalent `model.widths`."""
    layers = model.pop("layers", None)
    if not layers:
        return
    for layer in layers:
        if set(layer) != {"type", "width"} or layer["type"] != "linear":
            raise ConfigError(f"model.layers: only {{type: linear, width}} is known here, not {layer}")
    model["widths"] = [layer["width"] for layer in layers]


def _set(config, setting):
    """Applies one `a.b=VALUE`; VALUE is JSON or a bare word, an empty VALUE removes the key."""
    path, separator, text = setting.partition("=")
    if not separator:
        raise ConfigError(f"--set {setting}: write it as a.b=VALUE")
    try:
        value = json.loads(text)
    except json.JSONDecodeError:
        value = text
    *parents, last = path.split(".")
    for key in parents:
        config = config.setdefault(key, {})
    if text:
        config[last] = value
    else:
        config.pop(last, None)


def _get(config, path):
    """Returns the value at a dotted path, None if a section is missing."""
    for key in path.split("."):
        config = config.get(key) if isinstance(config, dict) else None
    return config


def _without_duplicates(pairs):
    keys = [key for key, _ in pairs]
    for key in keys:
        if keys.count(key) > 1:
            raise ConfigError(f"{key}: the key stands twice in one object")
    return dict(pairs)
