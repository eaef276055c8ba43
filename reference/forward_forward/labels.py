"""Labels written into images, and the wrong labels of the negative images."""

import random

import torch


def overlay(images, labels, value, classes):
    """Writes labels into the first `classes` pixels of channel 0, row by row: all become 0, the label's one `value`.

    images (N, C, H, W); labels (N) or one int for all. Returns a copy.
    """
    images = images.clone(memory_format=torch.contiguous_format)
    pixels = label_pixels(images, classes)
    pixels.zero_()
    if isinstance(labels, int):
        pixels[:, labels] = value
    else:
        pixels[torch.arange(len(labels)), labels] = value
    return images


def label_pixels(images, classes):
    """A view (N, classes) of the pixels that carry a label in contiguous images (N, C, H, W)."""
    pixels = images.view(len(images), -1)
    if classes > images[0, 0].numel():
        raise ValueError(f"label.embedding: {classes} classes do not fit into an image of {images[0, 0].numel()} pixels")
    return pixels[:, :classes]


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
