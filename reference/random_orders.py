"""The orders in which an experiment draws its random numbers (the config's `random_order`).

Every draw is made by the object that made it in the original: DataLoader draws one integer from torch's generator
when an iterator is created ("base") and, when it shuffles, another one at its first batch ("sampler").
"""

import random
import sys

import torch
from torch.utils.data import DataLoader, TensorDataset

from labels import wrong_labels

FF_ORDERS = ("plain", "notebook", "notebook-after-sequential")
BP_ORDERS = ("plain", "notebook", "bp-notebook")


def check(order, allowed, kind):
    """Refuses an order that says nothing about networks of this kind."""
    if order not in allowed:
        raise ValueError(f"random_order: {order} is not defined for {kind} networks; allowed: {', '.join(allowed)}")


def seed_both(seed):
    """Seeds torch's and Python's generator."""
    torch.manual_seed(seed)
    random.seed(seed)


def base_draw(dataset):
    """What walking once through a loader over this set, unshuffled, takes from torch's generator."""
    iter(DataLoader(dataset, batch_size=max(1, len(dataset))))


def notebook_cells(train, test):
    """What the notebook draws before the training set's wrong labels: a look at three images, two loaders."""
    train_set = TensorDataset(train.images, train.labels)
    _, labels = next(iter(DataLoader(train_set, batch_size=3, shuffle=True)))
    if len(labels.unique()) > 1:
        wrong_labels(labels)
    else:
        print("notebook: the three sample images have one label, no wrong label drawn for them", file=sys.stderr)
    base_draw(train_set)
    base_draw(TensorDataset(test.images, test.labels))


def first_sequential_training(make_network, pos_loader, neg_loader, epochs):
    """What the notebook's sequential training draws before its parallel one: a network, then each epoch's loaders."""
    network = make_network()
    for _ in range(len(network.layers) * epochs):
        next(zip(pos_loader, neg_loader))
