"""Finds and reads MNIST, Fashion-MNIST, CIFAR-10 and a user's own IDX files as normalised float tensors."""

import ctypes
import zlib
from dataclasses import dataclass, field

import torch

from .data_files import CIFAR_RECORD, CIFAR_TRAIN, FOLDERS, IDX_TEST, IDX_TRAIN, IDX_WIDTHS, content, find  # noqa: F401

ORIGINAL_NORMALIZATION = {
    "mnist": ([0.1307], [0.3081]),
    "fashion-mnist": ([0.5], [0.5]),
    "cifar10": ([0.4914, 0.4822, 0.4465], [0.2023, 0.1994, 0.2010]),
    "idx": ([0.5], [0.5]),
}


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
    identity: dict = field(default_factory=dict)  # what environment.json says of them

    def to(self, device):
        """A copy on the device."""
        sets = [images.to(device) if images else images for images in (self.train, self.test, self.validation)]
        return Data(*sets, self.classes, self.identity)


def load(config, data_root=None):
    """Reads the data set that the config's `dataset` section names; `data_root` is the command line's."""
    folder = find(config["name"], (data_root, config["root"]))
    read = read_cifar10 if config["name"] == "cifar10" else read_idx
    train_pixels, train_labels = first(*read(folder, "train"), config["train_limit"])
    test_pixels, test_labels = first(*read(folder, "test"), config["test_limit"])
    classes = 10 if config["name"] != "idx" else 1 + int(max(train_labels.max(), test_labels.max()))
    identity = {
        "name": config["name"],
        "train": len(train_labels),
        "test": len(test_labels),
        "classes": classes,
        "shape": list(train_pixels.shape[1:]),
        "train_crc32": checksum(train_pixels, train_labels),
        "test_crc32": checksum(test_pixels, test_labels),
    }
    train, validation = split(normalized(train_pixels, train_labels, config), **config["validation"])
    return Data(train, normalized(test_pixels, test_labels, config), validation, classes, identity)


def first(pixels, labels, limit):
    """The first `limit` images; all where it is None."""
    return pixels[:limit], labels[:limit].to(torch.int64)


def checksum(pixels, labels):
    """CRC-32 of the images' bytes, then of the labels as 64-bit numbers, in hexadecimal."""
    total = 0
    for tensor in (pixels.contiguous(), labels.contiguous()):
        total = zlib.crc32(ctypes.string_at(tensor.data_ptr(), tensor.numel() * tensor.element_size()), total)
    return f"{total:08x}"


def read_idx(folder, part):
    """Images (N, 1, H, W) and labels (N) of an IDX data set, as whole numbers."""
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
    return torch.frombuffer(bytearray(content(folder, name)), dtype=torch.uint8)


def _idx(raw):
    """An IDX file of whole numbers: a magic number with their type and the number of dimensions, the sizes, the values.

    Images are bytes; labels may be wider, then they come out as int64.
    """
    kind, dimensions = int(raw[2]), int(raw[3])
    if raw[:2].tolist() != [0, 0] or kind not in IDX_WIDTHS or (dimensions > 1 and kind != 8):
        raise ValueError("not an IDX file of unsigned bytes, or of whole numbers where they are labels")
    sizes = [int.from_bytes(bytes(raw[4 + 4 * i : 8 + 4 * i].tolist()), "big") for i in range(dimensions)]
    values = raw[4 + 4 * dimensions :]
    if kind == 8:
        return values.view(sizes)
    numbers, width = bytes(values.tolist()), IDX_WIDTHS[kind]
    return torch.tensor([int.from_bytes(numbers[i : i + width], "big", signed=True) for i in range(0, len(numbers), width)])
