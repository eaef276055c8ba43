"""The two kinds of training: initial random draws, phases and batches.

Both classes have the same interface: network, phases() -> [(name, epochs, step)], where step trains one batch and
returns {layer: loss}, batches() -> the batches of an epoch, and end_epoch().
"""

import torch
from torch.utils.data import DataLoader, TensorDataset

from . import random_orders
from .backward import RULES
from .ff_layers import FFNetwork
from .head import draw_hard_labels
from .labels import overlay, wrong_labels
from .network import Network


class FFTraining:
    """Forward-Forward on precomputed positive and negative images from shuffled loaders."""

    def __init__(self, config, data, seed):
        self.order = order = config["random_order"]
        self.config, self.data = config, data
        value = config["label"]["value"]
        self.label_value = data.train.images.max() if value == "max" else value
        self.positives = self._overlay(data.train.labels)
        self.hard = config["negatives"]["type"] == "hard-label"
        self.epochs_begun = 0

        random_orders.seed_both(seed)
        if order.startswith("notebook"):
            random_orders.notebook_cells(data.train, data.test)
        self._draw_negatives()
        if order == "plain":
            torch.manual_seed(seed)
        if order == "notebook-after-sequential":
            random_orders.first_sequential_training(self._make_network, self.batches, config["schedule"]["epochs"])
        self.network = self._make_network()
        if order == "bp-notebook":
            random_orders.base_draw(data.test)

    def phases(self):
        """Returns one phase per layer (sequential) or one for all layers (parallel)."""
        epochs = self.config["schedule"]["epochs"]
        if self.config["schedule"]["type"] == "parallel":
            return [("all layers", epochs, self._train_with_head if self.network.head else self.network.train_all)]
        return [(f"layer {i}", epochs, self._step_of_layer(i)) for i in range(len(self.network.layers))]

    def optimizers(self):
        """Returns every optimizer with its options."""
        options = self.config["optimizer"]
        pairs = [(layer.optimizer, options) for layer in self.network.layers]
        head = self.network.head
        return pairs + ([(head.optimizer, self.config["head"]["optimizer"])] if head else [])

    def begin_epoch(self):
        """Draws new wrong labels for every epoch but the first, if configured."""
        self.epochs_begun += 1
        if self.network.head:
            self.network.head.loss_sum = self.network.head.images = 0
        if self.epochs_begun > 1 and self.config["negatives"]["redraw"] == "epoch":
            self._draw_negatives()

    def batches(self):
        """Returns batches (positives, negatives), shuffled independently or in pairs; with hard negatives (positives, labels)."""
        if self.hard:
            yield from self._loader(self.positives, self.data.train.labels)
            return
        if self.config["negatives"]["pairing"] == "paired":
            yield from self._loader(self.positives, self.negatives)
            return
        for (pos,), (neg,) in zip(self._loader(self.positives), self._loader(self.negatives)):
            yield pos, neg

    def end_epoch(self):
        """Consumes the draw of the original's evaluation after every epoch, whether or not an evaluation is made."""
        if self.order == "bp-notebook":
            random_orders.base_draw(self.data.test)

    def _train_with_head(self, pos, second):
        """Trains a head along with the layers, on activities of neutral-label images from before the layers' update."""
        network = self.network
        if not self.hard:
            raise ValueError("head: known here only with negatives.type hard-label")
        logits = network.head.train_step(network.activities(pos, with_dropout=True), second)
        labels = draw_hard_labels(logits, second)
        return network.train_all(pos, overlay(pos, labels, self.label_value, self.data.classes))

    def _draw_negatives(self):
        if self.hard:
            return
        self.negatives = self._overlay(wrong_labels(self.data.train.labels))

    def _overlay(self, labels):
        return overlay(self.data.train.images, labels, self.label_value, self.data.classes)

    def _loader(self, *tensors):
        return DataLoader(TensorDataset(*tensors), batch_size=self.config["batch_size"], shuffle=True)

    def _make_network(self):
        in_features = self.data.train.images[0].numel()
        return FFNetwork(self.config, in_features, self.data.classes, self.label_value)

    def _step_of_layer(self, index):
        return lambda pos, neg: self.network.train_layer(index, pos, neg)


class LabelTraining:
    """Backpropagation and related rules: images and labels from one shuffled loader."""

    def __init__(self, config, data, seed):
        self.order = config["random_order"]
        self.config, self.data = config, data
        self.train_set = TensorDataset(data.train.images, data.train.labels)

        random_orders.seed_both(seed)
        if self.order == "notebook":
            random_orders.notebook_cells(data.train, data.test)
        self.network = Network(config, data.train.images[0])
        if self.order == "bp-notebook":
            random_orders.base_draw(data.test)

    def phases(self):
        """Returns one phase for the whole network."""
        return [("network", self.config["schedule"]["epochs"], self._step)]

    def optimizers(self):
        """Returns the optimizer with its options."""
        return [(self.network.optimizer, self.config["optimizer"])]

    def begin_epoch(self):
        """Makes no draws."""

    def batches(self):
        """Returns batches (images, labels)."""
        return iter(DataLoader(self.train_set, batch_size=self.config["batch_size"], shuffle=True))

    def end_epoch(self):
        """Consumes the draw of the original's evaluation after every epoch, whether or not an evaluation is made."""
        if self.order == "bp-notebook":
            random_orders.base_draw(self.data.test)

    def _step(self, images, labels):
        return {0: self.network.train_batch(images, labels)}


TRAININGS = {"ff": FFTraining, "bp": LabelTraining, **{rule: LabelTraining for rule in RULES}}
