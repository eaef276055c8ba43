#!/usr/bin/env python3
"""Trains new heads on the activities of a finished unsupervised network, to tell errors of the head from those of its input.

    .venv/bin/python scripts/fresh_heads.py runs/paper_mnist_ff_unsupervised_hybrid_4x2000/seed-0 [--data-root DIR]

For ReLU networks with RMS-normalised inputs (configs/paper/). Prints, on the test set: the fraction of active units and of
dead ones (0 for every image) per layer; the error of the trained head; and the errors of heads trained for ten epochs on
the same layers with other learning rates and weight decays, and on single layers. Do not select settings by these errors.
"""

import argparse
import json
import sys
from pathlib import Path

import torch

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "reference"))
from forward_forward import data as datasets  # noqa: E402

EPOCHS, BATCH, MOMENTUM = 10, 100, 0.9
SETTINGS = ((0.01, 3e-3), (0.01, 3e-4), (0.001, 3e-3), (0.001, 3e-2))  # learning rate, weight decay


def unit_rows(h, epsilon):
    """Scales samples to mean square 1."""
    return h / (h.square().mean(1, keepdim=True).sqrt() + epsilon)


def activities(model, images, epsilon):
    """Returns the activations of every layer, (N, units) each."""
    h, seen, layer = images.flatten(1), [], 0
    while f"layers.{layer}.weight" in model:
        products = unit_rows(h, epsilon) @ model[f"layers.{layer}.weight"].t()
        h = torch.relu(products + model[f"layers.{layer}.bias"])
        seen.append(h)
        layer += 1
    return seen


def features(model, images, layers, epsilon):
    """Returns the input of a head on these layers, (N, units of all of them)."""
    parts = []
    for some in images.split(2000):
        seen = activities(model, some, epsilon)
        parts.append(torch.cat([unit_rows(seen[layer], epsilon) for layer in layers], 1))
    return torch.cat(parts)


def fresh_head(x, labels, classes, rate, decay):
    """Returns the weight of a softmax head trained by SGD with momentum; the learning rate decays in the second half."""
    weight = torch.zeros(classes, x.shape[1])
    velocity = torch.zeros_like(weight)
    for epoch in range(EPOCHS):
        now = rate * min(1, 2 * (EPOCHS - epoch) / EPOCHS)
        for chosen in torch.randperm(len(x)).split(BATCH):
            rows = x[chosen]
            error = torch.softmax(rows @ weight.t(), 1)
            error[torch.arange(len(chosen)), labels[chosen]] -= 1
            velocity.mul_(MOMENTUM).add_(error.t() @ rows / len(chosen) + decay * weight)
            weight.sub_(velocity, alpha=now)
    return weight


def percent_wrong(weight, x, labels):
    """Returns the error in percent."""
    return 100 * ((x @ weight.t()).argmax(1) != labels).double().mean().item()


def main():
    """Prints a line for each layer and each head."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("run", type=Path)
    parser.add_argument("--data-root")
    options = parser.parse_args()
    torch.manual_seed(0)
    config = json.loads((options.run / "config.json").read_text())
    data = datasets.load(config["dataset"], options.data_root)
    model = torch.load(options.run / "checkpoint.pt")["model"]
    epsilon = config["model"]["normalize"]["epsilon"]
    seen = activities(model, data.test.images, epsilon)
    for layer, h in enumerate(seen):
        active, dead = (h > 0).double().mean().item(), (h == 0).all(0).double().mean().item()
        print(f"layer {layer + 1}: {100 * active:.1f} % of the units active, {100 * dead:.1f} % dead")
    first = config["head"]["layers"].get("from", 0) if isinstance(config["head"]["layers"], dict) else 0
    above = list(range(first, len(seen)))
    train, test = (features(model, part.images, above, epsilon) for part in (data.train, data.test))
    print(f"the head as it is: {percent_wrong(model['head.weight'], test, data.test.labels):.2f} %")
    for rate, decay in SETTINGS:
        weight = fresh_head(train, data.train.labels, data.classes, rate, decay)
        print(f"a fresh head, rate {rate}, decay {decay}: {percent_wrong(weight, test, data.test.labels):.2f} %")
    for layer, x, y in zip(above, train.split(seen[-1].shape[1], 1), test.split(seen[-1].shape[1], 1)):
        weight = fresh_head(x, data.train.labels, data.classes, *SETTINGS[2])
        print(f"a fresh head on layer {layer + 1} alone: {percent_wrong(weight, y, data.test.labels):.2f} %")


if __name__ == "__main__":
    main()
