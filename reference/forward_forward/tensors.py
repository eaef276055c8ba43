"""Reads the files of `torch.save` that `ff` writes (checkpoint.pt, predictions.pt) as NumPy arrays, without torch.

The format is a zip archive: a pickle that refers to storages, and each storage as raw little-endian bytes. Only what a
dict of dense tensors needs is unpickled; anything else is refused, so that a file cannot run code.
"""

import collections
import pickle
import zipfile

DTYPES = {"FloatStorage": "<f4", "DoubleStorage": "<f8", "HalfStorage": "<f2", "LongStorage": "<i8", "IntStorage": "<i4",
          "ShortStorage": "<i2", "CharStorage": "<i1", "ByteStorage": "<u1", "BoolStorage": "?"}


class TensorFileError(ValueError):
    """A file that is not one of torch.save with dense tensors."""


def load_tensors(file):
    """The dicts of arrays that the file holds, nested as they were saved. Raises TensorFileError, OSError."""
    import numpy

    try:
        with zipfile.ZipFile(file) as archive:
            names = [name for name in archive.namelist() if name.endswith("/data.pkl")]
            if len(names) != 1:
                raise TensorFileError(f"{file}: not a file of torch.save")
            with archive.open(names[0]) as pickled:
                return _Unpickler(pickled, archive, names[0].removesuffix("data.pkl"), numpy).load()
    except (zipfile.BadZipFile, pickle.UnpicklingError, KeyError, EOFError, ValueError, IndexError,
            AttributeError) as error:
        if isinstance(error, TensorFileError):
            raise
        raise TensorFileError(f"{file}: cannot be read: {error}") from error


class _Unpickler(pickle.Unpickler):
    def __init__(self, pickled, archive, prefix, numpy):
        super().__init__(pickled)
        self._archive, self._prefix, self._numpy = archive, prefix, numpy

    def find_class(self, module, name):
        if (module, name) == ("collections", "OrderedDict"):
            return collections.OrderedDict
        if (module, name) == ("torch._utils", "_rebuild_tensor_v2"):
            return self._tensor
        if module == "torch" and name in DTYPES:
            return DTYPES[name]
        raise TensorFileError(f"holds {module}.{name}, which is no tensor")

    def persistent_load(self, pid):
        kind, dtype, key, _, count = pid
        if kind != "storage":
            raise TensorFileError(f"holds a {kind}, which is no storage")
        return self._numpy.frombuffer(self._archive.read(f"{self._prefix}data/{key}"), dtype=dtype, count=count)

    def _tensor(self, storage, offset, size, stride, *_):
        step = storage.itemsize
        needed = offset + sum((n - 1) * s for n, s in zip(size, stride)) + 1 if 0 not in size else 0
        if offset < 0 or any(s < 0 for s in stride) or needed > len(storage):
            raise TensorFileError("a tensor reaches beyond its storage")
        strided = self._numpy.lib.stride_tricks.as_strided
        return strided(storage[offset:], size, [step * s for s in stride]).copy()
