"""The orders in which an experiment draws its random numbers (the config's `random_order`).

Every draw is made by the object that made it in the original: DataLoader draws one integer from torch's generator
when an iterator is created ("base") and, when it shuffles, another one at its first batch ("sampler").
"""

import random
import sys

import torch
from torch.utils.data import DataLoader, TensorDataset

from .labels import wrong_labels


def seed_both(seed):
    """Seeds torch's and Python's generator."""
    torch.manual_seed(seed)
    random.seed(seed)


def base_draw(images):
    """What walking once through a loader over this set, unshuffled, takes from torch's generator."""
    iter(DataLoader(TensorDataset(images.images, images.labels)))


def notebook_cells(train, test):
    """What the notebook draws before the training set's wrong labels: a look at three images, two loaders."""
    train_set = TensorDataset(train.images, train.labels)
    _, labels = next(iter(DataLoader(train_set, batch_size=3, shuffle=True)))
    if len(labels.unique()) > 1:
        wrong_labels(labels)
    else:
        print("notebook: the three sample images have one label, no wrong label drawn for them", file=sys.stderr)
    base_draw(train)
    base_draw(test)


def first_sequential_training(make_network, batches, epochs):
    """What the notebook's sequential training draws before its parallel one: a network, then each epoch's loaders.

    `batches()` begins an epoch, whose draws are all made by its first batch.
    """
    network = make_network()
    for _ in range(len(network.layers) * epochs):
        next(batches())
