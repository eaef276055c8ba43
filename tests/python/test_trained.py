"""Trained networks in Python predict what the program wrote to predictions.pt."""

import json
import unittest

from bench import ROOT, Bench, blobs, needs, write_idx


MODELS = {
    "ff": {"model": {"widths": [24, 16]}, "schedule": {"type": "parallel"}},
    "minssq": {"model": {"widths": [24, 16]}, "loss": {"direction": "min-ssq"}, "predict": {"layers": {"from": 1}}},
    "chosen": {"model": {"widths": [24, 16, 16]}, "predict": {"layers": "validation"}},
    "head": {"model": {"widths": [24, 16], "goodness": "sum-square"}, "negatives": {"type": "hard-label", "pairing": "paired"},
             "head": {"type": "softmax"}, "predict": {"by": "head"}, "schedule": {"type": "parallel"}},
    "bp": {"model": {"type": "bp", "widths": [24, 16, 4]}, "optimizer": {"learning_rate": 0.01}},
    "dfa": {"model": {"type": "dfa", "widths": [24, 16, 4], "activation": "tanh"}, "optimizer": {"learning_rate": 0.01}},
    "conv": {"model": {"type": "bp", "layers": [
        {"type": "conv", "channels": 3, "kernel": 3}, {"type": "batch-norm"}, {"type": "relu"}, {"type": "max-pool", "kernel": 2},
        {"type": "linear", "width": 4}]}, "optimizer": {"learning_rate": 0.01}},
}


class Trained(Bench):
    def setUp(self):
        super().setUp()
        data = self.folder / "data"
        data.mkdir()
        write_idx(data, "train", *blobs(400, 1))
        write_idx(data, "t10k", *blobs(200, 2))

    def train(self, models):
        for name, changes in models.items():
            config = {"name": name, "dataset": {"name": "idx", "root": str(self.folder / "data"), "validation": {"count": 50}},
                      "batch_size": 20, "seeds": [0], "engine": "autograd", **changes}
            config["schedule"] = {"epochs": 2, **config.get("schedule", {})}
            (self.folder / f"{name}.json").write_text(json.dumps(config))
        self.ff("run", *(f"{name}.json" for name in models), "--device", "cpu", "--threads", "1", "--quiet")

    @needs("torch")
    def test_predictions_equal_predictions_pt(self):
        import torch

        from forward_forward import load_data, load_network

        torch.set_num_threads(1)
        self.train(MODELS)
        for name in MODELS:
            run = self.folder / "runs" / name / "seed-0"
            network, data = load_network(run), load_data(run)
            saved = torch.load(run / "predictions.pt", weights_only=True)
            self.assertEqual(set(saved), {"train", "test", "validation"})
            for part, expected in saved.items():
                found = network.predict(getattr(data, part).images)
                self.assertTrue(torch.equal(found, expected), (name, part))
            accuracy = (saved["test"] == data.test.labels).double().mean().item()
            self.assertAlmostEqual(accuracy, json.loads((run / "result.json").read_text())["test_accuracy"])
            self.assertGreater(len(saved["test"].unique()), 1, name)  # something that could have differed

    @needs("torch")
    def test_its_weights_are_the_checkpoint_s_and_can_be_trained(self):
        import torch

        from forward_forward import load_data, load_network

        self.train({"bp": MODELS["bp"]})
        run = self.folder / "runs" / "bp" / "seed-0"
        network, data = load_network(run), load_data(run)
        for name, tensor in torch.load(run / "checkpoint.pt", weights_only=True)["model"].items():
            self.assertTrue(torch.equal(network.network.state_dict()[name], tensor), name)
        loss = torch.nn.functional.cross_entropy(network(data.test.images), data.test.labels)
        loss.backward()
        self.assertTrue(all(parameter.grad.abs().sum() > 0 for parameter in network.parameters()))

    @needs("torch", "numpy")
    def test_tensors_without_torch_are_those_of_torch(self):
        import torch

        from forward_forward import load_tensors

        self.train({"ff": MODELS["ff"]})
        for name in ("checkpoint.pt", "predictions.pt"):
            file = self.folder / "runs" / "ff" / "seed-0" / name
            self.assert_same(load_tensors(file), torch.load(file, weights_only=True))

    def assert_same(self, found, expected):
        self.assertEqual(set(found), set(expected))
        for name, value in expected.items():
            if isinstance(value, dict):
                self.assert_same(found[name], value)
            else:
                self.assertEqual((found[name].dtype, found[name].tolist()), (value.numpy().dtype, value.tolist()), name)

    @needs("torch", "numpy")
    def test_a_file_that_would_run_code_is_refused(self):
        import os
        import pickle
        import zipfile

        from forward_forward import load_tensors
        from forward_forward.tensors import TensorFileError

        class Evil:
            def __reduce__(self):
                return os.mkdir, ("made",)

        os.chdir(self.folder)
        self.addCleanup(os.chdir, ROOT)
        with zipfile.ZipFile("evil.pt", "w") as archive:
            archive.writestr("archive/data.pkl", pickle.dumps({"a": Evil()}))
        with self.assertRaisesRegex(TensorFileError, "mkdir"):
            load_tensors("evil.pt")
        self.assertFalse((self.folder / "made").exists())

    @needs("torch")
    def test_what_the_reference_lacks_is_named(self):
        from forward_forward import load_network
        from forward_forward.trained import UnsupportedRun

        self.train({"bp": MODELS["bp"]})
        config = self.folder / "runs" / "bp" / "seed-0" / "config.json"
        content = json.loads(config.read_text())
        content["model"]["activation"] = "swish"
        config.write_text(json.dumps(content))
        with self.assertRaisesRegex(UnsupportedRun, "model.activation: 'swish'"):
            load_network(config.parent)


if __name__ == "__main__":
    unittest.main()
