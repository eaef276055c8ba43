"""Network trained by backpropagation and by the rules that change its backward pass."""

import torch
from torch import nn

from . import layers
from .backward import make_rule


class Network(nn.Module):
    """Linear and convolutional layers (layers.0, ...), batch normalisation (norms.0, ...) and modules without weights."""

    def __init__(self, config, image):
        """`image` is an example input, (C, H, W)."""
        super().__init__()
        model = config["model"]
        self.layers, self.norms = nn.ModuleList(), nn.ModuleList()
        self.blocks = []  # for each layer, the modules after it
        self.sizes = []  # and their output size per sample
        self.mm = model["linear"] == "mm"
        x = torch.zeros_like(image).unsqueeze(0)
        for options in model["layers"] or perceptron(model):
            x = self._add(options, x, model["init"])
            self.sizes[-1] = x.numel()
        self.rule = make_rule(self, config)
        self.optimizer = layers.make_optimizer(self, config["optimizer"])

    @torch.no_grad()
    def _add(self, options, x, init):
        """Adds a layer that receives x; returns a tensor of the shape of its output."""
        kind = options["type"]
        if kind in ("linear", "conv"):
            if kind == "linear":
                layer = (MmLinear if self.mm else nn.Linear)(x.numel(), options["width"])
            else:
                layer = nn.Conv2d(x.shape[1], options["channels"], options["kernel"], options["stride"],
                                  options["padding"])
            layers.initialize(layer, init)
            self.layers.append(layer)
            self.blocks.append([])
            self.sizes.append(0)
            return layer(fitting(layer, x))
        if kind == "batch-norm":
            self.norms.append((nn.BatchNorm2d if x.dim() == 4 else nn.BatchNorm1d)(x.shape[1], affine=options["affine"]))
            self.blocks[-1].append(self.norms[-1])
            return x
        step = nn.MaxPool2d(options["kernel"]) if kind == "max-pool" else layers.ACTIVATIONS[kind]
        self.blocks[-1].append(step)
        return step(x)

    def after(self, index, z):
        """Applies the modules after layer `index` to its output."""
        for step in self.blocks[index]:
            z = step(z)
        return z

    def forward(self, images):
        """(N, C, H, W) -> (N, classes)."""
        x = images
        for index, layer in enumerate(self.layers):
            x = self.after(index, layer(fitting(layer, x)))
        return x

    def train_batch(self, images, labels):
        """Updates the whole network once; returns the loss."""
        self.train()
        self.optimizer.zero_grad()
        loss = self.rule(self, images, labels)
        self.optimizer.step()
        return loss.item()


class MmLinear(nn.Linear):
    """A linear layer computed as mm followed by adding the bias, as in SignOnlyBP's notebooks, instead of addmm."""

    def forward(self, x):
        return x.mm(self.weight.t()) + self.bias


def perceptron(model):
    """Returns the layers of the MLP given by widths, activation and batch_norm."""
    for width in model["widths"][:-1]:
        yield {"type": "linear", "width": width}
        if model["batch_norm"] != "none":
            yield {"type": "batch-norm", "affine": model["batch_norm"] == "affine"}
        yield {"type": model["activation"]}
    yield {"type": "linear", "width": model["widths"][-1]}


def fitting(layer, x):
    """Reshapes an input to the form that the layer expects."""
    return x if isinstance(layer, nn.Conv2d) else x.flatten(1)
