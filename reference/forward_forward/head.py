"""Softmax head on the normalised activities of a Forward-Forward network, and hard negatives sampled from it."""

import torch
from torch import nn
from torch.nn import functional as F

from . import layers


class SoftmaxHead(nn.Module):
    """A linear classifier without bias, initialised to zero; its loss does not train the layers below."""

    def __init__(self, features, classes, optimizer):
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(classes, features))
        self.optimizer = layers.make_optimizer(self, optimizer)
        self.loss_sum = self.images = 0

    def forward(self, features):
        """(N, features) -> logits (N, classes)."""
        return torch.mm(features, self.weight.t())

    def train_step(self, features, labels):
        """Updates the head once; returns the logits from before the update."""
        logits = self(features)
        loss = F.cross_entropy(logits, labels)
        self.optimizer.zero_grad()
        loss.backward()
        self.optimizer.step()
        self.loss_sum += loss.item() * len(labels)
        self.images += len(labels)
        return logits.detach()


def draw_hard_labels(logits, labels):
    """Draws a wrong label per sample from softmax(logits), (B, C) -> (B), with the true label excluded."""
    others = logits.scatter(1, labels.unsqueeze(1), float("-inf")).softmax(1)
    up_to = others.cumsum(1)
    wanted = torch.rand(len(logits), 1) * up_to[:, -1:]
    drawn = (up_to <= wanted).sum(1)
    last = torch.tensor([row.nonzero().max() for row in others])  # guards against rounding in the cumulative sum
    return torch.minimum(drawn, last)
