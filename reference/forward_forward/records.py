"""Run records as Python objects, from run folders and from record files (`ff records pack`) alike.

The formats are described in docs/run_folder.md. Only the standard library is needed.
"""

import json
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path


class RecordError(ValueError):
    """A run folder or record file that cannot be read; the message names the file."""


@dataclass
class Run:
    """One run without its tensors."""

    name: str
    seed: int
    folder: str  # path below `place`: NAME/seed-N
    status: str  # "done", "diverged" or "unfinished"
    config: dict
    environment: dict = field(default_factory=dict)
    result: dict = field(default_factory=dict)
    metrics: list = field(default_factory=list)
    path: object = None  # the run folder; None for a run of a record file
    place: str = ""  # the folder or file it was found in

    @property
    def experiment(self):
        """The folder that the runs of all seeds share."""
        return self.folder.rpartition("/")[0]


def load(path):
    """Returns the content of a JSON file, or an empty dict if it does not exist."""
    if not path.exists():
        return {}
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, OSError) as error:
        raise RecordError(f"{path}: {error}") from error


def runs_of(place, max_epochs=None):
    """Returns the runs of a record file, or in or below a folder, sorted by experiment and seed.

    With `max_epochs`, of a longer metrics.jsonl only about that many lines, evenly spaced and
    including the last, are parsed. Raises RecordError.
    """
    place = Path(place)
    if place.is_file():
        found = packed_runs(place)
    elif place.is_dir():
        found = [unpacked_run(config.parent, place, max_epochs) for config in place.rglob("config.json")]
    else:
        found = _selected(place)
    for run in found:
        run.place = str(place)
    return sorted(found, key=lambda run: (run.experiment.split("/"), run.seed))


def load_runs(*places, max_epochs=None):
    """Returns the runs of several folders and record files, each run once. Raises RecordError."""
    runs, seen = [], set()
    for place in places:
        for run in runs_of(place, max_epochs):
            key = run.path.resolve() if run.path else (Path(place).resolve(), run.folder)
            if key not in seen:
                seen.add(key)
                runs.append(run)
    return runs


def packed_runs(file):
    """Returns the runs of a record file."""
    environments, found = None, []
    for number, line in enumerate(_lines(file), 1):
        line = _object(line, file, number)
        if "ff_records" in line:
            if line["ff_records"] != 1:
                raise RecordError(f"{file}: records of format {line['ff_records']}; this version reads format 1")
            environments = line["environments"]
        elif environments is None:
            raise RecordError(f"{file}: not a record file of 'ff records pack': line 1 has no ff_records")
        elif "choice" not in line:
            found.append(_packed_run(line, environments, file, number))
    if environments is None:
        raise RecordError(f"{file}: not a record file of 'ff records pack': it is empty")
    return found


def _packed_run(line, environments, file, number):
    try:
        where = line.pop("environment", {})
        line.setdefault("folder", f"{line['name']}/seed-{line['seed']}")
        return Run(**line, environment=where if isinstance(where, dict) else environments[where])
    except (KeyError, TypeError) as error:
        raise RecordError(f"{file}: line {number} is not a run record: {error}") from error


def _selected(place):
    """Returns the runs named by FILE.jsonl/NAME or FILE.jsonl/NAME/seed-N."""
    file = next((parent for parent in place.parents if parent.is_file()), None)
    if file is None:
        raise RecordError(f"{place}: no such folder or file")
    wanted = place.relative_to(file).as_posix()
    found = [run for run in packed_runs(file) if f"{run.folder}/".startswith(f"{wanted}/")]
    if not found:
        raise RecordError(f"{place}: no run {wanted} in {file}")
    return found


def unpacked_run(folder, root, max_epochs=None):
    """Returns the run of a run folder; `root` is what Run.folder is relative to."""
    config, environment, result = (load(folder / f"{name}.json") for name in ("config", "environment", "result"))
    file = folder / "metrics.jsonl"
    metrics = [_object(line, file, number) for number, line in _thinned(file, max_epochs)] if file.exists() else []
    status = next((name.lower() for name in ("DIVERGED", "DONE") if (folder / name).exists()), "unfinished")
    try:
        name, seed = config["name"], config["seeds"][0]
    except (KeyError, IndexError, TypeError) as error:
        raise RecordError(f"{folder / 'config.json'}: not the config of a run: no name or no seed") from error
    where = folder.relative_to(root).as_posix()
    if where.count("/") < 1:  # root is the run folder itself, or the experiment's
        where = f"{name}/seed-{seed}"
    return Run(name, seed, where, status, config, environment, result, metrics, folder)


def _lines(file):
    try:
        return [line for line in file.read_text(encoding="utf-8").splitlines() if line.strip()]
    except (UnicodeDecodeError, OSError) as error:
        raise RecordError(f"{file}: {error}") from error


def _thinned(file, limit):
    """Returns (number, line) of about `limit` evenly spaced lines, the first and the last among them."""
    lines = list(enumerate(_lines(file), 1))
    if limit is None or len(lines) <= limit:
        return lines
    step = -(-len(lines) // limit)
    return lines[:-1:step] + lines[-1:]


def _object(line, file, number):
    try:
        value = json.loads(line)
    except ValueError as error:
        raise RecordError(f"{file}: line {number} is not JSON: {error}") from error
    if not isinstance(value, dict):
        raise RecordError(f"{file}: line {number} is not a JSON object")
    return value


def choice_of(place):
    """Returns the choice.json of the sweep in a folder or a record file; an empty dict if there is none."""
    place = Path(place)
    if not place.is_file():
        return load(place / "choice.json")
    lines = (_object(line, place, number) for number, line in enumerate(_lines(place), 1))
    return next((line["choice"] for line in lines if "choice" in line), {})


def named(runs, pattern):
    """Returns the runs whose experiment's name matches a shell pattern."""
    return [run for run in runs if fnmatchcase(run.name, pattern)]
