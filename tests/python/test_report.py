"""ff report: one page that needs nothing else, whatever the runs are called and however many there are."""

import json
import math
import re
import shutil
import subprocess
import time
import unittest
from html.parser import HTMLParser

from bench import ROOT, Bench, blobs, make_run, needs, write_idx

BROWSER = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
NAME = "<img src=x onerror=alert(1)>&\"'</script>"


class Page(HTMLParser):
    """The tags and the text of a page, and the data of its charts."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.ids, self.text, self.scripts = [], [], "", []
        self._script, self._style = None, False
        self.feed(text)
        self.data = json.loads(next(text for kind, text in self.scripts if kind == "application/json"))

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))
        self.ids.append(dict(attributes).get("id"))
        self._style = tag == "style"
        if tag == "script":
            self._script = [dict(attributes).get("type"), ""]
            self.scripts.append(self._script)

    def handle_endtag(self, tag):
        self._style = False
        if tag == "script":
            self._script = None

    def handle_data(self, data):
        if self._script:
            self._script[1] += data
        elif not self._style:
            self.text += data


class ReportBench(Bench):
    def report(self, *arguments, out="report.html"):
        ended = self.command("report", *arguments, "--out", out)
        self.assertEqual(ended.returncode, 0, ended.stderr)
        return Page((self.folder / out).read_text(encoding="utf-8"))


class Report(ReportBench):
    def test_sections_and_numbers(self):
        for seed, last in enumerate((0.5, 0.75)):
            make_run(self.folder / "runs", "a", seed, [0.1, last])
        make_run(self.folder / "runs", "b", 0, [0.2, 0.25], config={"batch_size": 32})
        page = self.report("runs")
        for section in ("results", "what", "curves", "layers", "pruning", "time"):
            self.assertIn(section, page.ids)
        self.assertIn("0.6250 ± 0.1768", page.text)
        self.assertIn("batch_size", page.text)
        self.assertNotIn("optimizer.", page.text)  # the same in both
        chart = page.data["charts"][0]
        self.assertEqual(chart["title"], "test accuracy")
        self.assertEqual([(one["e"], one["s"], one["y"]) for one in chart["variants"][0]["series"]],
                         [(0, 0, [0.1, 0.5]), (0, 1, [0.1, 0.75]), (1, 0, [0.2, 0.25])])
        self.assertEqual(page.data["xs"][chart["variants"][0]["series"][0]["x"]], [1, 2])
        self.assertEqual(page.data["experiments"], ["a", "b"])

    def test_it_loads_nothing(self):
        make_run(self.folder / "runs", "a", 0, [0.1, 0.5])
        page = self.report("runs")
        for tag, attributes in page.tags:
            self.assertFalse({"src", "srcset", "data"} & set(attributes) and not attributes["src"].startswith("data:"), tag)
            self.assertNotIn(tag, ("link", "iframe", "base"))
            self.assertTrue(attributes.get("href", "#").startswith("#"))
        policy = next(attributes["content"] for tag, attributes in page.tags if attributes.get("http-equiv"))
        self.assertIn("default-src 'none'", policy)
        self.assertNotIn("@import", (self.folder / "report.html").read_text(encoding="utf-8"))

    def test_names_are_text(self):
        make_run(self.folder / "runs", NAME, 0, [0.1, 0.5], config={"note": NAME}, result={"warnings": [NAME]})
        make_run(self.folder / "runs", "b", 0, [0.1, 0.5], config={"note": "</style>"})
        page = self.report("runs", "--title", NAME)
        self.assertNotIn("img", [tag for tag, _ in page.tags])
        self.assertEqual(len(page.scripts), 3)
        self.assertIn(NAME, page.text)
        self.assertEqual(page.data["experiments"], [NAME, "b"])

    def test_unfinished_diverged_no_epochs_and_nan(self):
        make_run(self.folder / "runs", "u", 0, [0.1], status="unfinished")
        make_run(self.folder / "runs", "d", 0, [0.1], status="diverged")
        make_run(self.folder / "runs", "z", 0, [])
        make_run(self.folder / "runs", "n", 0, [0.1, math.nan, 0.3])
        page = self.report("runs")
        self.assertIn("Experiments: 4, finished runs: 2, unfinished: 1, diverged: 1", page.text)
        self.assertIn("NaN or infinite, and gaps in the curves: 1.", page.text)
        series = page.data["charts"][0]["variants"][0]["series"]
        self.assertIn([0.1, None, 0.3], [one["y"] for one in series])
        page = self.report("runs/z", out="z.html")
        self.assertEqual([chart for chart in page.data["charts"] if chart["x"] == "epoch"], [])
        self.assertIn("metrics.jsonl is empty", page.text)

    def test_refused(self):
        make_run(self.folder / "runs", "a", 0, [0.1])
        (self.folder / "report.html").write_text("mine")
        ended = self.command("report", "runs", "--out", "report.html")
        self.assertEqual((ended.returncode, ended.stderr), (1, "ff: report.html: exists; add --force to replace it\n"))
        self.assertEqual((self.folder / "report.html").read_text(), "mine")
        self.report("runs", "--force")
        (self.folder / "empty").mkdir()
        for arguments, code, text in (
            (("empty", "--out", "x.html"), 1, "empty: no run in it"), (("runs", "--out", "x.pdf"), 2, "ends with .html"),
            (("runs", "--out", "no/x.html"), 1, "there is no folder no"),
            (("runs", "--out", "x.html", "--lang", "fr"), 2, "--lang"),
        ):
            ended = self.command("report", *arguments)
            self.assertEqual(ended.returncode, code)
            self.assertIn(text, ended.stderr)

    def test_japanese(self):
        make_run(self.folder / "runs", "a", 0, [0.1, 0.5])
        page = self.report("runs", "--lang", "ja")
        self.assertIn(("html", {"lang": "ja"}), page.tags)
        self.assertIn("エポックごとの推移", page.text)
        self.assertEqual(page.data["charts"][0]["title"], "テスト精度")

    def test_every_text_is_in_both_languages(self):
        from forward_forward.report import words

        for table in (words._WORDS, words._FIGURES):
            for key, texts in table.items():
                self.assertEqual(len(texts), 2, key)
                self.assertEqual(*(sorted(re.findall(r"{\w+}", text)) for text in texts), key)

    def test_a_thousand_runs(self):
        for experiment in range(100):
            for seed in range(10):
                make_run(self.folder / "runs", f"e{experiment}", seed, [i / 100 for i in range(100)],
                         config={"optimizer": {"learning_rate": experiment}})
        begin = time.process_time()  # others may have the cores
        page = self.report("runs")
        self.assertLess(time.process_time() - begin, 10)  # seconds; 2 to 3 on an idle core
        self.assertLess((self.folder / "report.html").stat().st_size, 20e6)
        self.assertIn("Charts show the first 20 of 100 experiments, and 200 of their runs.", page.text)
        self.assertIn("Curves show at most", page.text)
        self.assertIn("e99", page.text)

    def test_ten_thousand_epochs(self):
        for seed in range(10):
            make_run(self.folder / "runs", "long", seed, [i / 10000 for i in range(10000)])
        page = self.report("runs")
        self.assertLess((self.folder / "report.html").stat().st_size, 2e6)
        for x in page.data["xs"]:
            self.assertLessEqual(len(x), 1001)
        self.assertEqual(page.data["xs"][0][-1], 10000)

    def test_uplot_is_the_release_it_says(self):
        import hashlib

        folder = ROOT / "reference" / "forward_forward" / "assets"
        for line in (folder / "uPlot.sha256").read_text().splitlines():
            expected, name = line.split()
            self.assertEqual(hashlib.sha256((folder / name).read_bytes()).hexdigest(), expected)
        from forward_forward.report.page import UPLOT
        self.assertIn(f"(v{UPLOT})", (folder / "uPlot.iife.min.js").read_text()[:80])


class Files(ReportBench):
    """Pages of runs with tensors."""

    def setUp(self):
        super().setUp()
        self.data = self.folder / "data"
        self.data.mkdir()
        write_idx(self.data, "train", *blobs(400, 1))
        write_idx(self.data, "t10k", *blobs(200, 2))
        config = {"name": "ff", "dataset": {"type": "idx", "root": str(self.data)}, "batch_size": 20, "seeds": [0, 1],
                  "model": {"widths": [24, 16]}, "schedule": {"type": "parallel", "epochs": 2}, "prune": {"ratios": [0.5]}}
        (self.folder / "ff.json").write_text(json.dumps(config))
        self.ff("run", "ff.json", "--device", "cpu", "--threads", "1", "--quiet")

    def counts(self, text):
        """The sum of the confusion matrix, and of its diagonal."""
        cells = re.findall(r'<span class="cell (right|wrong)" style="--share:[\d.]+">(\d+)</span>', text)
        return sum(int(count) for _, count in cells), sum(int(count) for kind, count in cells if kind == "right")

    @needs("numpy")
    def test_confusion_matrix_mistakes_and_weights(self):
        page = self.report("runs")
        text = (self.folder / "report.html").read_text(encoding="utf-8")
        results = [self.folder / f"runs/ff/seed-{seed}/result.json" for seed in (0, 1)]
        accuracies = [json.loads(file.read_text())["test_accuracy"] for file in results]
        self.assertEqual(self.counts(text), (400, round(200 * sum(accuracies))))
        self.assertIn("weights", page.ids)
        sources = [attributes["src"] for tag, attributes in page.tags if tag == "img"]
        self.assertTrue(all(source.startswith("data:image/png;base64,") for source in sources))
        self.assertIn("24 of 24 units", page.text)

    @needs("numpy")
    def test_labels_of_another_set_are_not_used(self):
        write_idx(self.data, "t10k", *blobs(200, 3))
        page = self.report("runs")
        self.assertIn("the labels found do not give the run's test accuracy", page.text)
        self.assertEqual(self.counts((self.folder / "report.html").read_text(encoding="utf-8"))[0], 0)

    @needs("numpy")
    def test_a_saved_evaluation_brings_labels_and_goodness(self):
        run = self.folder / "runs/ff/seed-0"
        self.ff("evaluate", run, "--save", run / "evaluation.pt", "--threads", "1")
        page = self.report("runs/ff/seed-0")
        self.assertIn("goodness", page.ids)
        shutil.rmtree(self.data)
        page = self.report("runs/ff/seed-0", "--force")
        text = (self.folder / "report.html").read_text(encoding="utf-8")
        self.assertEqual(self.counts(text)[0], 200)
        self.assertNotIn("goodness", page.ids)  # no pictures to show it with

    @unittest.skipIf(BROWSER is None, "no Chromium")
    def test_in_a_browser(self):
        """Every chart is drawn; without seed 1 the mean is seed 0's; arrow keys read the values; no error."""
        page = self.report("runs")
        file = self.folder / "report.html"
        act = """<script>setTimeout(() => {
          document.querySelector(".controls label:nth-of-type(2) input").click();
          const plot = document.querySelector(".plot");
          plot.dispatchEvent(new KeyboardEvent("keydown", {key: "End"}));
          document.title = document.querySelector("[aria-live]").textContent;
        }, 2500)</script>"""
        file.write_text(file.read_text(encoding="utf-8").replace("</body>", act + "</body>"), encoding="utf-8")
        ended = subprocess.run(
            [BROWSER, "--headless", "--no-sandbox", "--disable-gpu", "--enable-logging=stderr", "--window-size=400,900",
             "--virtual-time-budget=6000", f"--user-data-dir={self.folder}/browser", "--dump-dom", file.as_uri()],
            capture_output=True, text=True, timeout=120)
        self.assertEqual([line for line in ended.stderr.splitlines() if "CONSOLE" in line], [])
        self.assertEqual(ended.stdout.count("<canvas"), len(page.data["charts"]))
        first = page.data["charts"][0]
        loss = first["variants"][0]["series"][0]["y"][-1]
        title = re.search("<title>(.*?)</title>", ended.stdout)[1]
        self.assertEqual(title, f"epoch 2: ff {float(f'{loss:.4g}'):g}", first["title"])


if __name__ == "__main__":
    unittest.main()
