"""Finds the files of a data set and reads their bytes and labels; without torch."""

import gzip
import os
import sys
from pathlib import Path

FOLDERS = {
    "mnist": ("mnist", "MNIST/raw", "MNIST", "mnist/MNIST/raw"),
    "fashion-mnist": ("fashion-mnist", "FashionMNIST/raw", "FashionMNIST", "fashion-mnist/FashionMNIST/raw"),
    "cifar10": ("cifar10", "cifar10/cifar-10-batches-bin", "cifar-10-batches-bin"),
    "idx": ("idx",),
}
IDX_TRAIN = ("train-images-idx3-ubyte", "train-labels-idx1-ubyte")
IDX_TEST = ("t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte")
CIFAR_TRAIN = [f"data_batch_{i}.bin" for i in range(1, 6)]
CIFAR_RECORD = 1 + 3 * 32 * 32
IDX_WIDTHS = {8: 1, 9: 1, 11: 2, 12: 4}  # bytes per integer, by the type in the magic number


def set_name(dataset):
    """Returns the name of a config's data set; None for a kind of data that is not read here."""
    name = {None: dataset.get("name"), "idx": "idx"}.get(dataset.get("type"))
    return name if name in FOLDERS else None


def find(name, roots=()):
    """Returns the folder of a data set.

    Searches the first of `roots` that is given, else FF_DATA, ./data and /usr/share/datasets in this order. If FF_DATA is
    set but lacks the data set, the later folders are searched only for subfolders named after the data set.
    """
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
                print(f"data set {name}: FF_DATA ({variable}) does not contain it; read from {place} instead", file=sys.stderr)
            return place
    raise FileNotFoundError(f"data set {name} not found; looked in: {', '.join(map(str, tried))}")


def _paths(folder, name, any_prefix=False):
    """Returns the files with that name in a folder, uncompressed first; allows a prefix, and "test" for "t10k"."""
    names = [name, name.replace("t10k-", "test-")]
    names += [other.replace("-idx", ".idx") for other in names]
    names = [other + ending for other in dict.fromkeys(names) for ending in ("", ".gz")]
    found = [Path(folder, other) for other in names if Path(folder, other).is_file()]
    if found or not any_prefix:
        return found
    return [path for other in names for path in sorted(Path(folder).glob(f"*{other}"))]


def content(folder, name):
    """Returns the content of a plain or gzipped file. Raises FileNotFoundError, ValueError for files of several sets."""
    paths = _paths(folder, name, any_prefix=True)
    if not paths:
        raise FileNotFoundError(f"{Path(folder, name)}: no such file")
    if len({path.name.removesuffix(".gz") for path in paths}) > 1 and paths[0].name[:4] != name[:4]:
        raise ValueError(f"{folder} holds the files of several sets: {', '.join(path.name for path in paths)}")
    raw = paths[0].read_bytes()
    return gzip.decompress(raw) if paths[0].suffix == ".gz" else raw


def test_set(name, folder):
    """Returns pixels (N, C, H, W), uint8, and labels (N), int64, of a test set as NumPy arrays. Raises OSError, ValueError."""
    import numpy

    if name == "cifar10":
        records = numpy.frombuffer(content(folder, "test_batch.bin"), numpy.uint8).reshape(-1, CIFAR_RECORD)
        return records[:, 1:].reshape(-1, 3, 32, 32), records[:, 0].astype(numpy.int64)
    images, labels = (content(folder, file) for file in IDX_TEST)
    if images[:4] != b"\0\0\x08\x03":
        raise ValueError(f"{folder}: not IDX images of bytes")
    count, height, width = (int.from_bytes(images[i : i + 4], "big") for i in (4, 8, 12))
    found = numpy.frombuffer(labels, numpy.dtype(f">i{IDX_WIDTHS[labels[2]]}" if labels[2] != 8 else numpy.uint8), offset=8)
    return numpy.frombuffer(images, numpy.uint8, offset=16).reshape(count, 1, height, width), found.astype(numpy.int64)
