"""The package's records module, for scripts that run from a source tree."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "reference"))
from forward_forward.records import Run, choice_of, load, named, packed_runs, runs_of  # noqa: E402, F401
