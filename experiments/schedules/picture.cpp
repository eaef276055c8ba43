#include "experiments/schedules/picture.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "ff/core/text.h"

namespace ff::experiments::schedules {
namespace {

constexpr double kLeft = 64, kTime = 920, kRight = 16, kRow = 18, kTitle = 26, kGap = 16;
constexpr double kLegend = 34, kAxis = 24;
constexpr double kDigit = 6;  // what a digit in a box takes

struct Look {
  Kind kind;
  const char* name;  // of the style
  const char* about;
};
constexpr Look kLooks[] = {{Kind::kForward, "f", "F: forward"},
                           {Kind::kInput, "b", "B: gradient at the input"},
                           {Kind::kWeights, "w", "W: gradient at the weights"},
                           {Kind::kBackward, "d", "B and W as one"},
                           {Kind::kUpdate, "u", "a stage's own update"},
                           {Kind::kFrozen, "r", "forward, trained"}};

const Look& look_of(Kind kind) {
  return *std::find_if(
      std::begin(kLooks), std::end(kLooks), [=](const Look& look) { return look.kind == kind; });
}

// Coordinates to a hundredth, without zeros at the end: the same text on every machine.
std::string number(double value) {
  auto text = fixed(value, 2);
  text.erase(text.find_last_not_of('0') + 1);
  if (text.ends_with('.')) text.pop_back();
  return text == "-0" ? "0" : text;
}

std::string escaped(const std::string& text) {
  std::string result;
  for (const char c : text) {
    result += c == '&' ? "&amp;" : c == '<' ? "&lt;" : c == '>' ? "&gt;" : std::string(1, c);
  }
  return result;
}

std::string label(double x, double y, const std::string& style, const std::string& text) {
  return "<text x=\"" + number(x) + "\" y=\"" + number(y) + "\" class=\"" + style + "\">" +
         escaped(text) + "</text>\n";
}

std::string box(double x, double y, double width, const std::string& style) {
  return "<rect x=\"" + number(x) + "\" y=\"" + number(y) + "\" width=\"" + number(width) +
         "\" height=\"" + number(kRow - 2) + "\" class=\"" + style + "\"/>\n";
}

const char* styles() {
  return "<style>\n"
         "  .ground { fill: #ffffff } text { fill: #1f2328; font: 11px system-ui, sans-serif }\n"
         "  .title { font-weight: 600; font-size: 13px } .in { text-anchor: middle; font-size: "
         "10px }\n"
         "  .end { text-anchor: end } .mid { text-anchor: middle } .line { stroke: #59636e }\n"
         "  rect { stroke: #59636e; stroke-width: 0.4 } .f { fill: #b6d7ff } .b { fill: #ffd8b5 }\n"
         "  .w { fill: #b4e6bd } .d { fill: #f5c9a0 } .u { fill: #8fd19e } .r { fill: #dbe9fa }\n"
         "  .second { fill-opacity: 0.55 }\n"
         "  @media (prefers-color-scheme: dark) {\n"
         "    .ground { fill: #0d1117 } text { fill: #f0f6fc } .line { stroke: #9198a1 }\n"
         "    .f { fill: #1f4b82 } .b { fill: #8a4b16 } .w { fill: #1f6b35 } .d { fill: #75400f }\n"
         "    .u { fill: #2a7d42 } .r { fill: #34506f }\n"
         "  }\n"
         "</style>\n";
}

std::string legend(const std::vector<TimeLine>& lines) {
  std::string text;
  double x = kLeft;
  for (const auto& look : kLooks) {
    const bool there = std::any_of(lines.begin(), lines.end(), [&](const TimeLine& line) {
      const auto& orders = line.plan.orders;
      return std::any_of(orders.begin(), orders.end(), [&](const auto& order) {
        return std::any_of(order.begin(), order.end(), [&](const Operation& operation) {
          return operation.kind == look.kind;
        });
      });
    });
    if (!there) continue;
    text += box(x, 10, kRow - 2, look.name) + label(x + kRow + 2, 22, "", look.about);
    x += kRow + 24 + kDigit * static_cast<double>(std::string(look.about).size());
  }
  return text;
}

// A round step that gives some ten ticks.
double tick_of(double most) {
  const double rough = most / 10, power = std::pow(10, std::floor(std::log10(rough)));
  for (const double factor : {1.0, 2.0, 5.0}) {
    if (factor * power >= rough) return factor * power;
  }
  return 10 * power;
}

std::string axis(double y, double most) {
  std::string text;
  const double step = tick_of(most);
  for (int k = 0; k * step <= most * (1 + 1e-9); ++k) {
    const double x = kLeft + kTime * (k * step) / most;
    text += "<path class=\"line\" d=\"M" + number(x) + " " + number(y) + "v5\"/>\n" +
            label(x, y + 17, "mid", significant(k * step, 6));
  }
  return "<path class=\"line\" d=\"M" + number(kLeft) + " " + number(y) + "h" + number(kTime) +
         "\"/>\n" + text;
}

std::string boxes(const TimeLine& line, int device, double y, double most) {
  std::string text;
  const auto& order = line.plan.orders[device];
  for (std::size_t k = 0; k < order.size(); ++k) {
    const auto [begin, end] = line.outcome.moments[device][k];
    const double x = kLeft + kTime * begin / most, width = kTime * (end - begin) / most;
    const std::string style = look_of(order[k].kind).name;
    text += box(x, y, width, order[k].chunk > 0 ? style + " second" : style);
    const auto batch = std::to_string(order[k].batch + 1);
    if (width < kDigit * static_cast<double>(batch.size()) + 2) continue;
    text += label(x + width / 2, y + 12, "in", batch);
  }
  return text;
}

std::string drawn(const TimeLine& line, double y, double most) {
  const auto& outcome = line.outcome;
  auto text = label(kLeft,
                    y + 16,
                    "title",
                    line.title + ": makespan " + significant(outcome.makespan, 6) + ", bubble " +
                        significant(100 * outcome.bubble_share, 3) + " %");
  for (int i = 0; i < line.plan.devices; ++i) {
    const double row = y + kTitle + kRow * i;
    text += label(kLeft - 8, row + 12, "end", "stage " + std::to_string(i));
    text += boxes(line, i, row, most);
  }
  return text;
}

}  // namespace

std::size_t operations_in(const std::vector<TimeLine>& lines) {
  std::size_t count = 0;
  for (const auto& line : lines) {
    for (const auto& order : line.plan.orders) count += order.size();
  }
  return count;
}

std::string picture_of(const std::vector<TimeLine>& lines) {
  if (operations_in(lines) > kMostDrawn) throw std::invalid_argument("too much to draw");
  double most = 0, y = kLegend;
  for (const auto& line : lines) most = std::max(most, line.outcome.makespan);
  std::string text, names;
  for (const auto& line : lines) {
    text += drawn(line, y, most);
    y += kTitle + kRow * line.plan.devices + kGap;
    names += (names.empty() ? "" : ", ") + line.title;
  }
  const auto size = number(kLeft + kTime + kRight) + "\" height=\"" + number(y + kAxis);
  return "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 " +
         number(kLeft + kTime + kRight) + " " + number(y + kAxis) +
         "\" role=\"img\" aria-label=\"Time lines of " + escaped(names) + "\">\n" + styles() +
         "<rect class=\"ground\" width=\"" + size + "\"/>\n" + legend(lines) + text +
         axis(y - kGap / 2, most) + "</svg>\n";
}

}  // namespace ff::experiments::schedules
