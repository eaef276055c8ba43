"""Loads a finished Forward-Forward run as a network of the Python reference, for the analysis scripts."""

import sys
from pathlib import Path

import torch

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "reference"))
from forward_forward import config as configs  # noqa: E402
from forward_forward import data as datasets  # noqa: E402
from forward_forward.ff_layers import FFNetwork  # noqa: E402
from forward_forward.labels import overlay  # noqa: E402


class FinishedRun:
    """The network of the run in FOLDER, with its data set and label overlay."""

    def __init__(self, folder, data_root):
        config = configs.load(folder / "config.json")
        self.data = datasets.load(config["dataset"], data_root)
        value = config["label"]["value"]
        self.value = self.data.train.images.max() if value == "max" else value
        self.network = FFNetwork(config, self.data.train.images[0].numel(), self.data.classes, self.value)
        model = torch.load(folder / "checkpoint.pt")["model"]
        self.network.load_state_dict({key: tensor for key, tensor in model.items() if not key.startswith("head.")}, strict=False)

    def labelled(self, images, labels):
        """Returns the images (N, C, H, W) with the labels written into them."""
        return overlay(images, labels, self.value, self.data.classes)
