"""Predictions and accuracies of all kinds of networks; draws no random numbers."""

import torch
from torch.nn import functional as F

from .ff_layers import FFNetwork, chosen_layers


def evaluate(network, images, config):
    """Returns accuracies, predictions (N) and, by kind, `loss` (all but ff), `by_prefix` and `by_layer` (ff) of an image set."""
    with torch.no_grad():
        evaluate_kind = _evaluate_ff if isinstance(network, FFNetwork) else _evaluate_scores
        return evaluate_kind(network, images, config)


def _evaluate_ff(network, data, config):
    batches = data.images.split(config["evaluate"]["batch_size"])
    goodness = torch.cat([network.goodness(batch) for batch in batches])
    count = len(network.layers)

    def predict(chosen):
        return network.predict(goodness, chosen)

    by_method = {"goodness": predict(chosen_layers(config["predict"]["layers"], count))}
    if network.head:
        by_method["head"] = torch.cat([network.head(network.activities(batch)) for batch in batches]).argmax(1)
    predictions = by_method[config["predict"]["by"]]
    return {
        "predictions": predictions,
        "accuracy": accuracy(predictions, data.labels),
        "by_method": {name: accuracy(found, data.labels) for name, found in by_method.items()},
        "by_prefix": [accuracy(predict(list(range(k + 1))), data.labels) for k in range(count)],
        "by_layer": [accuracy(predict([k]), data.labels) for k in range(count)],
    }


def _evaluate_scores(network, data, config):
    network.eval()
    batches = data.images.split(config["evaluate"]["batch_size"])
    scores = torch.cat([network(batch) for batch in batches])
    predictions = scores.argmax(1)
    return {
        "predictions": predictions,
        "accuracy": accuracy(predictions, data.labels),
        "loss": F.cross_entropy(scores, data.labels).item(),
    }


def accuracy(predictions, labels):
    """Returns the fraction of correct predictions."""
    return (predictions == labels).sum().item() / len(labels)
