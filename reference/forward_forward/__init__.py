"""Runs of the program `ff` in Python: results and metrics as data frames, trained networks as torch modules.

    import forward_forward as ff

    ff.results("runs/quickstart")                          # pandas.DataFrame, a row per run
    ff.metrics("results/talk.jsonl")                       # a row per run and epoch
    network = ff.load_network("runs/quickstart/seed-0")    # torch.nn.Module, with its weights
    network.predict(images)                                # as in predictions.pt

Importing the package needs nothing but the standard library; what needs more (NumPy, pandas, torch, matplotlib) is
imported where it is used.
"""

import importlib

__version__ = "0.1.0"

_HOME = {
    "Run": "records",
    "RecordError": "records",
    "load_runs": "records",
    "results": "frames",
    "metrics": "frames",
    "load_tensors": "tensors",
    "load_network": "trained",
    "load_data": "trained",
}
__all__ = ["__version__", *_HOME]


def __getattr__(name):
    if name in _HOME:
        return getattr(importlib.import_module(f".{_HOME[name]}", __name__), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__():
    return sorted([*globals(), *_HOME])
