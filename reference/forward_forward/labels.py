"""Label overlays, and wrong labels for negative samples."""

import random

import torch


def overlay(images, labels, value, classes):
    """Writes labels into the first `classes` pixels of channel 0 row by row: the label's becomes `value`, the others 0.

    images (N, C, H, W); labels (N), or an int for all images. Returns a copy.
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
    """Returns a view (N, classes) of the label pixels of contiguous images (N, C, H, W)."""
    pixels = images.view(len(images), -1)
    if classes > images[0, 0].numel():
        raise ValueError(f"label.embedding: {classes} classes do not fit into an image of {images[0, 0].numel()} pixels")
    return pixels[:, :classes]


def wrong_labels(labels):
    """Draws a random wrong label per sample with Python's random.choice.

    Draws class by class, not in sample order, from the sorted other labels that occur in the batch.
    """
    present = torch.unique(labels)
    wrong = labels.clone()
    for own in present:
        others = present[present != own].tolist()
        mask = labels == own
        wrong[mask] = torch.tensor([random.choice(others) for _ in range(int(mask.sum()))])
    return wrong
