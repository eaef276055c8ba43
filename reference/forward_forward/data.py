"""Finds and reads MNIST, Fashion-MNIST, CIFAR-10 and custom IDX files as normalised float tensors."""

import ctypes
import zlib
from dataclasses import dataclass, field

import torch

from .data_files import CIFAR_RECORD, CIFAR_TRAIN, IDX_TEST, IDX_TRAIN, IDX_WIDTHS, content, find, set_name

ORIGINAL_NORMALIZATION = {
    "mnist": ([0.1307], [0.3081]),
    "fashion-mnist": ([0.5], [0.5]),
    "cifar10": ([0.4914, 0.4822, 0.4465], [0.2023, 0.1994, 0.2010]),
    "idx": ([0.5], [0.5]),
}


@dataclass
class Images:
    """Normalised images (N, C, H, W) float32 with labels (N) int64."""

    images: torch.Tensor
    labels: torch.Tensor

    def __len__(self):
        return len(self.labels)

    def select(self, index):
        """Returns the images at the given indices."""
        return Images(self.images[index], self.labels[index])

    def to(self, device):
        """Returns a copy on the device, or self if it is already there."""
        return Images(self.images.to(device), self.labels.to(device))


@dataclass
class Data:
    """The data sets of an experiment; validation is None if the config does not request it."""

    train: Images
    test: Images
    validation: Images | None
    classes: int
    identity: dict = field(default_factory=dict)  # description for environment.json

    def to(self, device):
        """Returns a copy on the device."""
        sets = [images.to(device) if images else images for images in (self.train, self.test, self.validation)]
        return Data(*sets, self.classes, self.identity)


def load(config, data_root=None):
    """Reads the data set of the config's `dataset` section; `data_root` is the command-line option."""
    name = set_name(config)
    folder = find(name, (data_root, config["root"]))
    read = read_cifar10 if name == "cifar10" else read_idx
    train_pixels, train_labels = first(*read(folder, "train"), config["train_limit"])
    test_pixels, test_labels = first(*read(folder, "test"), config["test_limit"])
    classes = 10 if name != "idx" else 1 + int(max(train_labels.max(), test_labels.max()))
    identity = {
        "name": name,
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
    """Returns the first `limit` images, or all if it is None."""
    return pixels[:limit], labels[:limit].to(torch.int64)


def checksum(pixels, labels):
    """Returns the CRC-32 of the image bytes followed by the labels as int64, in hexadecimal."""
    total = 0
    for tensor in (pixels.contiguous(), labels.contiguous()):
        total = zlib.crc32(ctypes.string_at(tensor.data_ptr(), tensor.numel() * tensor.element_size()), total)
    return f"{total:08x}"


def read_idx(folder, part):
    """Reads integer images (N, 1, H, W) and labels (N) of an IDX data set."""
    images_name, labels_name = IDX_TRAIN if part == "train" else IDX_TEST
    images = _idx(_bytes(folder, images_name))
    labels = _idx(_bytes(folder, labels_name))
    return images.unsqueeze(1), labels


def read_cifar10(folder, part):
    """Reads uint8 images (N, 3, 32, 32) and labels (N) of the binary version of CIFAR-10."""
    names = CIFAR_TRAIN if part == "train" else ["test_batch.bin"]
    records = torch.cat([_bytes(folder, name).view(-1, CIFAR_RECORD) for name in names])
    return records[:, 1:].reshape(-1, 3, 32, 32), records[:, 0]


def normalized(pixels, labels, config):
    """Computes (x / 255 - mean) / std per channel in float32; another order of operations would round differently."""
    images = pixels.to(torch.float32).div(255)
    if config["normalize"] != "none":
        mean, std = _mean_and_std(config)
        images = images.sub(mean).div(std)
    return Images(images, labels.to(torch.int64))


def split(train, count, seed):
    """Moves `count` random training images to a validation set, using a separate generator."""
    if count == 0:
        return train, None
    order = torch.randperm(len(train), generator=torch.Generator().manual_seed(seed))
    return train.select(order[count:].sort().values), train.select(order[:count].sort().values)


def _mean_and_std(config):
    """Returns mean and std as tensors (1, C, 1, 1), or (1, 1, 1, 1) for scalars."""
    normalize = config["normalize"]
    if normalize == "original":
        mean, std = ORIGINAL_NORMALIZATION[set_name(config)]
    else:
        mean, std = normalize["mean"], normalize["std"]
    return (torch.tensor(numbers, dtype=torch.float32).view(1, -1, 1, 1) for numbers in (mean, std))


def _bytes(folder, name):
    """Returns the content of a file, decompressed if it is gzipped, as a uint8 tensor."""
    return torch.frombuffer(bytearray(content(folder, name)), dtype=torch.uint8)


def _idx(raw):
    """Decodes an IDX file of integers: a magic number with element type and number of dimensions, the sizes, the values.

    Images are uint8; wider labels are returned as int64.
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
