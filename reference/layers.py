"""What Forward-Forward and backpropagation networks share: activations, initial weights, optimizers."""

import math

import torch
from torch import nn
from torch.nn import functional as F

ACTIVATIONS = {"relu": F.relu, "tanh": torch.tanh, "sigmoid": torch.sigmoid, "softplus": F.softplus, "gelu": F.gelu}


def initialize(linear, init):
    """Draws the initial weights; "torch" is what nn.Linear's constructor has already done."""
    if init == "normal":
        nn.init.normal_(linear.weight, 0.0, 1.0 / math.sqrt(linear.in_features))
        nn.init.zeros_(linear.bias)


def make_optimizer(parameters, config):
    """PyTorch's own optimizer for the config's `optimizer` section."""
    common = {"lr": config["learning_rate"], "weight_decay": config["weight_decay"]}
    if config["type"] == "sgd":
        return torch.optim.SGD(parameters, momentum=config["momentum"], **common)
    return torch.optim.Adam(parameters, betas=(config["beta1"], config["beta2"]), eps=config["epsilon"], **common)
