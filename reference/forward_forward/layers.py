"""Components shared by all networks: activations, weight initialisation, optimizers."""

import math

import torch
from torch import nn
from torch.nn import functional as F

ACTIVATIONS = {"relu": F.relu, "tanh": torch.tanh, "sigmoid": torch.sigmoid, "softplus": F.softplus, "gelu": F.gelu}


def initialize(layer, init):
    """Initialises the weights; "torch" keeps the initialisation of the layer's constructor."""
    if init == "normal":
        nn.init.normal_(layer.weight, 0.0, 1.0 / math.sqrt(layer.weight[0].numel()))
    if init == "zero":
        nn.init.zeros_(layer.weight)
    if init != "torch":
        nn.init.zeros_(layer.bias)


def make_optimizer(module, config):
    """Creates PyTorch's optimizer for a module's parameters from the config's `optimizer` section."""
    def decay(name):
        return config["weight_decay"] if config["decay_biases"] or name.endswith("weight") else 0.0

    groups = [{"params": [p], "weight_decay": decay(name)} for name, p in module.named_parameters() if p.requires_grad]
    rate, decoupled = config["learning_rate"], config["decoupled_decay"]
    if config["type"] == "sgd":
        kind = DecoupledSGD if decoupled else torch.optim.SGD
        kind = manhattan(kind) if config["batch_manhattan"] else kind
        return kind(groups, lr=rate, momentum=config["momentum"])
    kind = torch.optim.AdamW if decoupled else torch.optim.Adam
    return kind(groups, lr=rate, betas=(config["beta1"], config["beta2"]), eps=config["epsilon"], foreach=False)


def manhattan(kind):
    """Wraps an optimizer so that it receives the sign of each gradient (batch Manhattan)."""
    class Manhattan(kind):
        @torch.no_grad()
        def step(self):
            for group in self.param_groups:
                for parameter in group["params"]:
                    parameter.grad.sign_()
            super().step()

    return Manhattan


class DecoupledSGD(torch.optim.SGD):
    """SGD with decoupled weight decay, as in AdamW: w <- w - lr * weight_decay * w before the SGD step."""

    @torch.no_grad()
    def step(self):
        decays = [group["weight_decay"] for group in self.param_groups]
        for group, value in zip(self.param_groups, decays):
            group["weight_decay"] = 0.0
            for parameter in group["params"]:
                if value and parameter.grad is not None:
                    parameter.mul_(1 - group["lr"] * value)
        super().step()
        for group, value in zip(self.param_groups, decays):
            group["weight_decay"] = value


def rate_factor(config, epoch, epochs):
    """Returns the learning-rate factor of `optimizer.cooldown` in epoch `epoch` (from 0) of `epochs`."""
    if config["cooldown"] is None:
        return 1.0
    constant = int(config["cooldown"] * epochs)
    return min(1.0, (epochs - epoch) / (epochs - constant))


def set_rate(optimizer, config, epoch, epochs):
    """Sets the learning rate of an epoch."""
    for group in optimizer.param_groups:
        group["lr"] = config["learning_rate"] * rate_factor(config, epoch, epochs)
