"""Magnitude pruning: sets the weights of smallest magnitude to zero."""

import copy
import math
from fractions import Fraction

import torch


def pruned(network, ratio, scope):
    """Returns a copy of the network with floor(ratio * n) of n weights set to zero, per layer or over all layers.

    Ties are broken by position. Biases and thresholds are not pruned.
    """
    network = copy.deepcopy(network)
    weights = [layer.weight for layer in network.layers]
    with torch.no_grad():
        for group in [weights] if scope == "network" else [[weight] for weight in weights]:
            _prune(group, ratio)
    return network


def _prune(weights, ratio):
    flat = torch.cat([weight.flatten() for weight in weights])
    order = flat.abs().sort(stable=True).indices
    count = math.floor(Fraction(repr(float(ratio))) * len(flat))  # exact decimal: the double nearest to 0.29 is slightly smaller
    flat[order[:count]] = 0
    for weight, kept in zip(weights, flat.split([weight.numel() for weight in weights])):
        weight.copy_(kept.view_as(weight))
