#include "tests/edge_code.h"

#include <cmath>

#include "experiments/files.h"
#include "tests/catch.h"
#include "tests/process.h"

namespace ff::test {

using experiments::EdgeNet;
using experiments::EdgeSamples;

namespace {

// A small generator of its own, so that the samples are the same everywhere.
class Lcg {
 public:
  std::uint32_t next() {
    state_ = state_ * 1664525U + 1013904223U;
    return state_ >> 8;
  }

 private:
  std::uint32_t state_ = 1;
};

}  // namespace

bool has_c_compiler() {
  static const bool found = [] {
    const auto ended = Process("/bin/sh", {"-c", "cc --version && nm --version"}).wait();
    if (ended.exit_code != 0) WARN("no C compiler (cc, nm): exported C code is not tested");
    return ended.exit_code == 0;
  }();
  return found;
}

EdgeNet edge_net_of(const std::vector<std::int64_t>& widths) {
  EdgeNet net;
  net.name = "net";
  net.classes = 10;
  net.normalize = "rms";
  for (std::size_t l = 1; l < widths.size(); ++l) {
    net.layers.push_back({.in = widths[l - 1], .out = widths[l], .weight = {}, .bias = {}});
    net.layers.back().threshold = 1;
    net.judges.push_back(static_cast<std::int64_t>(l) - 1);
  }
  return net;
}

void draw_weights(EdgeNet& net) {
  Lcg random;
  for (auto& layer : net.layers) {
    const double bound = 1 / std::sqrt(static_cast<double>(layer.in));
    const auto draw = [&] {
      return static_cast<float>(bound * (static_cast<double>(random.next()) / 8388608.0 - 1));
    };
    for (std::int64_t i = 0; i < layer.in * layer.out; ++i) layer.weight.push_back(draw());
    for (std::int64_t i = 0; i < layer.out; ++i) layer.bias.push_back(draw());
  }
}

EdgeSamples sparse_samples(const EdgeNet& net, std::int64_t count) {
  Lcg random;
  EdgeSamples samples;
  for (std::int64_t k = 0; k < count; ++k) {
    samples.labels.push_back(k % net.classes);
    for (std::int64_t i = 0; i < net.inputs(); ++i) {
      const bool lit = random.next() % 5 == 0;
      samples.bytes.push_back(lit ? static_cast<std::uint8_t>(random.next()) : std::uint8_t{0});
    }
  }
  return samples;
}

EdgeCode::EdgeCode(const EdgeNet& net, const EdgeSamples& samples) {
  const auto files = experiments::c_files(net, samples);
  for (const auto& [name, text] : files) write(name, text);
  sources_ = net.name + ".c" + (files.contains("net_weights.c") ? " net_weights.c" : "");
}

std::string EdgeCode::compile(const std::string& flags, const std::string& sources) const {
  const auto error_text =
      shell("cc -std=c99 -Wall -Wextra -Werror -pedantic -Wshadow -Wconversion -fno-math-errno " +
            flags + " -o program " + sources + " " + sources_ + " -lm 2>&1");
  CHECK(error_text.empty());
  return (folder_ / "program").string();
}

std::string EdgeCode::shell(const std::string& command) const {
  ProcessOptions options;
  options.folder = folder_.path();
  const auto ended = Process("/bin/sh", {"-c", command}, options).wait();
  INFO(command << "\n" << ended.out << ended.err);
  REQUIRE(ended.exit_code == 0);
  return ended.out;
}

void EdgeCode::write(const std::string& file, const std::string& text) const {
  write_bytes(folder_ / file, text);
}

std::string EdgeCode::read(const std::string& file) const {
  return experiments::read_file(folder_ / file);
}

}  // namespace ff::test
