"""The talk's experiments in PyTorch, optimised for speed, as a baseline for timing `ff`.

    python reference/fast.py CONFIG [--set a.b=VALUE]... [--seeds 0] [--threads N] [--device cuda] [--out DIR] [--data-root DIR]

No DataLoader and no autograd: batches by index_select from precomputed sets, positives and negatives in one pass,
closed-form gradients, PyTorch's fused Adam, cached outputs of frozen layers, and a label sweep that computes the image's
contribution to the first layer once for all labels. On a GPU all data is resident and a step is a CUDA graph. It does not
have bit parity; train.py does. It writes the same run folder.
"""

import functools
import sys
import time

import torch

from . import config as configs
from . import data as datasets
from . import random_orders
from .evaluation import accuracy
from .ff_layers import chosen_layers
from .labels import overlay, wrong_labels
from .run_folder import RunFolder
from .train import parse, peak_memory, report

BLOCK = 1000


class FusedAdam:
    """Calls the fused kernel of torch.optim.Adam without its Python overhead."""

    def __init__(self, parameters, options):
        self.parameters, self.options = parameters, options
        self.means = [torch.zeros_like(p) for p in parameters]
        self.squares = [torch.zeros_like(p) for p in parameters]
        self.steps = [torch.zeros((), dtype=torch.float32) for _ in parameters]

    def step(self, gradients):
        """Updates all parameters once."""
        o = self.options
        torch._foreach_add_(self.steps, 1)
        torch._fused_adam_(self.parameters, gradients, self.means, self.squares, [], self.steps, lr=o["learning_rate"],
                           beta1=o["beta1"], beta2=o["beta2"], weight_decay=o["weight_decay"], eps=o["epsilon"],
                           amsgrad=False, maximize=False)


class Graphed:
    """A step as a function of index tensors; on a GPU, captured as a CUDA graph at the second call with a given size."""

    def __init__(self, step):
        self.step, self.made, self.graphs = step, set(), {}

    def __call__(self, *indices):
        size = tuple(len(index) for index in indices)
        if not indices[0].is_cuda or size not in self.made:
            self.made.add(size)
            self.step(*indices)
            return
        if size not in self.graphs:
            inputs, graph = [index.clone() for index in indices], torch.cuda.CUDAGraph()
            with torch.cuda.graph(graph):
                self.step(*inputs)
            self.graphs[size] = inputs, graph
        inputs, graph = self.graphs[size]
        for mine, index in zip(inputs, indices):
            mine.copy_(index)
        graph.replay()


def linear(n_in, n_out):
    """Returns weight and bias initialised as in nn.Linear."""
    layer = torch.nn.Linear(n_in, n_out)
    return layer.weight.detach(), layer.bias.detach()


class FastFF:
    """Forward-Forward with ReLU, mean-square goodness, L2 normalisation and the softplus loss."""

    def __init__(self, config, data, seed):
        model, loss = config["model"], config["loss"]
        allowed = (model["activation"], model["goodness"], model["normalize"]["type"], loss["type"], loss["direction"],
                   config["optimizer"]["type"], config["negatives"]["redraw"])
        if allowed != ("relu", "mean-square", "l2", "softplus", "max-ssq", "adam", "never"):
            raise ValueError("fast.py: only relu, mean-square, l2, softplus, max-ssq, adam and negatives drawn once")
        self.config, self.data, self.epsilon = config, data, model["normalize"]["epsilon"]
        random_orders.seed_both(seed)
        self.label_value = data.train.images.max().item()
        self.rows = [self.normalized(self.overlaid(labels))
                     for labels in (data.train.labels, wrong_labels(data.train.labels))]
        sizes = [data.train.images[0].numel(), *model["widths"]]
        self.layers = [(*linear(*pair), torch.full((1,), float(model["threshold"]["initial"])))
                       for pair in zip(sizes, sizes[1:])]
        self.optimizers = [FusedAdam(layer, config["optimizer"]) for layer in self.layers]
        self.losses = torch.zeros(len(self.layers))

    def overlaid(self, labels):
        return overlay(self.data.train.images, labels, self.label_value, self.data.classes).flatten(1)

    def normalized(self, x):
        return x.div_(torch.linalg.vector_norm(x, dim=1, keepdim=True).add_(self.epsilon))

    def step(self, index, x, half):
        """Updates a layer once from normalised inputs, positives first; returns the input of the next layer."""
        weight, bias, threshold = self.layers[index]
        rows, width = len(x), weight.shape[0]
        a = torch.addmm(bias, x, weight.t()).relu_()
        length = torch.linalg.vector_norm(a, dim=1, keepdim=True)
        z = length.square().div_(width).sub_(threshold)
        z[:half].neg_()
        slope = torch.sigmoid(z)
        slope[:half].neg_()
        slope /= rows
        loss = torch.nn.functional.softplus(z).mean()
        dz = a * (slope * (2 / width))
        self.optimizers[index].step([dz.t() @ x, dz.sum(0), -slope.sum().view(1)])
        self.losses[index] += loss
        return a.div_(length.add_(self.epsilon))

    def train(self):
        """Trains all epochs; returns the number of steps."""
        schedule, batch, steps = self.config["schedule"], self.config["batch_size"], 0
        phases = [None] if schedule["type"] == "parallel" else range(len(self.layers))
        rows = self.rows
        for phase in phases:
            if phase:
                rows = [self.forward(phase - 1, part) for part in rows]
            step = Graphed(functools.partial(self.train_batch, phase, rows))
            for _ in range(schedule["epochs"]):
                self.losses.zero_()
                orders = [torch.randperm(len(part)).split(batch) for part in rows]
                for pos, neg in zip(*orders):
                    step(pos, neg)
                    steps += 1
                self.losses.tolist()
        return steps

    def train_batch(self, phase, rows, pos, neg):
        """Trains the layer `phase`, or all layers if it is None, for one step."""
        x = torch.cat([rows[0].index_select(0, pos), rows[1].index_select(0, neg)])
        for index in [phase] if phase is not None else range(len(self.layers)):
            x = self.step(index, x, len(pos))

    def forward(self, index, x):
        weight, bias, _ = self.layers[index]
        return torch.cat([self.normalized(torch.addmm(bias, part, weight.t()).relu_()) for part in x.split(BLOCK)])

    def predict(self, images):
        """Returns the labels (N) with the highest mean goodness over the layers."""
        chosen = chosen_layers(self.config["predict"]["layers"], len(self.layers))
        weight, bias, _ = self.layers[0]
        found = []
        for block in images.split(BLOCK):
            x = block.flatten(1).clone()
            x[:, : self.data.classes] = 0
            shared = x @ weight.t()
            scale = 1 / ((x.square().sum(1, keepdim=True) + self.label_value**2).sqrt_() + self.epsilon)
            goodness = torch.zeros(len(block), self.data.classes)
            for label in range(self.data.classes):
                a = shared.add(weight[:, label], alpha=self.label_value).mul_(scale).add_(bias).relu_()
                for index, (w, b, _) in enumerate(self.layers):
                    if index:
                        a = torch.addmm(b, a, w.t()).relu_()
                    length = torch.linalg.vector_norm(a, dim=1, keepdim=True)
                    if index in chosen:
                        goodness[:, label] += length.square().div_(w.shape[0]).squeeze(1)
                    a = a.div_(length.add_(self.epsilon))
            found.append(goodness.argmax(1))
        return torch.cat(found)


class FastBP:
    """Backpropagation of the cross-entropy through ReLU layers."""

    def __init__(self, config, data, seed):
        if config["model"]["activation"] != "relu" or config["optimizer"]["type"] != "adam":
            raise ValueError("fast.py: only relu and adam")
        self.config, self.data = config, data
        random_orders.seed_both(seed)
        self.rows = data.train.images.flatten(1)
        sizes = [self.rows.shape[1], *config["model"]["widths"]]
        self.layers = [linear(*pair) for pair in zip(sizes, sizes[1:])]
        self.optimizer = FusedAdam([p for layer in self.layers for p in layer], config["optimizer"])
        self.loss = torch.zeros(())

    def forward(self, x):
        """Returns the input of every layer, and the logits."""
        inputs = [x]
        for index, (weight, bias) in enumerate(self.layers):
            x = torch.addmm(bias, x, weight.t())
            if index + 1 < len(self.layers):
                x = x.relu_()
            inputs.append(x)
        return inputs

    def train(self):
        """Trains all epochs; returns the number of steps."""
        steps, step = 0, Graphed(self.train_batch)
        for _ in range(self.config["schedule"]["epochs"]):
            self.loss.zero_()
            for chosen in torch.randperm(len(self.rows)).split(self.config["batch_size"]):
                step(chosen)
                steps += 1
            self.loss.item()
        return steps

    def train_batch(self, chosen):
        """Trains one step."""
        inputs = self.forward(self.rows.index_select(0, chosen))
        labels = self.data.train.labels.index_select(0, chosen)
        dz = torch.log_softmax(inputs[-1], 1)
        self.loss -= dz.gather(1, labels.unsqueeze(1)).mean()
        dz = dz.exp_()
        dz[torch.arange(len(chosen)), labels] -= 1
        dz /= len(chosen)
        gradients = []
        for index in reversed(range(len(self.layers))):
            gradients = [dz.t() @ inputs[index], dz.sum(0), *gradients]
            if index:
                dz = (dz @ self.layers[index][0]).mul_(inputs[index] > 0)
        self.optimizer.step(gradients)

    def predict(self, images):
        return torch.cat([self.forward(block.flatten(1))[-1].argmax(1) for block in images.split(BLOCK)])


def main(arguments=None):
    """Runs every seed of every config."""
    options = parse(arguments)
    if options.threads:
        torch.set_num_threads(options.threads)
    for path in options.configs:
        config = configs.load(path, options.set)
        seeds = [int(seed) for seed in options.seeds.split(",")] if options.seeds else config["seeds"]
        device = torch.device(options.device)
        torch.set_default_device(device)  # new tensors are created on the device
        with torch.device("cpu"):
            data = datasets.load(config["dataset"], options.data_root)
        data = data.to(device)
        for seed in seeds:
            run(config, data, seed, options.out, device)


def now(device):
    """Returns the time after synchronising with the device."""
    if device.type == "cuda":
        torch.cuda.synchronize(device)
    return time.perf_counter()


@torch.no_grad()
def run(config, data, seed, out, device):
    """Trains and evaluates one seed and writes its run folder."""
    folder = RunFolder(out, config, seed, data)
    learner = {"ff": FastFF, "bp": FastBP}[config["model"]["type"]](config, data, seed)
    begin = now(device)
    steps = learner.train()
    train_seconds = now(device) - begin
    peak = peak_memory(device)
    begin = now(device)
    predictions = {part: learner.predict(images.images) for part, images in (("train", data.train), ("test", data.test))}
    evaluate_seconds = now(device) - begin
    result = {
        "name": config["name"], "seed": seed, "device": str(device), "engine": "python-fast",
        "epochs": config["schedule"]["epochs"], "steps": steps,
        "train_accuracy": accuracy(predictions["train"], data.train.labels),
        "test_accuracy": accuracy(predictions["test"], data.test.labels),
        "train_seconds": train_seconds, "evaluate_seconds": evaluate_seconds,
        "peak_memory_bytes": peak,
    }
    folder.finish(predictions, result)
    report(result)


if __name__ == "__main__":
    sys.exit(main())
