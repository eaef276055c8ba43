"""The table of docs/rules.md on concordant signs: what their share, the magnitudes and the two aids do."""

import json
from pathlib import Path

from fill_tables import mean_text

AIDS = {"none": "neither", "bn": "batch normalisation", "bm": "Batch Manhattan", "bn_bm": "both"}
MAGNITUDES = {"zoo_usf": "uniform (`usf`)", "zoo_frsf": "random (`frsf`)"}
SHARE = "concordant-"


def figures(folder):
    """Of each experiment's name in FOLDER: the test error of each finished run, in percent."""
    found = {}
    for path in sorted(Path(folder).glob("*/seed-*/result.json")):
        result = json.loads(path.read_text())
        if "diverged" not in result:
            found.setdefault(path.parents[1].name, []).append(100 * (1 - result["test_accuracy"]))
    return found


def cell(errors, was_chosen):
    """12.34 ± 0.56, or that the chosen rate came to no end."""
    return mean_text(errors, 2) if errors else "diverged" * was_chosen


def signs_table(folder):
    """Rows: aid and magnitudes; columns: the share of concordant signs, and backpropagation."""
    found = figures(folder)
    chosen = json.loads((Path(folder) / "choice.json").read_text())["chosen"]
    shares = sorted({float(name.split(SHARE)[1]) for name in found if SHARE in name})
    header = ["aid", "magnitudes", *(f"{100 * share:g} %" for share in shares), "backpropagation"]
    lines = [header, ["---", "---", *["---:"] * (len(shares) + 1)]]
    for aid, words in AIDS.items():
        for config, magnitudes in MAGNITUDES.items():
            names = [f"{config}.{aid}.{SHARE}{share:g}" for share in shares] + [f"zoo_bp.{aid}"]
            lines.append([words, magnitudes, *(cell(found.get(name), name in chosen) for name in names)])
    counts = {len(errors) for errors in found.values()}
    edges = sum(bool(choice["edges"]) for choice in chosen.values())
    note = (f"Runs of each cell: {', '.join(map(str, sorted(counts)))}. In {edges} of {len(chosen)} cells the best rate tried was the "
            "smallest or the largest.")
    return "\n".join("| " + " | ".join(line) + " |" for line in lines) + f"\n\n{note}"
