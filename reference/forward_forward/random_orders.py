"""Orders in which an experiment draws its random numbers (the config's `random_order`).

Every draw is made by the same kind of object as in the original: DataLoader draws one integer from torch's generator
when an iterator is created ("base") and, with shuffling, another one at its first batch ("sampler").
"""

import random
import sys

import torch
from torch.utils.data import DataLoader, TensorDataset

from .labels import wrong_labels


def seed_both(seed):
    """Seeds the generators of torch and Python."""
    torch.manual_seed(seed)
    random.seed(seed)


def base_draw(images):
    """Consumes the draw that one pass over an unshuffled DataLoader makes."""
    iter(DataLoader(TensorDataset(images.images, images.labels)))


def notebook_cells(train, test):
    """Makes the draws of the notebook before the wrong labels of the training set: a three-image preview, two loaders."""
    train_set = TensorDataset(train.images, train.labels)
    _, labels = next(iter(DataLoader(train_set, batch_size=3, shuffle=True)))
    if len(labels.unique()) > 1:
        wrong_labels(labels)
    else:
        print("notebook: the three sample images have one label, no wrong label drawn for them", file=sys.stderr)
    base_draw(train)
    base_draw(test)


def first_sequential_training(make_network, batches, epochs):
    """Makes the draws of the notebook's sequential training before its parallel one: a network, then each epoch's loaders.

    `batches()` starts an epoch, whose draws are all made by its first batch.
    """
    network = make_network()
    for _ in range(len(network.layers) * epochs):
        next(batches())
