"""The backpropagation network that Forward-Forward is compared with."""

from torch import nn
from torch.nn import functional as F

import layers


class BPNetwork(nn.Module):
    """Linear layers with an activation between them, trained end to end by cross-entropy."""

    def __init__(self, config, in_features):
        super().__init__()
        model = config["model"]
        sizes = [in_features, *model["widths"]]
        self.layers = nn.ModuleList()
        for n_in, n_out in zip(sizes, sizes[1:]):
            self.layers.append(nn.Linear(n_in, n_out))
            layers.initialize(self.layers[-1], model["init"])
        self.activation = layers.ACTIVATIONS[model["activation"]]
        self.optimizer = layers.make_optimizer(self, config["optimizer"])

    def forward(self, images):
        """(N, C, H, W) -> (N, classes)."""
        x = images.flatten(1)
        for layer in self.layers[:-1]:
            x = self.activation(layer(x))
        return self.layers[-1](x)

    def train_batch(self, images, labels):
        """One update of the whole network; returns the loss."""
        self.optimizer.zero_grad()
        loss = F.cross_entropy(self(images), labels)
        loss.backward()
        self.optimizer.step()
        return loss.item()
