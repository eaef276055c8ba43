// ff samples: writes a picture of the samples that a learner makes of its training images.
#include <algorithm>
#include <cctype>
#include <filesystem>
#include <iostream>

#include <ATen/Functions.h>
#include <ATen/TensorOperators.h>

#include <cxxopts.hpp>

#include "experiments/commands/command_line.h"
#include "experiments/commands/commands.h"
#include "experiments/png.h"
#include "experiments/run/random_order.h"
#include "experiments/run/runner.h"

namespace ff::experiments {
namespace {

constexpr std::int64_t kGap = 2, kPixel = 2;  // gap between images; side of a drawn pixel

cxxopts::Options samples_options() {
  cxxopts::Options options("ff samples",
                           "Draws the positives, negatives and masks that a rule makes from the "
                           "first images of an epoch,\nbefore training.\n");
  options.positional_help("CONFIG");
  options.add_options()                                           //
      ("config", "", cxxopts::value<std::vector<std::string>>())  //
      ("set",
       "change a key: a.b=VALUE, JSON or a bare word; may be repeated",
       cxxopts::value<std::vector<std::string>>(),
       "a.b=VALUE")  //
      ("count",
       "number of images of each kind",
       cxxopts::value<std::int64_t>()->default_value("12"),
       "N")  //
      ("out",
       "PNG file to write",
       cxxopts::value<std::string>()->default_value("samples.png"),
       "FILE.png")  //
      ("h,help", "show this help");
  add_machine_options(options);
  options.parse_positional("config");
  return options;
}

// Returns samples `rows` (B, C*H*W) side by side, uint8 (H, B*W + gaps, C), with `low` mapped to 0
// and `high` to 255.
at::Tensor strip(const at::Tensor& rows, const ImageSet& set, double low, double high) {
  const auto count = rows.size(0), height = set.height(), width = set.width();
  const auto images = rows.to(at::kCPU, at::kFloat)
                          .sub(low)
                          .div(high - low)
                          .clamp(0, 1)
                          .mul(255)
                          .round()
                          .to(at::kByte)
                          .view({count, set.channels(), height, width});
  auto picture = at::full({height, count * (width + kGap) - kGap, set.channels()}, 128, at::kByte);
  for (std::int64_t i = 0; i < count; ++i) {
    picture.narrow(/*dim=*/1, i * (width + kGap), width).copy_(images[i].permute({1, 2, 0}));
  }
  return picture;
}

// Returns the strips one below the other, each pixel enlarged to kPixel x kPixel.
at::Tensor picture_of(const TensorDict& samples, const ImageSet& set) {
  double low = 0, high = 1;
  for (const auto& [name, rows] : samples) {
    low = std::min(low, rows.min().item<double>());
    high = std::max(high, rows.max().item<double>());
  }
  std::vector<at::Tensor> parts;
  for (const auto& [name, rows] : samples) {
    const auto own =
        strip(rows, set, name.ends_with("masks") ? 0 : low, name.ends_with("masks") ? 1 : high);
    if (!parts.empty()) parts.push_back(at::full({kGap, own.size(1), own.size(2)}, 128, at::kByte));
    parts.push_back(own);
  }
  return at::cat(parts).repeat_interleave(kPixel, 0).repeat_interleave(kPixel, 1);
}

// Returns an RGB or greyscale picture: of 2 or more than 3 channels only the first is shown.
at::Tensor colours(const at::Tensor& picture) {
  return picture.size(2) == 3 ? picture : picture.narrow(/*dim=*/2, 0, 1);
}

TensorDict draw_samples(const Config& config, const ImageSet& train, std::int64_t count) {
  PythonRandom random(0);
  std::string note;
  const RandomOrder order(config.random_order);
  const auto learner = order.make_learner(config, config.seeds[0], train, random, note);
  std::vector<at::Tensor> rows;
  for (const auto& images : order.epoch_order(train.size(), learner->streams())) {
    rows.push_back(images.narrow(/*dim=*/0, 0, std::min(count, images.numel())));
  }
  const auto set = std::make_shared<const ImageSet>(train);
  return learner->samples(resident_batch(set, std::move(rows)));
}

// Returns --out, which must end in .png or have no extension (a pipe or a device).
std::string picture_name(const cxxopts::ParseResult& parsed) {
  const auto name = output_name(parsed, "out");
  auto end = std::filesystem::path(name).extension().string();
  std::transform(end.begin(), end.end(), end.begin(), [](unsigned char c) {
    return static_cast<char>(std::tolower(c));
  });
  if (end.empty() || end == ".png") return name;
  throw UsageError("--out " + name + ": not a PNG file name; allowed: a name that ends with .png");
}

}  // namespace

int samples_command(int argc, char** argv) {
  auto options = samples_options();
  const auto parsed = parse_options(options, argc, argv);
  if (parsed.count("help")) return print_help(options);
  const auto files = values_of(parsed, "config");
  if (files.size() != 1) throw UsageError("expected one config");
  const auto count = parsed["count"].as<std::int64_t>();
  if (count < 1 || count > 1000) {
    throw UsageError("--count " + std::to_string(count) + ": allowed: 1 to 1000");
  }
  const auto out = picture_name(parsed);
  const auto config = load_config(files[0], set_options(parsed));
  const auto settings = machine_settings(parsed);
  DatasetCache dataset_cache(settings);
  const auto& train = dataset_cache.get(config).split.train;
  const auto samples = draw_samples(config, train, std::min(count, config.batch_size));
  if (samples.empty()) {
    throw std::runtime_error(files[0] + ": model.type " + config.model.type +
                             " has no positives, negatives or masks to draw");
  }
  write_png(out, colours(picture_of(samples, train)));
  std::cout << "wrote " << out << "; from top to bottom:\n";
  for (const auto& [name, rows] : samples) std::cout << "  " << name << "\n";
  return 0;
}

}  // namespace ff::experiments
