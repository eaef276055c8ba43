"""Reads the files of `torch.save` that `ff` writes (checkpoint.pt, predictions.pt) as NumPy arrays, without torch.

The format is a zip archive: a pickle that refers to storages, and each storage as raw little-endian bytes. Only what a
dict of dense tensors needs is unpickled; anything else is refused, so that a file cannot run code.
"""

import collections
import pickle
import zipfile
from dataclasses import dataclass

DTYPES = {"FloatStorage": "<f4", "DoubleStorage": "<f8", "HalfStorage": "<f2", "LongStorage": "<i8", "IntStorage": "<i4",
          "ShortStorage": "<i2", "CharStorage": "<i1", "ByteStorage": "<u1", "BoolStorage": "?"}


class TensorFileError(ValueError):
    """A file that is not one of torch.save with dense tensors."""


def load_tensors(file, *path):
    """Returns the dicts of arrays that the file holds, nested as they were saved; with `path`, only what is under these keys.

    `load_tensors("checkpoint.pt", "model")` does not read the optimizer's state. Raises TensorFileError; OSError.
    """
    import numpy

    try:
        with zipfile.ZipFile(file) as archive:
            names = [name for name in archive.namelist() if name.endswith("/data.pkl")]
            if len(names) != 1:
                raise TensorFileError(f"{file}: not a file of torch.save")
            with archive.open(names[0]) as pickled:
                found = _Unpickler(pickled).load()
            for key in path:
                found = found[key]
            return _arrays(found, archive, names[0].removesuffix("data.pkl"), numpy)
    except TensorFileError as error:
        raise TensorFileError(f"{file}: {error}".replace(f"{file}: {file}: ", f"{file}: ")) from error
    except (zipfile.BadZipFile, pickle.UnpicklingError, KeyError, EOFError, ValueError, IndexError, TypeError,
            AttributeError) as error:
        raise TensorFileError(f"{file}: cannot be read: {error}") from error


@dataclass
class _Tensor:
    """A tensor whose storage has not been read."""

    storage: tuple  # NumPy dtype, name in the archive, number of elements
    offset: int
    size: tuple
    stride: tuple


class _Unpickler(pickle.Unpickler):
    def find_class(self, module, name):
        if (module, name) == ("collections", "OrderedDict"):
            return collections.OrderedDict
        if (module, name) == ("torch._utils", "_rebuild_tensor_v2"):
            return lambda storage, offset, size, stride, *_: _Tensor(storage, offset, size, stride)
        if module == "torch" and name in DTYPES:
            return DTYPES[name]
        raise TensorFileError(f"holds {module}.{name}, which is no tensor")

    def persistent_load(self, pid):
        kind, dtype, key, _, count = pid
        if kind != "storage":
            raise TensorFileError(f"holds a {kind}, which is no storage")
        return dtype, key, count


def _arrays(value, archive, prefix, numpy):
    """Returns the same with an array for each tensor; other values stay."""
    if isinstance(value, dict):
        return {name: _arrays(item, archive, prefix, numpy) for name, item in value.items()}
    if not isinstance(value, _Tensor):
        return value
    dtype, key, count = value.storage
    storage = numpy.frombuffer(archive.read(f"{prefix}data/{key}"), dtype=dtype, count=count)
    size, stride = value.size, value.stride
    needed = value.offset + sum((n - 1) * s for n, s in zip(size, stride)) + 1 if 0 not in size else 0
    if value.offset < 0 or any(s < 0 for s in stride) or needed > count:
        raise TensorFileError("a tensor reaches beyond its storage")
    steps = [storage.itemsize * step for step in stride]
    return numpy.lib.stride_tricks.as_strided(storage[value.offset :], size, steps).copy()
