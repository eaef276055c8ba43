"""Run records as Python objects, read from run folders or record files (`ff records pack`, docs/run_folder.md)."""

import json
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path


@dataclass
class Run:
    """The record of one run, without tensors."""

    name: str
    seed: int
    folder: str  # relative to the folder or file it was found in: NAME/seed-N
    status: str  # "done", "diverged" or "unfinished"
    config: dict
    environment: dict = field(default_factory=dict)
    result: dict = field(default_factory=dict)
    metrics: list = field(default_factory=list)

    @property
    def experiment(self):
        """The folder shared by the runs of all seeds."""
        return self.folder.rpartition("/")[0]


def load(path):
    """Returns the content of a JSON file, or an empty dict if it does not exist."""
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}


def runs_of(place):
    """Returns the runs of a record file, or in or below a folder, sorted by folder."""
    place = Path(place)
    found = packed_runs(place) if place.is_file() else [
        unpacked_run(config.parent, place) for config in place.rglob("config.json")]
    return sorted(found, key=lambda run: (run.experiment.split("/"), run.seed))


def packed_runs(file):
    """Returns the runs of a record file."""
    environments, found = {}, []
    for line in map(json.loads, file.read_text(encoding="utf-8").splitlines()):
        if "ff_records" in line:
            environments = line["environments"]
        elif "choice" not in line:
            where = line.pop("environment")
            line.setdefault("folder", f"{line['name']}/seed-{line['seed']}")
            found.append(Run(**line, environment=where if isinstance(where, dict) else environments[where]))
    return found


def unpacked_run(folder, root):
    """Returns the run of a run folder."""
    config, environment, result = (load(folder / f"{name}.json") for name in ("config", "environment", "result"))
    lines = folder / "metrics.jsonl"
    metrics = [json.loads(line) for line in lines.read_text(encoding="utf-8").splitlines()] if lines.exists() else []
    status = next((name.lower() for name in ("DIVERGED", "DONE") if (folder / name).exists()), "unfinished")
    return Run(config["name"], config["seeds"][0], folder.relative_to(root).as_posix(), status, config, environment, result, metrics)


def choice_of(place):
    """Returns the choice.json of a sweep in a folder or a record file; an empty dict if there is none."""
    place = Path(place)
    if not place.is_file():
        return load(place / "choice.json")
    lines = map(json.loads, place.read_text(encoding="utf-8").splitlines())
    return next((line["choice"] for line in lines if "choice" in line), {})


def named(runs, pattern):
    """Returns the runs whose experiment matches a shell pattern."""
    return [run for run in runs if fnmatchcase(run.name, pattern)]
