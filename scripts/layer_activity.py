#!/usr/bin/env python3
"""Analyses the layers of finished Forward-Forward runs on the first 2,000 images of their test set.

    .venv/bin/python scripts/layer_activity.py runs/NAME/seed-0 ... [--data-root DIR]

Prints a Markdown row per run and layer: the fraction of dead units (0 for every image with its true label), the goodness of
true and of wrong labels, each as mean ± standard deviation relative to the threshold, and the correlation of the two over
images, which is near 1 if the goodness depends on the image rather than on the label.
"""

import argparse
from pathlib import Path

import torch

from finished_run import FinishedRun

IMAGES = 2000


def goodnesses(network, images):
    """Returns for each layer the goodness (N) and the activations (N, units)."""
    h, seen = images.flatten(1), []
    for layer in network.layers:
        h = layer(h)
        seen.append((layer.goodness(h), h))
    return seen


def rows(folder, data_root):
    """Returns the table rows of a run."""
    run = FinishedRun(folder, data_root)
    images, labels = run.data.test.images[:IMAGES], run.data.test.labels[:IMAGES]
    wrong = (labels + 1) % run.data.classes
    true, false = (goodnesses(run.network, run.labelled(images, given)) for given in (labels, wrong))
    for number, ((g, h), (g_wrong, _)) in enumerate(zip(true, false), 1):
        threshold = abs(run.network.layers[number - 1].threshold.item())
        dead = (h == 0).all(0).double().mean().item()
        same = torch.corrcoef(torch.stack([g, g_wrong]))[0, 1].item()
        cells = [f"{x.mean().item() / threshold:.3g} ± {x.std().item() / threshold:.2g}" for x in (g, g_wrong)]
        yield f"| {folder.parent.name} | {number} | {100 * dead:.1f} % | {cells[0]} | {cells[1]} | {same:.2f} |"


def main():
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("runs", nargs="+", type=Path)
    parser.add_argument("--data-root")
    options = parser.parse_args()
    print("| run | layer | dead units | goodness of the true label | of a wrong label | correlation |")
    print("|---|---:|---:|---:|---:|---:|")
    with torch.no_grad():
        for run in options.runs:
            print("\n".join(rows(run, options.data_root)))


if __name__ == "__main__":
    main()
