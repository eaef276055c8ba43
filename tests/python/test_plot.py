"""ff plot: its figures, and what it refuses."""

import math
import os
import re
import subprocess
import sys
import unittest
import xml.etree.ElementTree as xml

from bench import ROOT, Bench, make_run, needs


class Plot(Bench):
    def setUp(self):
        super().setUp()
        for seed, last in enumerate((0.5, 0.7)):
            make_run(self.folder, "a", seed, [0.1, last])
        make_run(self.folder, "cost_$x$", 0, [0.2, 0.4])

    def plot(self, *arguments, out="figure.svg"):
        return self.command("plot", self.folder, "--out", out, *arguments)

    @needs("matplotlib")
    def test_vector_figures_with_their_fonts(self):
        for name in ("f.pdf", "f.svg", "f.png"):
            ended = self.plot("--title", r"$\theta_1$", "--log-y", "--size", "3x2", out=name)
            self.assertEqual((ended.returncode, ended.stdout), (0, f"wrote {name}\n"), ended.stderr)
        pdf = (self.folder / "f.pdf").read_bytes()
        self.assertIn(b"/FontFile2", pdf)
        self.assertNotIn(b"/Type3", pdf)
        self.assertIn(b"/MediaBox [ 0 0 216 144 ]", pdf)
        drawing = xml.parse(self.folder / "f.svg").getroot()
        self.assertEqual(drawing.get("width"), "216pt")
        self.assertFalse([node for node in drawing.iter() if node.tag.endswith("}text")])  # letters are outlines
        self.assertEqual((self.folder / "f.png").read_bytes()[:4], b"\x89PNG")

    @needs("matplotlib")
    def test_the_same_runs_give_the_same_bytes(self):
        for name in ("a.svg", "a.pdf"):
            contents = []
            for _ in range(2):
                self.assertEqual(self.plot("--force", out=name).returncode, 0)
                contents.append((self.folder / name).read_bytes())
            self.assertEqual(*contents)

    @needs("matplotlib")
    def test_error_bars_and_bands_are_drawn_where_seeds_differ(self):
        sizes = {}
        for spread in ("none", "sd"):
            for bars in ((), ("--bars",)):
                self.assertEqual(self.plot("--spread", spread, *bars, "--force").returncode, 0)
                sizes[spread, bars] = len(re.findall("<(?:path|use) ", (self.folder / "figure.svg").read_text()))
        self.assertGreater(sizes["sd", ()], sizes["none", ()])
        self.assertGreater(sizes["sd", ("--bars",)], sizes["none", ("--bars",)])

    @needs("matplotlib")
    def test_what_is_left_out_is_named(self):
        make_run(self.folder, "u", 0, [0.1], status="unfinished")
        make_run(self.folder, "d", 0, [0.1], status="diverged")
        make_run(self.folder, "n", 0, [0.1, math.nan])
        ended = self.plot()
        self.assertEqual(ended.returncode, 0)
        self.assertEqual(ended.stderr.splitlines(), [
            "ff plot: left out 1 unfinished run: u/seed-0", "ff plot: left out 1 diverged run: d/seed-0",
            "ff plot: left out 1 value that is NaN or infinite"])

    @needs("matplotlib")
    def test_an_existing_file_is_replaced_only_with_force(self):
        (self.folder / "figure.svg").write_text("mine")
        ended = self.plot()
        self.assertEqual((ended.returncode, ended.stderr), (1, "ff: figure.svg: exists; add --force to replace it\n"))
        self.assertEqual((self.folder / "figure.svg").read_text(), "mine")
        self.assertEqual(self.plot("--force").returncode, 0)

    @needs("matplotlib")
    def test_runs_without_what_is_plotted(self):
        make_run(self.folder / "none", "z", 0, [])
        make_run(self.folder / "unfinished", "u", 0, [0.1], status="unfinished")
        for place, arguments, text in (
            ("none", (), "no run has test_accuracy by epoch: metrics.jsonl is empty (0 epochs)"),
            ("unfinished", (), "ff: no finished run among them"),
            ("a", ("--y", "accuracy"), "ff: no run has accuracy; there are: epoch, "),
            ("a", ("--ylabel", "$\\foo$"), "Unknown symbol: \\foo"),
            ("missing", (), "missing: no such folder or file"),
            ("a", ("--names", "b*"), "ff: --names b*: fits no experiment; there are: a\n"),
        ):
            ended = self.command("plot", self.folder / place, "--out", "x.pdf", *arguments)
            self.assertEqual(ended.returncode, 1, ended.stderr)
            self.assertIn(text, ended.stderr)
        self.assertFalse((self.folder / "x.pdf").exists())

    @needs("matplotlib")
    @unittest.skipIf(sys.version_info < (3, 11), "PYTHONSAFEPATH is known from Python 3.11 on")
    def test_as_the_program_runs_it(self):
        """Neither torch nor modules of the working folder are imported."""
        for name in ("json.py", "torch.py", "matplotlib.py"):
            (self.folder / name).write_text("raise SystemExit('imported')")
        environment = {**os.environ, "PYTHONPATH": str(ROOT / "reference"), "PYTHONSAFEPATH": "1"}
        ended = subprocess.run([sys.executable, "-X", "importtime", "-m", "forward_forward", "plot", ".", "--out", "x.pdf"],
                               cwd=self.folder, text=True, capture_output=True, env=environment, timeout=120)
        self.assertEqual((ended.returncode, ended.stdout), (0, "wrote x.pdf\n"), ended.stderr)
        self.assertIn(" matplotlib", ended.stderr)
        self.assertNotIn(" torch\n", ended.stderr)

    def test_wrong_usage(self):
        for arguments, text in (
            (("--out", "x.pdf"), "no runs named"),
            (("a", "--out", "x.gif"), "--out x.gif: allowed: a name that ends with .pdf, .svg, .png"),
            (("a",), "--out is missing"),
            (("a", "--ot", "x.pdf"), "--ot: no such option; did you mean '--out'?"),
            (("a", "--out", "x.pdf", "--size", "3"), "--size: 3: expected WIDTHxHEIGHT in inches"),
            (("a", "--out", "x.pdf", "--spread", "iqr"), "--spread"),
        ):
            ended = self.command("plot", *arguments)
            self.assertEqual(ended.returncode, 2, ended.stderr)
            self.assertIn(text, ended.stderr)
            self.assertTrue(ended.stderr.endswith("try 'ff plot --help'\n"))


if __name__ == "__main__":
    unittest.main()
