#include "experiments/run/progress.h"

#include <algorithm>
#include <cstdio>
#include <iostream>
#include <sstream>
#include <sys/ioctl.h>
#include <unistd.h>

#include "experiments/config/json_text.h"
#include "experiments/records/figures.h"
#include "ff/core/text.h"

namespace ff::experiments {
namespace {

using Clock = std::chrono::steady_clock;

// Formats a duration as "1:05" or "1:02:05".
std::string clock_text(double seconds) {
  const auto total = static_cast<long long>(seconds + 0.5);
  char text[32];
  if (total >= 3600) {
    std::snprintf(
        text, sizeof text, "%lld:%02lld:%02lld", total / 3600, total / 60 % 60, total % 60);
  } else {
    std::snprintf(text, sizeof text, "%lld:%02lld", total / 60, total % 60);
  }
  return text;
}

std::string thresholds_text(const Learner& learner, const Phase& phase) {
  const auto report = learner.report();
  const auto& figure = figure_info("thresholds");
  const auto found = report.find(figure.key);
  if (found == report.end()) return "";
  std::string text = ", threshold ";
  for (std::size_t i = 0; i < found->second.size(); ++i) {
    if (phase.layer >= 0 && static_cast<std::int64_t>(i) != phase.layer) continue;
    text += (text.back() == ' ' ? "" : " ") + fixed(found->second[i], figure.decimals);
  }
  return text;
}

// Formats a metric with its title: "loss 0.6931", "thresholds 1.234 2.345".
std::string with_title(const std::string& key, const Json& values) {
  const auto& figure = figure_info(key);
  std::string text = figure.title;
  for (const auto& value : values.is_array() ? values : Json::array({values})) {
    text += " " + fixed(value.get<double>(), figure.decimals);
  }
  return text;
}

// Redraws one line a few times a second: phase, bar, percent, remaining time, rate, loss,
// thresholds.
class Bar : public Observer {
 public:
  explicit Bar(std::string title) : title_(std::move(title)) {}

  // Ends the line, so that later output starts on a new one.
  ~Bar() override {
    if (phase_) std::cerr << "\n";
  }

  void step_trained(const StepEvent& event) override {
    const auto now = Clock::now();
    const auto done = event.position.epoch * event.batches + event.position.step;
    if (&event.phase != phase_) begin_phase(event, now, done);
    const auto total = event.phase.epochs * event.batches;
    if (done < total && now - drawn_ < std::chrono::milliseconds(150)) return;
    drawn_ = now;
    const auto seconds = std::chrono::duration<double>(now - begun_).count();
    const auto rate = seconds > 0 ? static_cast<double>(done - done_before_) / seconds : 0;
    draw(event, done, total, rate);
  }

  void epoch_ended(const EpochEvent& event) override {
    const bool last = event.position.finished || event.position.epoch == event.phase.epochs;
    if (last && phase_) std::cerr << "\n";
    if (last) phase_ = nullptr;
  }

 private:
  void begin_phase(const StepEvent& event, Clock::time_point now, std::int64_t done) {
    if (!title_.empty()) std::cerr << title_ << "\n";
    title_.clear();  // printed once, on a separate line, to leave room for the metrics
    phase_ = &event.phase;
    begun_ = now;
    done_before_ = done;
  }

  void draw(const StepEvent& event, std::int64_t done, std::int64_t total, double rate) const {
    constexpr std::int64_t kWidth = 12;  // the line fits into 80 columns for three layers
    const auto filled = total > 0 ? kWidth * done / total : kWidth;
    std::ostringstream line;
    line << "  " << event.phase.name << " [" << std::string(filled, '#')
         << std::string(kWidth - filled, '.') << "] " << (total > 0 ? 100 * done / total : 100)
         << "% epoch " << std::min(event.position.epoch + 1, event.phase.epochs) << "/"
         << event.phase.epochs << ", ";
    if (rate > 0) {
      line << fixed(rate, 0) << " steps/s, " << clock_text(static_cast<double>(total - done) / rate)
           << " left, ";
    }
    line << with_title("train_loss", event.loss) << thresholds_text(event.learner, event.phase);
    auto text = line.str();
    winsize size = {};
    if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 1) {
      text.resize(std::min<std::size_t>(text.size(), size.ws_col - 1));
    }
    std::cerr << "\r" << text << "\033[K" << std::flush;
  }

  std::string title_;
  const Phase* phase_ = nullptr;
  Clock::time_point begun_;
  Clock::time_point drawn_;
  std::int64_t done_before_ = 0;
};

// Prints one line per epoch, for log files.
class Lines : public Observer {
 public:
  explicit Lines(std::string title) : title_(std::move(title)) {}

  void epoch_ended(const EpochEvent& event) override {
    if (!event.metrics.contains("train_loss")) return;
    std::ostringstream line;
    line << title_ << " " << event.phase.name << " epoch " << event.position.epoch << "/"
         << event.phase.epochs << ": ";
    const char* comma = "";
    for (const auto* key : {"train_loss", "thresholds", "test_accuracy"}) {
      if (!event.metrics.contains(key)) continue;
      line << comma << with_title(key, event.metrics[key]);
      comma = ", ";
    }
    line << ", " << fixed(event.metrics["seconds"].get<double>(), 1) << " s\n";
    std::cerr << line.str() << std::flush;
  }

 private:
  std::string title_;
};

}  // namespace

std::unique_ptr<Observer> make_progress(const std::string& title, bool quiet) {
  if (quiet) return nullptr;
  if (isatty(STDERR_FILENO)) return std::make_unique<Bar>(title);
  return std::make_unique<Lines>(title);
}

}  // namespace ff::experiments
