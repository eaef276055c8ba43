"""Finds and reads MNIST, Fashion-MNIST, CIFAR-10 and a user's own IDX files as normalised float tensors."""

import ctypes
import gzip
import os
import sys
import zlib
from dataclasses import dataclass, field
from pathlib import Path

import torch

FOLDERS = {
    "mnist": ("mnist", "MNIST/raw", "MNIST", "mnist/MNIST/raw"),
    "fashion-mnist": ("fashion-mnist", "FashionMNIST/raw", "FashionMNIST", "fashion-mnist/FashionMNIST/raw"),
    "cifar10": ("cifar10", "cifar10/cifar-10-batches-bin", "cifar-10-batches-bin"),
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
IDX_WIDTHS = {8: 1, 9: 1, 11: 2, 12: 4}  # bytes of a whole number, by the type in the magic number


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


def find(name, roots=()):
    """The folder of a data set: in the first of `roots` that is given; where none is, in FF_DATA, ./data or
    /usr/share/datasets, in this order. Where FF_DATA lacks it, later ones are searched for the set's own folders alone."""
    named = [root for root in roots if root][:1]
    variable = os.environ.get("FF_DATA")
    tried = []
    for root in named or filter(None, (variable, "data", "/usr/share/datasets")):
        passed_over = not named and variable and root != variable
        loose = [] if passed_over else [Path(root), *(() if name == "cifar10" else (Path(root, "raw"),))]
        for place in [Path(root, folder) for folder in FOLDERS[name]] + loose:
            tried.append(place)
            if not _paths(place, CIFAR_TRAIN[0] if name == "cifar10" else IDX_TRAIN[0], any_prefix=name == "idx"):
                continue
            if passed_over:
                print(f"data set {name}: FF_DATA ({variable}) does not hold it; read from {place} instead", file=sys.stderr)
            return place
    raise FileNotFoundError(f"data set {name} not found; looked in: {', '.join(map(str, tried))}")


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


def _paths(folder, name, any_prefix=False):
    """The files of that name in a folder, plain before packed; "test" may stand for "t10k", and a prefix before it."""
    names = [name, name.replace("t10k-", "test-")]
    names += [other.replace("-idx", ".idx") for other in names]
    names = [other + ending for other in dict.fromkeys(names) for ending in ("", ".gz")]
    found = [Path(folder, other) for other in names if Path(folder, other).is_file()]
    if found or not any_prefix:
        return found
    return [path for other in names for path in sorted(Path(folder).glob(f"*{other}"))]


def _bytes(folder, name):
    """The content of a plain or gzipped file as a uint8 tensor."""
    paths = _paths(folder, name, any_prefix=True)
    if not paths:
        raise FileNotFoundError(f"{Path(folder, name)}: no such file")
    if len({path.name.removesuffix(".gz") for path in paths}) > 1 and paths[0].name[:4] != name[:4]:
        raise ValueError(f"{folder} holds the files of several sets: {', '.join(path.name for path in paths)}")
    content = paths[0].read_bytes()
    return torch.frombuffer(bytearray(gzip.decompress(content) if paths[0].suffix == ".gz" else content), dtype=torch.uint8)


def _idx(content):
    """An IDX file of whole numbers: a magic number with their type and the number of dimensions, the sizes, the values.

    Images are bytes; labels may be wider, then they come out as int64.
    """
    kind, dimensions = int(content[2]), int(content[3])
    if content[:2].tolist() != [0, 0] or kind not in IDX_WIDTHS or (dimensions > 1 and kind != 8):
        raise ValueError("not an IDX file of unsigned bytes, or of whole numbers where they are labels")
    sizes = [int.from_bytes(bytes(content[4 + 4 * i : 8 + 4 * i].tolist()), "big") for i in range(dimensions)]
    values = content[4 + 4 * dimensions :]
    if kind == 8:
        return values.view(sizes)
    raw, width = bytes(values.tolist()), IDX_WIDTHS[kind]
    return torch.tensor([int.from_bytes(raw[i : i + width], "big", signed=True) for i in range(0, len(raw), width)])
