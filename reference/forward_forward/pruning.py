"""Sets the weights of smallest magnitude to zero."""

import copy
import math
from fractions import Fraction

import torch


def pruned(network, ratio, scope):
    """A copy of the network without floor(ratio * n) of its n weights: of each layer, or of all together.

    Ties go by position; biases and thresholds stay.
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
    count = math.floor(Fraction(repr(float(ratio))) * len(flat))  # the decimal 0.29, not the double just below it
    flat[order[:count]] = 0
    for weight, kept in zip(weights, flat.split([weight.numel() for weight in weights])):
        weight.copy_(kept.view_as(weight))
