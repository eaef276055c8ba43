"""Labels written into images, and the wrong labels of the negative images."""

import random

import torch


def overlay(images, labels, value, classes):
    """Writes labels into the first `classes` pixels of row 0, channel 0: all become 0, the label's one `value`.

    images (N, C, H, W); labels (N) or one int for all. Returns a copy.
    """
    images = images.clone()
    images[:, 0, 0, :classes] = 0
    if isinstance(labels, int):
        images[:, 0, 0, labels] = value
    else:
        images[torch.arange(len(labels)), 0, 0, labels] = value
    return images


def wrong_labels(labels):
    """One random wrong label for each label, by Python's random.choice.

    Drawn class by class, not in image order, from the sorted labels that occur without the own one.
    """
    present = torch.unique(labels)
    wrong = labels.clone()
    for own in present:
        others = present[present != own].tolist()
        mask = labels == own
        wrong[mask] = torch.tensor([random.choice(others) for _ in range(int(mask.sum()))])
    return wrong
