"""What the tests of the package share: run folders made here, and the program."""

import contextlib
import importlib.util
import io
import json
import math
import os
import random
import struct
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "reference"))


def has(module):
    """Returns whether a package is installed."""
    return importlib.util.find_spec(module) is not None


def needs(*modules):
    """Skips a test where a package is missing."""
    missing = [module for module in modules if not has(module)]
    return unittest.skipIf(missing, f"needs {', '.join(missing)}")


class Bench(unittest.TestCase):
    """A test with a folder of its own."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="ff-python-")
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def command(self, *arguments):
        """Runs `ff ARGUMENTS` for plot and report in the folder; in this process, as imports take longer than the command."""
        from forward_forward.__main__ import main

        out, err, before = io.StringIO(), io.StringIO(), Path.cwd()
        os.chdir(self.folder)
        try:
            with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
                code = main([str(argument) for argument in arguments])
        finally:
            os.chdir(before)
        return subprocess.CompletedProcess(arguments, code, out.getvalue(), err.getvalue())

    def ff(self, *arguments):
        """Runs the program; returns its standard output."""
        ended = subprocess.run([os.environ["FF_PROGRAM"], *map(str, arguments)], cwd=self.folder, text=True,
                               capture_output=True, timeout=120)
        self.assertEqual(ended.returncode, 0, ended.stderr)
        return ended.stdout


def make_run(root, name, seed, accuracies, status="done", config=None, result=None, metrics=None):
    """Writes a run folder whose test accuracies by epoch are given, and returns it."""
    folder = root / name.replace("/", "_") / f"seed-{seed}"
    folder.mkdir(parents=True)
    lines = metrics if metrics is not None else [
        {"epoch": i, "phase": "all layers", "train_loss": 1 / i, "layer_losses": [0.5 / i, 0.25 / i], "thresholds": [5.0, i],
         "steps": 10, "seconds": 0.5, "test_accuracy": value} for i, value in enumerate(accuracies, 1)]
    (folder / "metrics.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    config = {"name": name, "dataset": {"name": "mnist", "root": None}, "model": {"type": "ff", "widths": [8, 4]},
              "optimizer": {"learning_rate": 0.1}, **(config or {}), "seeds": [seed]}
    (folder / "config.json").write_text(json.dumps(config), encoding="utf-8")
    environment = {"version": "0.1.0", "commit": "0123456789", "device": "cpu", "threads": 2}
    (folder / "environment.json").write_text(json.dumps(environment), encoding="utf-8")
    if status != "unfinished":
        last = accuracies[-1] if accuracies else math.nan
        content = {"name": name, "seed": seed, "epochs": len(lines), "test_accuracy": None if math.isnan(last) else last,
                   "train_seconds": 2.0 + seed, "peak_memory_bytes": 2**27,
                   "accuracy_by_prefix": {"test": [last / 2, last]}, "accuracy_by_layer": {"test": [last / 2, last / 4]},
                   "pruned": {"0.5": {"test_accuracy": last * 0.9}, "0.9": {"test_accuracy": last * 0.5}}}
        content = {"name": name, "seed": seed, "diverged": {"epoch": 1}} if status == "diverged" else content
        (folder / "result.json").write_text(json.dumps({**content, **(result or {})}), encoding="utf-8")
        (folder / {"done": "DONE", "diverged": "DIVERGED"}[status]).touch()
    return folder


def blobs(count, seed):
    """Images of 8 x 8 bytes of four classes, a bright square in one of the corners, with noise; and their labels."""
    draw = random.Random(seed)
    labels = bytes(draw.randrange(4) for _ in range(count))
    images = []
    for label in labels:
        bright = {(y + 4 * (label // 2), x + 4 * (label % 2)) for y in range(4) for x in range(4)}
        images.append(bytes(draw.randrange(160) + 80 * ((y, x) in bright) for y in range(8) for x in range(8)))
    return images, labels


def write_idx(folder, part, images, labels):
    """Writes such images and labels as an IDX data set."""
    (folder / f"{part}-images-idx3-ubyte").write_bytes(struct.pack(">4i", 0x803, len(images), 8, 8) + b"".join(images))
    (folder / f"{part}-labels-idx1-ubyte").write_bytes(struct.pack(">2i", 0x801, len(labels)) + labels)
