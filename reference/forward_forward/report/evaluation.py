"""Confusion matrices, frequent mistakes and goodness by label, from the tensors of run folders.

Predictions are those of predictions.pt; their labels are read from the data set, or both come from a file that
`ff evaluate RUN --save RUN/NAME.pt` wrote into the run folder.
"""

import os
from collections import Counter
from pathlib import Path

from .. import data_files
from ..tensors import TensorFileError, load_tensors

MISTAKES, PICTURED = 24, 4
RUNS = 20  # of an experiment, in a confusion matrix


class NoLabels(ValueError):
    """Predictions without labels to compare them with; the message is the reason."""


class Sets:
    """Test sets and saved evaluations, each read once."""

    def __init__(self, data_root):
        self._root, self._read, self._saved = data_root, {}, {}

    def evaluation(self, run):
        """Returns saved_evaluation(run)."""
        if run.path not in self._saved:
            self._saved[run.path] = saved_evaluation(run)
        return self._saved[run.path]

    def of(self, run):
        """Returns pixels and labels of a run's test set, as many as it used. Raises NoLabels."""
        dataset = run.config.get("dataset") or {}
        name = data_files.set_name(dataset)
        if name is None:
            raise NoLabels(f"the labels of {dataset.get('type') or dataset.get('name')} are not read here; run "
                           f"'ff evaluate RUN --save RUN/evaluation.pt'")
        folder = self._folder(run, name, dataset)
        if folder not in self._read:
            try:
                self._read[folder] = data_files.test_set(name, folder)
            except (OSError, ValueError) as error:
                raise NoLabels(str(error)) from error
        pixels, labels = self._read[folder]
        limit = dataset.get("test_limit")
        return pixels[:limit], labels[:limit]

    def _folder(self, run, name, dataset):
        known = run.environment.get("data_folder")
        if known and not self._root and Path(known).is_dir():
            return Path(known)
        try:
            return data_files.find(name, (self._root, dataset.get("root")))
        except OSError as error:
            raise NoLabels(f"data set {name} not found; give --data-root, or run "
                           f"'ff evaluate RUN --save RUN/evaluation.pt'") from error


def saved_evaluation(run):
    """Returns the newest file of `ff evaluate --save` in the run folder with the labels of the test set, or None."""
    files = sorted(run.path.glob("*.pt"), key=lambda file: -os.path.getmtime(file))
    for file in files:
        if file.name.startswith("checkpoint") or file.name == "predictions.pt":
            continue
        try:
            found = load_tensors(file)
        except TensorFileError:
            continue
        if {"labels", "predictions"} <= set(found) and _agrees(run, found["labels"], found["predictions"]):
            return found
    return None


def _agrees(run, labels, predictions):
    """Returns whether they give the accuracy of result.json: the same images, network and set."""
    if len(labels) != len(predictions) or len(labels) == 0:
        return False
    accuracy = float((labels == predictions).mean())
    return abs(accuracy - run.result.get("test_accuracy", -1)) < 0.5 / len(labels)


def predicted(run, sets):
    """Returns (labels, predictions, pixels or None) of a run's test set. Raises NoLabels, TensorFileError, OSError."""
    saved = sets.evaluation(run)
    moved = run.config.get("augment", {}).get("test")
    if saved:
        try:
            pixels = None if moved else sets.of(run)[0]
        except NoLabels:
            pixels = None
        same = pixels is not None and len(pixels) == len(saved["labels"])
        return saved["labels"], saved["predictions"], pixels if same else None
    predictions = load_tensors(run.path / "predictions.pt", "test")
    pixels, labels = sets.of(run)
    if not _agrees(run, labels, predictions):
        raise NoLabels("the labels found do not give the run's test accuracy: another set, or another version of it")
    return labels, predictions, None if moved else pixels


class Confusion:
    """Counts (classes, classes) over the finished runs of an experiment, and its most frequent mistakes."""

    def __init__(self, experiment, sets):
        import numpy

        self.counts, self.runs, self.reasons = None, 0, []
        self._wrong, self._answers, self._pixels = Counter(), {}, None
        with_files = [run for run in experiment.done if run.path and (run.path / "predictions.pt").exists()]
        for run in with_files[:RUNS]:
            try:
                labels, predictions, pixels = predicted(run, sets)
            except (NoLabels, TensorFileError, OSError) as error:
                self.reasons.append(str(error))
                continue
            self._add(numpy, labels, predictions, pixels)

    def _add(self, numpy, labels, predictions, pixels):
        classes = int(max(labels.max(), predictions.max())) + 1
        if self.counts is None or len(self.counts) < classes:
            grown = numpy.zeros((classes, classes), numpy.int64)
            if self.counts is not None:
                grown[: len(self.counts), : len(self.counts)] = self.counts
            self.counts = grown
        numpy.add.at(self.counts, (labels, predictions), 1)
        self.runs += 1
        self._pixels = pixels if pixels is not None else self._pixels
        for i in numpy.flatnonzero(labels != predictions).tolist():
            self._wrong[i] += 1
            self._answers.setdefault((i, int(labels[i])), Counter())[int(predictions[i])] += 1

    def mistakes(self):
        """Returns (image (C, H, W), label, most frequent wrong prediction) of the images that most runs got wrong."""
        if self._pixels is None:
            return []
        by_image = {i: (label, answers) for (i, label), answers in self._answers.items()}
        return [(self._pixels[i], by_image[i][0], by_image[i][1].most_common(1)[0][0])
                for i, _ in self._wrong.most_common(MISTAKES)]


def goodness(run, sets):
    """Returns [(image, label, scores (layers, classes))] of the first test images of a saved evaluation with scores."""
    saved = sets.evaluation(run)
    if not saved or "scores_by_layer" not in saved:
        return []
    try:
        pixels, labels = sets.of(run)
    except NoLabels:
        return []
    if len(pixels) != len(saved["labels"]) or (labels != saved["labels"]).any():
        return []
    count = min(PICTURED, len(pixels))
    return [(pixels[i], int(labels[i]), saved["scores_by_layer"][i].T) for i in range(count)]
