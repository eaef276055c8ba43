"""Writes the run folder OUT/<name>/seed-<n>/ in the format of the `ff` program."""

import json
import platform
import sys
from pathlib import Path

import torch


class RunFolder:
    """A new run folder; an existing one is never overwritten."""

    def __init__(self, out, config, seed, data):
        self.path = Path(out, config["name"], f"seed-{seed}")
        if self.path.exists():
            raise FileExistsError(f"{self.path} exists: choose another --out, or delete it")
        self.path.mkdir(parents=True)
        self.keep_all = config["checkpoint"]["keep"] == "all"
        self._write("config.json", {**config, "seeds": [seed]})
        self._write("environment.json", environment(data))

    def metrics(self, record):
        """Appends the line of an epoch to metrics.jsonl."""
        with open(self.path / "metrics.jsonl", "a", encoding="utf-8") as file:
            file.write(json.dumps(record) + "\n")

    def checkpoint(self, network, epoch=None):
        """Saves the network as the latest checkpoint, and as that of the epoch if all are kept."""
        state = {"model": {name: tensor.clone() for name, tensor in network.state_dict().items()
                           if not name.endswith(".num_batches_tracked")}}
        torch.save(state, self.path / "checkpoint.pt")
        if self.keep_all and epoch is not None:
            torch.save(state, self.path / f"checkpoint-{epoch:04d}.pt")

    def finish(self, predictions, result):
        """Saves the predictions, the result and, last, DONE."""
        torch.save(predictions, self.path / "predictions.pt")
        self._write("result.json", result)
        (self.path / "DONE").touch()

    def _write(self, name, content):
        (self.path / name).write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")


def environment(data):
    """Returns hardware and software information for environment.json."""
    return {
        "program": "reference",
        "command": sys.argv,
        "python": platform.python_version(),
        "torch": torch.__version__,
        "device": "cpu",
        "threads": torch.get_num_threads(),
        "cpu_capability": torch.backends.cpu.get_cpu_capability(),
        "data": data.identity,
    }
