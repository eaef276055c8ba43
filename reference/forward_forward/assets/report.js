// Draws the charts of a report with uPlot: the mean over the selected seeds of each experiment with
// a band of one standard deviation, and on request every run. All text is set as text, never as HTML.
"use strict";
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const words = data.words;
  const state = {
    experiments: new Set(data.experiments.keys()), seeds: new Set(data.seeds), runs: data.experiments.length < 3,
  };
  // Okabe and Ito's colours (2008), darkened or lightened to a contrast of 3:1 with the ground.
  const LIGHT = ["#0072b2", "#d55e00", "#007d5b", "#b3518e", "#a06e00", "#2682bd", "#444444"];
  const DARK = ["#4fa8e0", "#ff8a3d", "#2cc295", "#e39cc6", "#e6a91f", "#8cc9f0", "#c8c8c8"];
  const DASHES = [[], [8, 4], [2, 3]];
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const colour = (e) => (dark.matches ? DARK : LIGHT)[e % LIGHT.length];
  const dash = (e) => DASHES[Math.floor(e / LIGHT.length) % DASHES.length];
  const css = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const transparent = (hex) => hex + "30";

  const node = (tag, properties = {}, children = []) => {
    const made = Object.assign(document.createElement(tag), properties);
    made.append(...children);
    return made;
  };
  const swatch = (e) => {
    const made = node("span", {className: "swatch"});
    made.style.borderColor = colour(e);
    made.style.borderTopStyle = ["solid", "dashed", "dotted"][Math.floor(e / LIGHT.length) % DASHES.length];
    return made;
  };
  // A number in so many significant digits, with a letter for millions and more.
  const text = (value, digits) => {
    if (value == null) return "–";
    const size = Math.abs(value);
    for (const [unit, letter] of [[1e9, "G"], [1e6, "M"]]) {
      if (size >= unit) return +(value / unit).toPrecision(digits) + letter;
    }
    return size !== 0 && size < 1e-3 ? value.toExponential(Math.min(digits, 3) - 1) : String(+value.toPrecision(digits));
  };
  const short = (value) => text(value, 4);
  const measured = (mean, deviation) => short(mean) + (deviation == null ? "" : ` ± ${text(deviation, 2)}`);
  const tick = (value) => value == null ? "" : text(value, 6);

  // {x, curves: [{e, mean, deviation, runs: [{s, y}]}]}, aligned to one x, of what is selected.
  function aligned(variant) {
    const series = variant.series.filter((one) => state.experiments.has(one.e) && state.seeds.has(one.s));
    const x = [...new Set(series.flatMap((one) => data.xs[one.x]))].sort((a, b) => a - b);
    const place = new Map(x.map((value, i) => [value, i]));
    const byExperiment = new Map();
    for (const one of series) {
      const y = new Array(x.length).fill(null);
      data.xs[one.x].forEach((value, i) => { y[place.get(value)] = one.y[i]; });
      if (!byExperiment.has(one.e)) byExperiment.set(one.e, []);
      byExperiment.get(one.e).push({s: one.s, y});
    }
    const curves = [...byExperiment].map(([e, runs]) => {
      const mean = [], deviation = [];
      for (let i = 0; i < x.length; ++i) {
        const values = runs.map((run) => run.y[i]).filter((value) => value != null);
        const middle = values.length ? values.reduce((a, b) => a + b) / values.length : null;
        mean.push(middle);
        deviation.push(values.length < 2 ? null
          : Math.sqrt(values.reduce((sum, value) => sum + (value - middle) ** 2, 0) / (values.length - 1)));
      }
      return {e, mean, deviation, runs};
    });
    return {x, curves};
  }

  class Chart {
    constructor(host, spec) {
      this.host = host;
      this.spec = spec;
      this.variant = spec.variants[0];
      this.log = false;
      this.build();
    }

    build() {
      const {spec} = this;
      const log = node("input", {type: "checkbox", onchange: () => { this.log = log.checked; this.draw(); }});
      const tools = [];
      if (spec.variants.length > 1) {
        const select = node("select", {onchange: () => { this.variant = spec.variants[select.selectedIndex]; this.draw(); }},
          spec.variants.map((variant) => node("option", {textContent: variant.label})));
        select.setAttribute("aria-label", spec.title);
        tools.push(select);
      }
      tools.push(node("label", {}, [log, words.log]));
      this.plot = node("div", {className: "plot", tabIndex: 0, onkeydown: (event) => this.key(event)});
      this.plot.setAttribute("role", "img");
      this.readout = node("ul", {className: "readout"});
      this.spoken = node("div", {className: "hidden"});
      this.spoken.setAttribute("aria-live", "polite");
      this.table = node("div", {className: "scroll"});
      this.details = node("details", {ontoggle: () => this.fill()}, [node("summary", {textContent: words.values}), this.table]);
      this.host.append(node("div", {className: "tools"}, [node("h3", {textContent: spec.title}), node("div", {className: "tools"}, tools)]),
        this.plot, this.readout, this.spoken, this.details);
      }

    draw() {
      if (this.uplot) this.uplot.destroy();
      this.uplot = null;
      this.plot.textContent = "";
      this.shown = aligned(this.variant);
      const {x, curves} = this.shown;
      this.plot.setAttribute("aria-label", `${this.spec.title} ${this.variant.label}. ${words.chart_help}`);
      this.fill();
      if (!curves.length) {
        this.readout.textContent = "";
        this.plot.append(node("p", {className: "quiet", textContent: words.nothing}));
        return;
      }
      const positive = (values) => this.log ? values.map((value) => value > 0 ? value : null) : values;
      const columns = [x], series = [{label: this.spec.x}], bands = [];
      const single = x.length === 1 || this.spec.marks || x.length <= 20;
      for (const {e, mean, deviation, runs} of curves) {
        if (deviation.some((value) => value)) {
          const end = (sign) => positive(mean.map((value, i) => value == null ? null : value + sign * (deviation[i] ?? 0)));
          bands.push({series: [columns.length, columns.length + 1], fill: transparent(colour(e))});
          columns.push(end(1), end(-1));
          for (let i = 0; i < 2; ++i) series.push({stroke: "transparent", width: 0, points: {show: false}, spanGaps: true});
        }
        if (state.runs && runs.length > 1) {
          for (const run of runs) {
            columns.push(positive(run.y));
            series.push({stroke: colour(e) + "90", width: 1, points: {show: false}, spanGaps: true});
          }
        }
        columns.push(positive(mean));
        series.push({stroke: colour(e), width: 2, dash: dash(e), spanGaps: true,
          points: {show: single, size: 6, fill: colour(e), stroke: colour(e)}});
      }
      const axis = {stroke: css("--quiet"), grid: {stroke: css("--line"), width: .5}, ticks: {stroke: css("--line"), width: .5},
        font: "12px system-ui, sans-serif", labelFont: "12px system-ui, sans-serif"};
      this.uplot = new uPlot({
        width: this.width(), height: this.height(), series, bands,
        scales: {x: {time: false}, y: this.log ? {distr: 3} : {}},
        axes: [{...axis, label: this.spec.x, labelSize: 20, size: 34, values: (_, values) => values.map(tick),
          incrs: this.whole(x) ? [1, 2, 5, 10, 20, 50, 100, 200, 500, 1e3, 2e3, 5e3, 1e4, 2e4, 5e4, 1e5] : undefined},
        {...axis, size: 58, values: (_, values) => values.map(tick)}],
        legend: {show: false}, cursor: {points: {show: false}, drag: {x: true, y: false}},
        hooks: {setCursor: [(u) => this.read(u.cursor.idx)]},
      }, columns, this.plot);
      this.read(null);
    }

    whole(x) { return x.every(Number.isInteger); }
    width() { return Math.max(240, Math.floor(this.host.clientWidth)); }
    height() { return this.host.clientWidth < 480 ? 240 : 290; }
    resize() { if (this.uplot) this.uplot.setSize({width: this.width(), height: this.height()}); }

    // The values at a place of x; without one, the last of each curve.
    read(index) {
      const {x, curves} = this.shown;
      this.index = index;
      const lines = curves.map(({e, mean, deviation}) => {
        const at = index ?? mean.findLastIndex((value) => value != null);
        const where = index == null && at < x.length - 1 ? ` (${this.spec.x} ${short(x[at])})` : "";
        return {e, text: `${data.experiments[e]} ${measured(mean[at], deviation[at])}${where}`};
      });
      const where = `${this.spec.x} ${short(x[index ?? x.length - 1])}`;
      this.readout.replaceChildren(node("li", {className: "at", textContent: where}),
        ...lines.map(({e, text}) => node("li", {}, [swatch(e), text])));
      this.says = `${where}: ${lines.map(({text}) => text).join(", ")}`;
    }

    key(event) {
      const steps = {ArrowLeft: -1, ArrowRight: 1, Home: -Infinity, End: Infinity};
      if (!(event.key in steps) || !this.uplot || event.target !== this.plot) return;
      event.preventDefault();
      const {x} = this.shown;
      const from = this.index ?? (steps[event.key] > 0 ? -1 : x.length);
      const to = Math.min(x.length - 1, Math.max(0, from + steps[event.key]));
      this.uplot.setCursor({left: this.uplot.valToPos(x[to], "x"), top: this.uplot.over.clientHeight / 2});
      this.read(to);
      this.spoken.textContent = this.says;
    }

    fill() {
      if (!this.details.open || !this.shown) return;
      const {x, curves} = this.shown;
      const head = [this.spec.x, ...curves.map(({e}) => data.experiments[e])];
      const every = Math.ceil(x.length / 500);
      const rows = x.map((value, i) => [value, i]).filter(([, i]) => i % every === 0 || i === x.length - 1)
        .map(([value, i]) => [short(value), ...curves.map(({mean, deviation}) =>
          measured(mean[i], deviation[i]))]);
      const row = (cells, tag) => node("tr", {}, cells.map((cell, i) => node(i ? tag : "th", {textContent: cell})));
      this.table.replaceChildren(node("table", {}, [node("thead", {}, [row(head, "th")]),
        node("tbody", {}, rows.map((cells) => row(cells, "td")))]));
    }
  }

  const charts = [];
  const seen = new Set();
  const redraw = () => charts.forEach((chart) => { if (seen.has(chart)) chart.draw(); });

  function box(legend, items) {
    return node("fieldset", {}, [node("legend", {textContent: legend}), ...items]);
  }
  function toggle(label, kind, value, mark) {
    const input = node("input", {type: "checkbox", checked: true, onchange: () => {
      input.checked ? state[kind].add(value) : state[kind].delete(value);
      redraw();
    }});
    return node("label", {}, [input, ...(mark ? [mark] : []), label]);
  }
  function controls() {
    const parts = [];
    if (data.experiments.length > 1) {
      const toggles = data.experiments.map((name, e) => toggle(name, "experiments", e, swatch(e)));
      const set = (on) => node("button", {type: "button", textContent: on ? words.all : words.none, onclick: () => {
        for (const one of toggles) one.querySelector("input").checked = on;
        state.experiments = new Set(on ? data.experiments.keys() : []);
        redraw();
      }});
      parts.push(box(words.experiments, toggles.length > 4 ? [set(true), set(false), ...toggles] : toggles));
    }
    if (data.seeds.length > 1) {
      const runs = node("input", {type: "checkbox", checked: state.runs, onchange: () => { state.runs = runs.checked; redraw(); }});
      parts.push(box(words.seeds, [...data.seeds.map((seed) => toggle(String(seed), "seeds", seed)),
        node("label", {}, [runs, words.single_runs])]));
    }
    return node("div", {className: "controls"}, parts);
  }

  const hosts = [...document.querySelectorAll("[data-chart]")];
  if (!hosts.length) return;
  const panel = controls();
  if (panel.childElementCount) hosts[0].parentElement.before(panel);
  // The charts in view are drawn first, the others while the page is idle: one with many is there at once.
  const draw = (chart) => {
    if (seen.has(chart)) return;
    seen.add(chart);
    chart.draw();
  };
  const near = new IntersectionObserver((entries) => {
    for (const entry of entries) {
      if (entry.isIntersecting) draw(charts[hosts.indexOf(entry.target)]);
    }
  }, {rootMargin: "600px"});
  for (const host of hosts) {
    charts.push(new Chart(host, data.charts[Number(host.dataset.chart)]));
    near.observe(host);
  }
  const rest = (i) => setTimeout(() => {
    if (i === charts.length) return;
    draw(charts[i]);
    rest(i + 1);
  }, 30);
  rest(0);
  addEventListener("beforeprint", () => charts.forEach(draw));
  new ResizeObserver(() => charts.forEach((chart) => chart.resize())).observe(document.body);
  dark.addEventListener("change", () => {
    document.querySelectorAll(".controls .swatch").forEach((one, e) => { one.style.borderColor = colour(e); });
    redraw();
  });
})();
