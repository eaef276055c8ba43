"""Trained networks of run folders as torch modules, with the rule of prediction of their config.

A network is used as `ff` uses it: Forward-Forward tries every label and takes the one with the best mean goodness over the
chosen layers (`predict.layers`), or asks the head (`predict.by`); every other rule trains a feed-forward network whose
largest output is the prediction.
"""

import json
from pathlib import Path

import torch
from torch import nn

from . import config as configs
from . import data as datasets
from .data_files import FOLDERS, set_name
from .ff_layers import FFNetwork, chosen_layers
from .network import Network

UNLABELLED = {"value": None, "neutral": None}  # of hybrid negatives: no label is written into images


class UnsupportedRun(ValueError):
    """A run whose network or data this package cannot rebuild; the message names the config key."""


class TrainedNetwork(nn.Module):
    """The network of a finished run, in evaluation mode.

    `forward` takes normalised images (N, C, H, W), as load_data() gives them, and returns scores (N, classes): the logits
    of the network or of the head, or each label's mean goodness (negative with loss.direction min-ssq). The largest is
    the prediction. Its parameters can be trained on as those of any module.
    """

    def __init__(self, network, config, batch_size=1000):
        super().__init__()
        self.network, self.config, self.batch_size = network, config, batch_size
        self.eval()

    def forward(self, images):
        return self.network(images)

    @torch.no_grad()
    def predict(self, images):
        """Returns the predicted class of each image: (N, C, H, W) -> (N), int64, in batches of `batch_size`."""
        return torch.cat([self(batch).argmax(1) for batch in images.split(self.batch_size)])


class TrainedFF(TrainedNetwork):
    """The same for Forward-Forward. `chosen` are the layers, from 0, whose goodness is averaged."""

    def __init__(self, network, config, batch_size, chosen):
        super().__init__(network, config, batch_size)
        self.chosen, self.by = chosen, config["predict"]["by"]

    def forward(self, images):
        if self.by == "head":
            return self.network.head(self.network.activities(images))
        mean = self.goodness(images).index_select(2, torch.tensor(self.chosen, device=images.device)).mean(2)
        return self.network.sign * mean

    def goodness(self, images):
        """Returns the goodness of every label in every layer: (N, C, H, W) -> (N, classes, layers).

        Raises UnsupportedRun for a network trained without labels in its images.
        """
        if self.network.label_value is None:
            raise UnsupportedRun("label: the network was trained without labels in its images and has no goodness by label")
        return self.network.goodness(images)


def load_network(folder, checkpoint="checkpoint.pt"):
    """Returns the network of a run folder, or of another of its checkpoints ("checkpoint-0003.pt").

    Returns a TrainedNetwork on the CPU. Raises UnsupportedRun for what the reference lacks (convolutional
    Forward-Forward blocks, activations, goodness and data added by another program), OSError for missing files.
    """
    folder = Path(folder)
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    environment = json.loads((folder / "environment.json").read_text(encoding="utf-8"))
    state = torch.load(folder / checkpoint, map_location="cpu", weights_only=True)
    _check(config)
    shape, classes = _images(environment)
    batch_size = config["evaluate"]["batch_size"]
    if config["model"]["type"] != "ff":
        network = Network(_as_backpropagation(config), torch.zeros(shape))
        _load(network, state["model"])
        return TrainedNetwork(network, config, batch_size)
    config = _ff_config(config)
    learner = state.get("learner", {})
    value = learner["label_value"].item() if "label_value" in learner else _label_value(config["label"])
    in_features = shape[0] * shape[1] * shape[2]
    network = FFNetwork(config, in_features, classes, value)
    _load(network, state["model"])
    return TrainedFF(network, config, batch_size, _chosen(learner, config))


def load_data(folder, data_root=None):
    """Returns the data of a run folder as data.Data: train, test and validation images, normalised as in training.

    The set is looked for in `data_root`, else where the run found it, else as `reference/train.py` does. Raises
    UnsupportedRun for kinds of data that the reference does not read, FileNotFoundError.
    """
    folder = Path(folder)
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))["dataset"]
    environment = json.loads((folder / "environment.json").read_text(encoding="utf-8"))
    if set_name(config) is None:
        raise UnsupportedRun(f"dataset: {config.get('type') or config['name']} is not read here; "
                             f"known: {', '.join(FOLDERS)}")
    known = environment.get("data_folder")
    if not data_root and known and Path(known).is_dir():
        data_root = known
    return datasets.load(config, data_root)


def _check(config):
    """Refuses what the modules here would compute differently."""
    allowed = {key: values for key, values in configs.CHOICES.items()
               if key in ("model.activation", "model.goodness", "model.normalize.type", "model.batch_norm", "label.embedding",
                          "head.type", "predict.by")}
    for key, values in allowed.items():
        value = configs._get(config, key)
        if value is not None and value not in values:
            raise UnsupportedRun(f"{key}: {value!r} is not known to the Python reference; known: {', '.join(values)}")
    for i, layer in enumerate(config["model"].get("layers") or []):
        kind = layer["type"]
        if kind not in configs.LAYERS and kind not in configs.CHOICES["model.activation"]:
            raise UnsupportedRun(f"model.layers[{i}].type: {kind!r} is not known to the Python reference")


def _images(environment):
    """Returns the shape (C, H, W) of an image and the number of classes."""
    data = environment.get("data")
    if not isinstance(data, dict) or "shape" not in data or "classes" not in data:
        raise UnsupportedRun("environment.json: no shape of the images (data.shape): the run was made by an older version")
    return data["shape"], data["classes"]


def _as_backpropagation(config):
    """How a rule trains does not matter once it has: the network of every rule predicts as backpropagation's."""
    model = {**configs.BACKWARD["model"], **config["model"], "type": "bp"}
    return {**config, "model": model, "optimizer": configs.OPTIMIZERS["adam"], "feedback": {}}


def _ff_config(config):
    """Returns the sections that FFNetwork reads, complete."""
    model = {**configs.FF["model"], **config["model"]}
    try:
        configs._layers_to_widths(model)
    except configs.ConfigError as error:
        raise UnsupportedRun(str(error)) from error
    model["peer"] = {**configs.FF["model"]["peer"], **model["peer"]}
    loss = {**configs.FF["loss"], **config["loss"], "type": "softplus"}  # the type trains, and does not predict
    return {**config, "model": model, "loss": loss, "optimizer": configs.OPTIMIZERS["adam"],
            "head": {**configs.FF["head"], **config["head"], "optimizer": configs.OPTIMIZERS["sgd"]},
            "label": {**configs.FF["label"], **config["label"]} if "label" in config else UNLABELLED,
            "predict": {**configs.FF["predict"], **config["predict"]}}


def _label_value(label):
    """Returns the label's pixel of a checkpoint that does not have it; None if images carry no label."""
    if label["value"] != "max":
        return label["value"]
    raise UnsupportedRun("checkpoint: no label_value, and label.value is max; run it with this version of ff")


def _chosen(learner, config):
    if "predict_layers" in learner:
        return learner["predict_layers"].nonzero().view(-1).tolist()
    layers = config["predict"]["layers"]
    if layers == "validation":
        raise UnsupportedRun("checkpoint: no predict_layers, and predict.layers is validation")
    return chosen_layers(layers, len(config["model"]["widths"]))


def _load(network, tensors):
    """Loads all tensors; batch normalisation's counter of batches, which `ff` does not keep, may be missing."""
    missing, unexpected = network.load_state_dict(tensors, strict=False)
    missing = [name for name in missing if not name.endswith(".num_batches_tracked")]
    if missing or unexpected:
        raise UnsupportedRun(f"checkpoint: tensors missing: {missing}; unexpected: {unexpected}")
