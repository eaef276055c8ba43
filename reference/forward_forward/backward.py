"""Backpropagation, and rules that change its backward pass, in plain PyTorch.

A rule is called with the network, images and labels; it sets the gradient of every parameter and returns the loss.
"""

import math

import torch
from torch.nn import functional as F

FEEDBACK_BITS = 0x46454544  # domain separation from the random numbers of weights and shuffling


def backpropagation(network, images, labels):
    """Backpropagation by autograd."""
    loss = F.cross_entropy(network(images), labels)
    loss.backward()
    return loss


class LinearWithFeedback(torch.autograd.Function):
    """A linear layer whose backward pass uses `feedback` instead of the weight, and `seen` as the input in dL/dW."""

    @staticmethod
    def forward(ctx, x, weight, bias, feedback, seen, mm):
        ctx.save_for_backward(feedback, seen)
        return x.mm(weight.t()) + bias if mm else F.linear(x, weight, bias)

    @staticmethod
    def backward(ctx, delta):
        feedback, seen = ctx.saved_tensors
        dx = delta.mm(feedback) if ctx.needs_input_grad[0] else None
        return dx, delta.t().mm(seen), delta.sum(0), None, None, None


class ConvWithFeedback(torch.autograd.Function):
    """As LinearWithFeedback, for a convolution."""

    @staticmethod
    def forward(ctx, x, weight, bias, feedback, seen, stride, padding):
        ctx.save_for_backward(weight, feedback, seen)
        ctx.geometry = stride, padding
        return F.conv2d(x, weight, bias, stride, padding)

    @staticmethod
    def backward(ctx, delta):
        weight, feedback, seen = ctx.saved_tensors
        stride, padding = ctx.geometry

        def backward(through, wanted):
            return torch.ops.aten.convolution_backward(
                delta, seen, through, [len(weight)], stride, padding, [1, 1], False, [0, 0], 1, wanted)

        dx = backward(feedback, [True, False, False])[0] if ctx.needs_input_grad[0] else None
        _, dw, db = backward(weight, [False, True, True])
        return dx, dw, db, None, None, None, None


class Layerwise:
    """Propagates errors layer by layer through feedback weights of the shape of the forward weights."""

    def feedback(self, index, layer):
        """Returns the feedback weights of layer `index` > 0."""
        raise NotImplementedError

    def seen(self, layer, x):
        """Returns the tensor used as the layer's input in its weight gradient."""
        return x

    def __call__(self, network, images, labels):
        x = images
        for index, layer in enumerate(network.layers):
            conv = isinstance(layer, torch.nn.Conv2d)
            x = x if conv else x.flatten(1)
            weight = layer.weight.detach()
            others = (self.feedback(index, layer) if index else weight, self.seen(layer, x.detach()))
            if conv:
                z = ConvWithFeedback.apply(x, layer.weight, layer.bias, *others, layer.stride, layer.padding)
            else:
                z = LinearWithFeedback.apply(x, layer.weight, layer.bias, *others, network.mm)
            x = network.after(index, z)
        loss = F.cross_entropy(x, labels)
        loss.backward()
        return loss


class FeedbackAlignment(Layerwise):
    """Feedback alignment (Lillicrap et al. 2014): fixed random feedback weights."""

    def __init__(self, network, options):
        generator = feedback_generator()
        self.matrices = [None] + [random_matrix(layer.weight, options, generator) for layer in network.layers[1:]]

    def feedback(self, index, layer):
        return self.matrices[index]


class UniformSigns(Layerwise):
    """Uniform sign-concordant feedback (Liao et al. 2016): B = s * sign(W) with a scale s per layer."""

    def __init__(self, network, options):
        self.scales = [sign_scale(layer.weight.detach(), options) for layer in network.layers]

    def feedback(self, index, layer):
        return layer.weight.detach().sign() * self.scales[index]


class SignBP(UniformSigns):
    """SignOnlyBP, notebook 8: B = s * sign(W), and sign(x) as the input in dL/dW."""

    def seen(self, layer, x):
        return x.sign()


class ScaledSignBP(UniformSigns):
    """SignOnlyBP, notebook 1: as SignBP, with sign(x) / sqrt(number of inputs)."""

    def seen(self, layer, x):
        return x.sign() * (1 / math.sqrt(layer.weight.shape[1]))


class DirectFeedbackAlignment:
    """Direct feedback alignment (Nokland 2016): fixed random weights project the output error to each hidden layer."""

    def __init__(self, network, options):
        generator = feedback_generator()
        classes = len(network.layers[-1].weight)
        self.matrices = [random_matrix(torch.empty(classes, size), options, generator) for size in network.sizes[:-1]]

    def __call__(self, network, images, labels):
        x, given = images, []
        for index, layer in enumerate(network.layers):
            x = x if isinstance(layer, torch.nn.Conv2d) else x.flatten(1)
            given.append(network.after(index, layer(x.detach())))
            x = given[-1]
        logits = x.detach().requires_grad_()
        loss = F.cross_entropy(logits, labels)
        error, = torch.autograd.grad(loss, logits)
        taught = [error.mm(matrix).view_as(h) for matrix, h in zip(self.matrices, given)]
        torch.autograd.backward(given, [*taught, error])
        return loss


def feedback_generator():
    """Returns a generator for feedback weights, seeded from torch's current seed."""
    return torch.Generator().manual_seed((torch.initial_seed() ^ FEEDBACK_BITS) & 0xFFFFFFFF)


def random_matrix(like, options, generator):
    """Draws feedback weights of the shape of `like` from the configured distribution."""
    fan_in, fan_out = like[0].numel(), like[:, 0].numel()
    if options["init"] == "copy":
        return like.detach() * options["scale"]
    matrix = torch.empty(like.shape)
    if options["init"] == "normal":
        matrix.normal_(0, 1, generator=generator)
    else:
        bound = {"torch": 1 / math.sqrt(fan_in), "xavier": math.sqrt(6 / (fan_in + fan_out)),
                 "kaiming": math.sqrt(6 / fan_in)}[options["init"]]
        matrix.uniform_(-bound, bound, generator=generator)
    return matrix.mul_(options["scale"])


def sign_scale(weight, options):
    """Returns the scale s of the feedback s * sign(W)."""
    if options["sign_scale"] == "none":
        return options["scale"]
    if options["sign_scale"] == "original":
        return options["scale"] / math.sqrt(weight.shape[1])
    return options["scale"] * weight.double().square().mean().sqrt().item()


RULES = {
    "fa": FeedbackAlignment,
    "dfa": DirectFeedbackAlignment,
    "usf": UniformSigns,
    "sign-bp-v1": ScaledSignBP,
    "sign-bp-v2": SignBP,
}


def make_rule(network, config):
    """Creates the rule named by `model.type`."""
    kind = config["model"]["type"]
    return backpropagation if kind == "bp" else RULES[kind](network, config["feedback"])
