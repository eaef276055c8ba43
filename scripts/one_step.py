#!/usr/bin/env python3
"""Measures how far one step moves the goodness of its own batch, in finished Forward-Forward runs.

    .venv/bin/python scripts/one_step.py runs/NAME/seed-0 ... [--rates 0.001,0.002,0.004] [--data-root DIR]

Prints a Markdown row per run and learning rate with values for layers 1, 2, ..., averaged over batches of 100 training images,
relative to the threshold. "Both": absolute common change of the goodness of positives and negatives (random wrong labels);
"apart": change of positives minus negatives. Each step starts from the run's weights: once a single optimizer step without
history, and once ten times that step, which is the total effect of a step with momentum 0.9.
"""

import argparse
from pathlib import Path

import torch

from finished_run import FinishedRun

BATCHES, BATCH = 20, 100


def mean_goodness(network, images):
    """Returns the mean goodness of each layer over the images, relative to its threshold: (layers)."""
    h, found = images.flatten(1), []
    with torch.no_grad():
        for layer in network.layers:
            h = layer(h)
            found.append(layer.goodness(h).mean() / layer.threshold.squeeze())
    return torch.stack(found)


def moved(network, pos, neg, rate):
    """Returns the change of the goodness of pos and neg by one step of the whole network: (2, layers)."""
    before = {key: tensor.clone() for key, tensor in network.state_dict().items()}
    was = torch.stack([mean_goodness(network, rows) for rows in (pos, neg)])
    for layer in network.layers:
        layer.optimizer.state.clear()
        for group in layer.optimizer.param_groups:
            group["lr"] = rate
    network.train_all(pos, neg)
    change = torch.stack([mean_goodness(network, rows) for rows in (pos, neg)]) - was
    network.load_state_dict(before)
    return change


def rows(folder, rates, data_root):
    """Returns the table rows of a run."""
    run = FinishedRun(folder, data_root)
    train, classes = run.data.train, run.data.classes
    torch.manual_seed(0)
    batches = []
    for chosen in torch.randperm(len(train.labels))[: BATCHES * BATCH].split(BATCH):
        images, labels = train.images[chosen], train.labels[chosen]
        wrong = (labels + torch.randint(1, classes, labels.shape)) % classes
        batches.append([run.labelled(images, given) for given in (labels, wrong)])
    for rate in rates:
        cells = []
        for times in (1, 10):
            changes = torch.stack([moved(run.network, pos, neg, rate * times) for pos, neg in batches])
            both, apart = changes.mean(1).abs().mean(0), (changes[:, 0] - changes[:, 1]).mean(0)
            cells.append(", ".join(f"{x:.2g}" for x in both.tolist()))
            cells.append(", ".join(f"{x:+.2g}" for x in apart.tolist()))
        yield f"| {folder.parent.name} | {rate:g} | " + " | ".join(cells) + " |"


def main():
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("runs", nargs="+", type=Path)
    parser.add_argument("--rates", default="0.001,0.002,0.004")
    parser.add_argument("--data-root")
    options = parser.parse_args()
    print("| run | rate | one step: both | apart | ten times as long: both | apart |")
    print("|---|---:|---|---|---|---|")
    for run in options.runs:
        for row in rows(run, [float(rate) for rate in options.rates.split(",")], options.data_root):
            print(row)


if __name__ == "__main__":
    main()
