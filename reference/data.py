"""Finds and reads MNIST, Fashion-MNIST, CIFAR-10 and a user's own IDX files as normalised float tensors."""

import gzip
import os
from dataclasses import dataclass
from pathlib import Path

import torch

FOLDERS = {
    "mnist": ("mnist", "MNIST/raw"),
    "fashion-mnist": ("fashion-mnist", "FashionMNIST/raw"),
    "cifar10": ("cifar10", "cifar-10-batches-bin"),
    "idx": ("idx",),
}
ORIGINAL_NORMALIZATION = {
    "mnist": ([0.1307], [0.3081]),
    "fashion-mnist": ([0.5], [0.5]),
    "cifar10": ([0.4914, 0.4822, 0.4465], [0.2023, 0.1994, 0.2010]),
    "idx": ([0.5], [0.5]),
}
IDX_TRAIN = ("train-images-idx3-ubyte", "train-labels-idx1-ubyte")
IDX_TEST = ("t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte")
CIFAR_TRAIN = [f"data_batch_{i}.bin" for i in range(1, 6)]
CIFAR_RECORD = 1 + 3 * 32 * 32


@dataclass
class Images:
    """Normalised images (N, C, H, W) float32 with their labels (N) int64."""

    images: torch.Tensor
    labels: torch.Tensor

    def __len__(self):
        return len(self.labels)

    def select(self, index):
        """The images at the given positions."""
        return Images(self.images[index], self.labels[index])

    def to(self, device):
        """A copy on the device; itself where it is there."""
        return Images(self.images.to(device), self.labels.to(device))


@dataclass
class Data:
    """The sets of one experiment; validation is None where the config asks for none."""

    train: Images
    test: Images
    validation: Images | None
    classes: int

    def to(self, device):
        """A copy on the device."""
        sets = [images.to(device) if images else images for images in (self.train, self.test, self.validation)]
        return Data(*sets, self.classes)


def load(config, data_root=None):
    """Reads the data set that the config's `dataset` section names; `data_root` is the command line's."""
    folder = find(config["name"], (data_root, config["root"]))
    read = read_cifar10 if config["name"] == "cifar10" else read_idx
    train_pixels, train_labels = read(folder, "train")
    test_pixels, test_labels = read(folder, "test")
    classes = 10 if config["name"] != "idx" else 1 + int(max(train_labels.max(), test_labels.max()))
    train = normalized(train_pixels[: config["train_limit"]], train_labels[: config["train_limit"]], config)
    test = normalized(test_pixels[: config["test_limit"]], test_labels[: config["test_limit"]], config)
    train, validation = split(train, **config["validation"])
    return Data(train, test, validation, classes)


def find(name, roots=()):
    """The folder of a data set: in one of `roots`, FF_DATA, ./data or /usr/share/datasets, in this order."""
    roots = [*roots, os.environ.get("FF_DATA"), "data", "/usr/share/datasets"]
    places = [Path(root, folder) for root in roots if root for folder in (*FOLDERS[name], "")]
    first_file = CIFAR_TRAIN[0] if name == "cifar10" else IDX_TRAIN[0]
    for place in places:
        if (place / first_file).exists() or (place / f"{first_file}.gz").exists():
            return place
    raise FileNotFoundError(f"data set {name} not found; looked in: {', '.join(map(str, places))}")


def read_idx(folder, part):
    """Images (N, 1, H, W) and labels (N) of an IDX data set, as bytes."""
    images_name, labels_name = IDX_TRAIN if part == "train" else IDX_TEST
    images = _idx(_bytes(folder, images_name))
    labels = _idx(_bytes(folder, labels_name))
    return images.unsqueeze(1), labels


def read_cifar10(folder, part):
    """Images (N, 3, 32, 32) and labels (N) of CIFAR-10's binary version, as bytes."""
    names = CIFAR_TRAIN if part == "train" else ["test_batch.bin"]
    records = torch.cat([_bytes(folder, name).view(-1, CIFAR_RECORD) for name in names])
    return records[:, 1:].reshape(-1, 3, 32, 32), records[:, 0]


def normalized(pixels, labels, config):
    """(x / 255 - mean) / std per channel, in float32 and in this order: other orders have other bits."""
    images = pixels.to(torch.float32).div(255)
    if config["normalize"] != "none":
        mean, std = _mean_and_std(config)
        images = images.sub(mean).div(std)
    return Images(images, labels.to(torch.int64))


def split(train, count, seed):
    """Takes `count` random images out of the training set for validation, by a generator of its own."""
    if count == 0:
        return train, None
    order = torch.randperm(len(train), generator=torch.Generator().manual_seed(seed))
    return train.select(order[count:].sort().values), train.select(order[:count].sort().values)


def _mean_and_std(config):
    """Two tensors (1, C, 1, 1), or (1, 1, 1, 1) for one number."""
    normalize = config["normalize"]
    if normalize == "original":
        mean, std = ORIGINAL_NORMALIZATION[config["name"]]
    else:
        mean, std = normalize["mean"], normalize["std"]
    return (torch.tensor(numbers, dtype=torch.float32).view(1, -1, 1, 1) for numbers in (mean, std))


def _bytes(folder, name):
    """The content of a plain or gzipped file as a uint8 tensor."""
    path = Path(folder, name)
    content = path.read_bytes() if path.exists() else gzip.decompress(Path(f"{path}.gz").read_bytes())
    return torch.frombuffer(bytearray(content), dtype=torch.uint8)


def _idx(content):
    """An IDX file of bytes: a magic number whose last byte counts the dimensions, the sizes, the values."""
    dimensions = int(content[3])
    if content[:3].tolist() != [0, 0, 8]:
        raise ValueError("not an IDX file of unsigned bytes")
    sizes = [int.from_bytes(bytes(content[4 + 4 * i : 8 + 4 * i].tolist()), "big") for i in range(dimensions)]
    return content[4 + 4 * dimensions :].view(sizes)
