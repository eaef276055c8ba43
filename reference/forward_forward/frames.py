"""Runs as pandas data frames."""

from . import figures
from .records import load_runs

PANDAS = "data frames need pandas, which is optional; install it: python -m pip install pandas"


def _pandas():
    try:
        import pandas
    except ImportError as error:
        raise ImportError(PANDAS) from error
    return pandas


def _runs(places):
    """Returns runs as they are; folders and record files as their runs."""
    runs = []
    for place in places:
        if hasattr(place, "metrics"):
            runs.append(place)
        elif isinstance(place, (list, tuple)):
            runs += _runs(place)
        else:
            runs += load_runs(place)
    return runs


def _head(run):
    return {"name": run.name, "seed": run.seed, "status": run.status, "folder": run.folder}


def results(*places, config=()):
    """Returns a DataFrame with one row per run: name, seed, status, folder and the numbers of result.json.

    `places` are run folders, folders of them, record files, or runs of load_runs. `config` lists dotted keys of the
    config to add as columns, for example ["optimizer.learning_rate"]. Raises RecordError; ImportError without pandas.
    """
    pandas = _pandas()
    return pandas.DataFrame([{**_head(run), **{key: figures.at(run.config, key) for key in config},
                              **figures.of_result(run)} for run in _runs(places)])


def metrics(*places, config=()):
    """Returns a DataFrame with one row per run and epoch: name, seed, status, folder, phase and the numbers of metrics.jsonl.

    Lists by layer are columns NAME_layer_1, ...; `train_seconds` and `train_steps` count from the start. Arguments and
    errors are those of results().
    """
    pandas = _pandas()
    rows = []
    for run in _runs(places):
        head = {**_head(run), **{key: figures.at(run.config, key) for key in config}}
        rows += [{**head, "phase": line.get("phase"), **row} for line, row in zip(run.metrics, figures.epochs(run))]
    return pandas.DataFrame(rows)
