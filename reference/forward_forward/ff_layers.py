"""Forward-Forward (Hinton 2022): a linear layer with a local loss and optimizer, and a network of such layers."""

import math

import torch
from torch import nn
from torch.nn import functional as F

from . import layers
from .head import SoftmaxHead
from .labels import label_pixels, overlay

# exp(z) overflows float32 above 88; up to this limit, log(1 + exp(z)) is computed directly.
EXP_LIMIT = 80.0


def softplus_loss(z):
    """Returns mean(log(1 + exp(z))), computed literally, as F.softplus and log1p round differently."""
    if z.detach().max() <= EXP_LIMIT:
        return torch.log(1 + torch.exp(z)).mean()
    return (torch.log(1 + torch.exp(z.clamp_max(EXP_LIMIT))) + F.relu(z - EXP_LIMIT)).mean()


def relu_loss(z):
    """Returns mean(max(0, z))."""
    return F.relu(z).mean()


LOSSES = {"softplus": softplus_loss, "relu": relu_loss}


class FFLinear(nn.Linear):
    """A linear layer with its own threshold, loss and optimizer.

    Trained so that the goodness is above the threshold for positive inputs and below it for negative ones (max-ssq), or the
    other way round (min-ssq).
    """

    def __init__(self, in_features, out_features, model, loss, optimizer, normalize):
        super().__init__(in_features, out_features)
        layers.initialize(self, model["init"])
        initial = model["threshold"]["initial"]
        threshold = torch.tensor([float(out_features if initial == "width" else initial)])
        if model["threshold"]["learned"]:
            self.threshold = nn.Parameter(threshold)
        else:
            self.register_buffer("threshold", threshold)
        self.activation = layers.ACTIVATIONS[model["activation"]]
        self.squares = model["goodness"]
        self.normalize = normalize
        self.epsilon = model["normalize"]["epsilon"]
        self.loss_function = LOSSES[loss["type"]]
        self.direction = loss["direction"]
        self.temperature = loss["temperature"]
        self.dropout = model["dropout"]
        self.peer = model["peer"]
        self.mean_activation = torch.full((out_features,), 0.5)
        self.optimizer = layers.make_optimizer(self, optimizer)

    def preactivation(self, x):
        """(N, in_features) -> (N, out_features); mm and a broadcast sum round differently from addmm."""
        return torch.mm(self.direction_of(x), self.weight.t()) + self.bias.unsqueeze(0)

    def forward(self, x):
        """(N, in_features) -> (N, out_features)."""
        return self.activation(self.preactivation(x))

    def dropped(self, activations):
        """Applies dropout, scaled by 1 / sqrt(1 - p) to preserve the expected sum of squares."""
        if self.dropout == 0:
            return activations
        keep = torch.empty(activations.shape, dtype=torch.int32).bernoulli_(1 - self.dropout)
        return activations * (keep.to(activations.dtype) * (1 / math.sqrt(1 - self.dropout)))

    def peer_term(self, a_pos, z_pos):
        """Peer normalisation: pulls the mean activation of each unit on positives to the layer's mean (Hinton's ffnew.m)."""
        momentum = self.peer["momentum"]
        with torch.no_grad():
            self.mean_activation.mul_(momentum).add_(a_pos.mean(0), alpha=1 - momentum)
        excess = self.mean_activation - self.mean_activation.mean()
        return self.peer["weight"] * (excess * z_pos.mean(0)).sum()

    def direction_of(self, x):
        """Applies length normalisation, which hides the goodness of the layer below."""
        if self.normalize == "l2":
            return x / (x.norm(2, 1, keepdim=True) + self.epsilon)
        if self.normalize == "rms":
            return x / (x.pow(2).mean(1, keepdim=True).sqrt() + self.epsilon)
        return x

    def goodness(self, activations):
        """(N, out_features) -> (N)."""
        squares = activations.pow(2)
        return squares.mean(1) if self.squares == "mean-square" else squares.sum(1)

    def loss(self, g_pos, g_neg):
        """Returns the loss of a batch from the goodness (N) of its positives and negatives."""
        pos, neg = g_pos - self.threshold, g_neg - self.threshold
        z = torch.cat([-pos, neg] if self.direction == "max-ssq" else [pos, -neg])
        return self.loss_function(z if self.temperature == 1 else z / self.temperature)

    def train_step(self, pos, neg):
        """Updates this layer once; returns the loss and the detached activations from before the update."""
        z_pos = self.preactivation(pos)
        a_pos, a_neg = self.dropped(self.activation(z_pos)), self.dropped(self(neg))
        loss = self.loss(self.goodness(a_pos), self.goodness(a_neg))
        self.optimizer.zero_grad()
        (loss + self.peer_term(a_pos, z_pos) if self.peer["weight"] > 0 else loss).backward()
        self.optimizer.step()
        return loss.item(), a_pos.detach(), a_neg.detach()


class FFNetwork(nn.Module):
    """A stack of FFLinear layers that predicts by evaluating the goodness of every label (label sweep)."""

    def __init__(self, config, in_features, classes, label_value):
        super().__init__()
        model = config["model"]
        sizes = [in_features, *model["widths"]]
        kinds = [model["normalize"]["type"]] * len(model["widths"])
        if not model["normalize"]["input"]:
            kinds[0] = "none"
        self.layers = nn.ModuleList(
            FFLinear(n_in, n_out, model, config["loss"], config["optimizer"], kind)
            for n_in, n_out, kind in zip(sizes, sizes[1:], kinds)
        )
        self.classes = classes
        self.label_value = label_value
        self.neutral = config["label"]["neutral"]
        self.head = self.head_layers = None
        if config["head"]["type"] == "softmax":
            self.head_layers = chosen_layers(config["head"]["layers"], len(self.layers))
            features = sum(model["widths"][index] for index in self.head_layers)
            self.head = SoftmaxHead(features, classes, config["head"]["optimizer"])
        self.sign = 1.0 if config["loss"]["direction"] == "max-ssq" else -1.0

    def train_layer(self, index, pos, neg):
        """Sequential schedule: trains one layer for one step, recomputing the layers below. Returns {layer: loss}.

        As in the original, the activations of the layers below are not detached, so unused gradients accumulate there.
        """
        pos, neg = pos.flatten(1), neg.flatten(1)
        for below in range(index):
            pos, neg = self.layers[below](pos), self.layers[below](neg)
        loss, _, _ = self.layers[index].train_step(pos, neg)
        return {index: loss}

    def train_all(self, pos, neg):
        """Parallel schedule: trains every layer for one step on the activations from before the update of the layer below."""
        pos, neg = pos.flatten(1), neg.flatten(1)
        losses = {}
        for index, layer in enumerate(self.layers):
            losses[index], pos, neg = layer.train_step(pos, neg)
        return losses

    def activities(self, images, with_dropout=False):
        """Returns the input of the head: normalised activities of its layers for images with a neutral label.

        With `neutral` None (a network trained without labels in its images) the images are unchanged.
        """
        x = images.clone(memory_format=torch.contiguous_format)
        if self.neutral is not None:
            label_pixels(x, self.classes).fill_(self.neutral)
        x, seen = x.flatten(1), {}
        for index, layer in enumerate(self.layers):
            x = layer(x)
            x = layer.dropped(x) if with_dropout else x
            seen[index] = layer.direction_of(x)
        return torch.cat([seen[index] for index in self.head_layers], 1)

    def goodness(self, images):
        """Returns the goodness of every label in every layer: (N, C, H, W) -> (N, classes, layers)."""
        goodness = torch.zeros(len(images), self.classes, len(self.layers))
        for label in range(self.classes):
            h = overlay(images, label, self.label_value, self.classes).flatten(1)
            for index, layer in enumerate(self.layers):
                h = layer(h)
                goodness[:, label, index] = layer.goodness(h)
        return goodness

    def predict(self, goodness, chosen):
        """Returns the label with the highest mean goodness over the selected layers: (N, classes, layers) -> (N)."""
        mean = goodness.index_select(2, torch.tensor(chosen)).mean(2)
        return (self.sign * mean).argmax(1)

    def thresholds(self):
        """Returns the threshold of each layer."""
        return [layer.threshold.item() for layer in self.layers]


def chosen_layers(layers, count):
    """Returns the layer indices selected by a key: "all", {"first": k}, {"from": k} or a list."""
    if layers == "all":
        return list(range(count))
    if isinstance(layers, dict):
        return list(range(layers["first"])) if "first" in layers else list(range(layers["from"], count))
    return layers
