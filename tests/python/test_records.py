"""Runs from folders and record files, their numbers by name, and the curves of groups."""

import json
import math
import os
import re
import statistics
import subprocess
import unittest

from bench import ROOT, Bench, has, make_run, needs

from forward_forward import RecordError, figures, load_runs, points
from forward_forward.records import runs_of


class Records(Bench):
    def test_a_record_file_and_its_folders_are_the_same_runs(self):
        for seed in (0, 1):
            make_run(self.folder / "runs", "a", seed, [0.5, 0.75])
        make_run(self.folder / "runs", "b", 0, [0.25], status="unfinished")
        self.ff("records", "pack", "runs", "--out", "a.jsonl")
        folders, packed = runs_of(self.folder / "runs"), runs_of(self.folder / "a.jsonl")
        self.assertEqual([run.folder for run in folders], ["a/seed-0", "a/seed-1", "b/seed-0"])
        for one, other in zip(folders, packed, strict=True):
            for name in ("name", "seed", "folder", "status", "config", "result", "metrics", "environment"):
                self.assertEqual(getattr(one, name), getattr(other, name), name)
        self.assertEqual([run.folder for run in load_runs(self.folder / "a.jsonl/a/seed-1")], ["a/seed-1"])
        self.assertEqual(len(load_runs(self.folder / "a.jsonl/a")), 2)

    def test_each_run_once(self):
        make_run(self.folder, "a", 0, [0.5])
        self.assertEqual(len(load_runs(self.folder, self.folder / "a", self.folder / "a" / "seed-0")), 1)

    def test_damaged_files_are_named(self):
        run = make_run(self.folder, "a", 0, [0.5])
        for name, text in (("metrics.jsonl", '{"epoch":1}\n{"epo'), ("config.json", "{}"), ("result.json", "[")):
            before = (run / name).read_text()
            (run / name).write_text(text)
            with self.assertRaisesRegex(RecordError, name):
                runs_of(self.folder)
            (run / name).write_text(before)
        for text in ("", '{"name":"a"}\n', '{"ff_records":2}\n', '{"ff_records":1,"environments":{}}\n{"name":"a"}\n'):
            (self.folder / "x.jsonl").write_text(text)
            with self.assertRaisesRegex(RecordError, "x.jsonl"):
                runs_of(self.folder / "x.jsonl")
        with self.assertRaisesRegex(RecordError, "no such"):
            runs_of(self.folder / "nothing")

    def test_long_metrics_are_thinned_with_the_last_epoch(self):
        make_run(self.folder, "a", 0, [i / 1000 for i in range(1000)])
        run, = runs_of(self.folder, max_epochs=100)
        self.assertLessEqual(len(run.metrics), 101)
        self.assertEqual([run.metrics[0]["epoch"], run.metrics[-1]["epoch"]], [1, 1000])


class Figures(unittest.TestCase):
    def test_names_of_an_epoch(self):
        line = {"epoch": 2, "phase": "layer 1", "layer_losses": [0.5], "thresholds": [5, 6], "head_loss": [0.3],
                "test_accuracy": 0.75, "measures": {"angle": [60.0, None]}}
        found = figures.of_epoch(line)
        self.assertEqual(found["loss_layer_2"], 0.5)  # the layer that this phase trains
        self.assertNotIn("loss_layer_1", found)
        self.assertEqual([found["threshold_layer_1"], found["threshold_layer_2"], found["head_loss"]], [5, 6, 0.3])
        self.assertEqual([found["test_error"], found["angle_layer_1"]], [25, 60])
        self.assertTrue(math.isnan(found["angle_layer_2"]))

    def test_differences_leave_out_what_follows(self):
        a = {"name": "a", "model": {"type": "ff", "goodness": "sum-square"}, "batch_size": 64, "head": {"type": "none"}}
        b = {"name": "b", "model": {"type": "bp"}, "batch_size": 32}
        c = {"name": "c", "model": {"type": "ff", "goodness": "sum-square"}, "batch_size": 64,
             "head": {"type": "softmax", "layers": "all"}}
        self.assertEqual(set(figures.differences([a, b])), {"model.type", "batch_size", "head.type"})
        self.assertEqual(figures.differences([a, c]), {"head.type": ["none", "softmax"]})
        self.assertEqual(figures.differences([a, {**a, "name": "d"}]), {})


class Curves(Bench):
    def runs(self):
        for seed, last in enumerate((0.5, 0.7, 0.9)):
            make_run(self.folder, "a", seed, [0.1, last], config={"optimizer": {"learning_rate": 0.1}})
        make_run(self.folder, "b", 0, [0.2, 0.4], config={"optimizer": {"learning_rate": 0.2}})
        return runs_of(self.folder)

    def test_mean_and_deviation_by_epoch(self):
        (a, b), dropped = points.curves(self.runs(), "epoch", "test_accuracy")
        self.assertEqual([a.group, a.runs, a.x, b.x], ["a", 3, [1, 2], [1, 2]])
        self.assertAlmostEqual(a.y[1], 0.7)
        self.assertAlmostEqual(a.high[1] - a.y[1], 0.2)  # stdev of 0.5, 0.7, 0.9 with n - 1
        self.assertEqual([b.low, b.high, dropped], [b.y, b.y, 0])

    def test_by_config_key_pruning_and_layer(self):
        runs = self.runs()
        (curve,), _ = points.curves(runs, "optimizer.learning_rate", "test_accuracy", ["model.type"])
        self.assertEqual([curve.group, curve.x], ["type ff", [0.1, 0.2]])
        self.assertAlmostEqual(curve.y[1], 0.4)
        (a, _), _ = points.curves(runs, "pruned", "test_error")
        self.assertEqual(a.x, [0, 0.5, 0.9])
        self.assertAlmostEqual(a.y[2], 65)
        (a, _), _ = points.curves(runs, "prefix", "test_accuracy", spread="range")
        self.assertEqual([a.x, a.low[1], a.high[1]], [[1, 2], 0.5, 0.9])
        (a, _), _ = points.curves(runs, "peak_memory_bytes", "test_accuracy")  # of the result: no epoch has it
        self.assertEqual([a.x, a.runs], [[2**27], 3])

    def test_nan_is_dropped_and_what_is_missing_is_named(self):
        make_run(self.folder, "n", 0, [0.1, math.nan, 0.3])
        (curve,), dropped = points.curves(runs_of(self.folder), "epoch", "test_accuracy")
        self.assertEqual([curve.x, dropped], [[1, 3], 1])
        with self.assertRaisesRegex(points.NoPoints, "no run has accuracy; there are: .*test_accuracy"):
            points.curves(runs_of(self.folder), "epoch", "accuracy")


class Frames(Bench):
    @needs("pandas")
    def test_results_and_metrics(self):
        import forward_forward

        frame = forward_forward.results(ROOT / "results" / "talk.jsonl", config=["optimizer.learning_rate"])
        runs = load_runs(ROOT / "results" / "talk.jsonl")
        self.assertEqual(len(frame), len(runs))
        self.assertEqual(frame["test_accuracy"].tolist(), [run.result["test_accuracy"] for run in runs])
        self.assertEqual(frame["optimizer.learning_rate"].tolist(), [run.config["optimizer"]["learning_rate"] for run in runs])
        metrics = forward_forward.metrics(runs)
        self.assertEqual(len(metrics), sum(len(run.metrics) for run in runs))
        one = metrics[(metrics["name"] == runs[0].name) & (metrics["seed"] == runs[0].seed)]
        self.assertAlmostEqual(one["train_seconds"].iloc[-1], sum(line["seconds"] for line in runs[0].metrics))

    @unittest.skipIf(has("pandas"), "pandas is installed")
    def test_without_pandas_the_message_says_what_to_install(self):
        import forward_forward

        with self.assertRaisesRegex(ImportError, "pip install pandas"):
            forward_forward.results(ROOT / "results" / "talk.jsonl")


class Program(unittest.TestCase):
    def test_one_version(self):
        import forward_forward

        patterns = {"CMakeLists.txt": r"project\(ff VERSION (\S+)", "reference/pyproject.toml": 'version = "(.*)"'}
        for name, pattern in patterns.items():
            version = re.search(pattern, (ROOT / name).read_text(encoding="utf-8"))[1]
            self.assertEqual(version, forward_forward.__version__, name)

    def test_means_agree_with_ff_table(self):
        table = subprocess.run([os.environ["FF_PROGRAM"], "table", ROOT / "results" / "talk.jsonl", "--format", "json"],
                               check=True, capture_output=True, text=True).stdout
        rows = json.loads(table)
        runs = load_runs(ROOT / "results" / "talk.jsonl")
        for row in rows:
            values = [run.result["test_accuracy"] for run in runs if run.name == row["experiment"]]
            self.assertAlmostEqual(row["test_accuracy"]["mean"], statistics.fmean(values), places=9)


if __name__ == "__main__":
    unittest.main()
