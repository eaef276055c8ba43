#!/usr/bin/env python3
"""Copies the records of finished runs, without their tensors, so that they can be committed and `ff table` reads them.

    scripts/keep_records.py RUNS results/talk

Keeps the folders NAME/seed-N with config.json, metrics.jsonl, result.json, DONE or DIVERGED, and environment.json without what
says where files lie on the machine (the data folder and the command). Of a sweep that chose (RUNS/choice.json), it keeps
the choice, with what each candidate reached, and the runs that followed from it, not the candidates' own.
"""

import json
import shutil
import sys
from pathlib import Path

ENDS = ("DONE", "DIVERGED")
KEPT = ("config.json", "metrics.jsonl", "result.json", *ENDS)
PLACES = ("data_folder", "command")


def keep(run, target):
    """Copies one run folder's record."""
    target.mkdir(parents=True, exist_ok=True)
    for name in KEPT:
        (target / name).unlink(missing_ok=True)  # of an earlier record
        if (run / name).exists():  # one of the ends; a run may diverge in its first epoch
            shutil.copyfile(run / name, target / name)
    environment = json.loads((run / "environment.json").read_text())
    folder = environment.get("data_folder")
    if folder and "warnings" in environment:
        environment["warnings"] = [text.replace(folder, "...") for text in environment["warnings"]]
    for key in PLACES:
        environment.pop(key, None)
    if isinstance(environment.get("data"), str):  # the folder, in runs of older versions
        environment.pop("data")
    (target / "environment.json").write_text(json.dumps(environment, indent=2) + "\n")


def followed(choice):
    """The names of the experiments that followed from a choice."""
    chosen = json.loads(choice.read_text())["chosen"]
    return {name for one in chosen.values() for name in one["then"]}


def main(runs, results):
    """Keeps every finished run below `runs`."""
    choice = Path(runs) / "choice.json"
    finished = sorted(end.parent for name in ENDS for end in Path(runs).glob(f"*/seed-*/{name}"))
    if choice.exists():
        wanted = followed(choice)
        finished = [run for run in finished if run.parent.name in wanted]
    if not finished:
        sys.exit(f"{runs}: holds no finished run (NAME/seed-N/DONE)")
    for run in finished:
        keep(run, Path(results) / run.parent.name / run.name)
    if choice.exists():
        shutil.copyfile(choice, Path(results) / choice.name)
    print(f"kept {len(finished)} runs in {results}")


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(*sys.argv[1:])
