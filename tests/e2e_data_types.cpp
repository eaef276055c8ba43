// Training from every supported file format: the same images give bit-identical runs.
#include <ATen/Functions.h>

#include "experiments/data/synthetic.h"
#include "tests/catch.h"
#include "tests/data_arrays.h"
#include "tests/e2e_workbench.h"

using namespace ff::test;
using ff::experiments::make_blobs;
using ff::experiments::RawData;

namespace fs = std::filesystem;

namespace {

// Reorders images to the round-robin class order in which image folders are read.
void take_turns(at::Tensor& images, at::Tensor& labels, std::int64_t classes, std::int64_t each) {
  std::vector<at::Tensor> places;
  for (std::int64_t c = 0; c < classes; ++c) {
    places.push_back(labels.eq(c).nonzero().view({-1}).narrow(0, 0, each));
  }
  const auto order = at::stack(places, /*dim=*/1).view({-1});
  images = images.index_select(0, order);
  labels = labels.index_select(0, order);
}

RawData small_set() {
  auto data = make_blobs({.train_count = 500, .test_count = 200});
  take_turns(data.train_images, data.train_labels, data.classes, 90);
  take_turns(data.test_images, data.test_labels, data.classes, 30);
  return data;
}

NamedBytes npy_files(const RawData& data, bool floats) {
  const auto images = [&](const at::Tensor& bytes) {
    return npy_bytes(floats ? bytes.to(at::kFloat).div(255).sub(0.5F).div(0.5F) : bytes);
  };
  return {{"train_images.npy", images(data.train_images)},
          {"train_labels.npy", npy_bytes(data.train_labels.to(at::kInt))},
          {"test_images.npy", images(data.test_images)},
          {"test_labels.npy", npy_bytes(data.test_labels.to(at::kByte))}};
}

std::string csv_text(const at::Tensor& images, const at::Tensor& labels) {
  std::string text;
  for (std::int64_t i = 0; i < images.size(0); ++i) {
    text += std::to_string(labels[i].item<std::int64_t>());
    const auto row = images[i].contiguous().view({-1});
    for (std::int64_t j = 0; j < row.numel(); ++j) {
      text += "," + std::to_string(row.const_data_ptr<std::uint8_t>()[j]);
    }
    text += "\n";
  }
  return text;
}

std::string idx_bytes(const std::string& header, const at::Tensor& values) {
  std::string bytes("\0\0", 2);
  bytes += header;
  for (const auto size : values.sizes()) {
    for (int shift = 24; shift >= 0; shift -= 8) bytes += static_cast<char>(size >> shift & 255);
  }
  return bytes + bytes_of(values.to(at::kByte));
}

void write_pictures(const fs::path& folder, const at::Tensor& images, const at::Tensor& labels) {
  for (std::int64_t i = 0; i < images.size(0); ++i) {
    char name[40];
    std::snprintf(name, sizeof name, "%d/%05d.png", labels[i].item<int>(), static_cast<int>(i));
    write_bytes(folder / name, png_bytes(images[i]));
  }
}

void write_kinds(const Workbench& bench, const RawData& data) {
  for (const auto& [name, bytes] : npy_files(data, /*floats=*/false)) {
    write_bytes(bench / "npy" / name, bytes);
  }
  for (const auto& [name, bytes] : npy_files(data, /*floats=*/true)) {
    write_bytes(bench / "floats" / name, bytes);
  }
  write_bytes(bench / "npz/data.npz", zip_bytes(npy_files(data, false), /*deflated=*/true));
  write_bytes(bench / "csv/train.csv", csv_text(data.train_images, data.train_labels));
  write_bytes(bench / "csv/test.csv", csv_text(data.test_images, data.test_labels));
  write_bytes(bench / "idx/train-images-idx3-ubyte",
              idx_bytes("\x08\x03", data.train_images.squeeze(1)));
  write_bytes(bench / "idx/train-labels-idx1-ubyte", idx_bytes("\x08\x01", data.train_labels));
  write_bytes(bench / "idx/t10k-images-idx3-ubyte",
              idx_bytes("\x08\x03", data.test_images.squeeze(1)));
  write_bytes(bench / "idx/t10k-labels-idx1-ubyte", idx_bytes("\x08\x01", data.test_labels));
  write_pictures(bench / "folder/train", data.train_images, data.train_labels);
  write_pictures(bench / "folder/test", data.test_images, data.test_labels);
}

void run_on(const Workbench& bench, const Json& config) {
  const auto ended = bench.run({bench.write("config.json", config)});
  CAPTURE(config.dump(), ended.err);
  REQUIRE(ended.exit_code == 0);
}

}  // namespace

TEST_CASE("The same images in every kind of file make the same run", "[e2e]") {
  const Workbench bench;
  write_kinds(bench, small_set());
  for (const std::string rule : {"ff", "bp"}) {
    const auto make = rule == "ff" ? small_ff : small_bp;
    const auto name = [&](const std::string& kind) { return rule + "-" + kind; };
    for (const std::string kind : {"npy", "npz", "floats", "csv", "idx", "folder"}) {
      const bool arrays = kind == "npz" || kind == "floats";
      Json dataset = {{"name", nullptr}, {"type", arrays ? "npy" : kind}, {"root", kind}};
      if (kind == "csv") dataset["shape"] = {8, 16};
      run_on(bench, make(name(kind), {{"dataset", dataset}}));
      CAPTURE(kind);
      CHECK(run_differences(bench / "runs" / name(kind) / "seed-0",
                            bench / "runs" / name("npy") / "seed-0")
                .empty());
    }
    const auto result = read_json(bench / "runs" / name("npy") / "seed-0/result.json");
    CHECK(result.at("test_accuracy").get<double>() > 0.5);
  }
}

TEST_CASE("Colours, moved floats and a limit train as well", "[e2e]") {
  const Workbench bench;
  std::string records;
  for (int i = 0; i < 80; ++i) {
    records +=
        static_cast<char>(i % 4) + std::string(3072, static_cast<char>(60 * (i % 4) + i % 7));
  }
  write_bytes(bench / "cifar/train.bin", records);
  write_bytes(bench / "cifar/test.bin", records.substr(0, 20 * 3073));
  run_on(bench,
         small_bp("colours",
                  {{"dataset", {{"name", nullptr}, {"type", "cifar"}, {"root", "cifar"}}}}));
  for (const auto& [name, bytes] : npy_files(small_set(), /*floats=*/true)) {
    write_bytes(bench / "floats" / name, bytes);
  }
  run_on(bench,
         small_ff("moved",
                  {{"dataset",
                    {{"name", nullptr}, {"type", "npy"}, {"root", "floats"}, {"train_limit", 100}}},
                   {"augment", {{"shift", 1}, {"flip", true}, {"test", true}}}}));
}

TEST_CASE("Files that are damaged end a run with one line and code 1", "[e2e]") {
  const Workbench bench;
  for (const auto& [name, bytes] : npy_files(small_set(), /*floats=*/false)) {
    write_bytes(bench / "npy" / name, bytes);
  }
  write_bytes(bench / "npy/test_labels.npy", "nothing");
  const auto file = bench.write(
      "x.json",
      small_ff("x", {{"dataset", {{"name", nullptr}, {"type", "npy"}, {"root", "npy"}}}}));
  const auto ended = bench.run({file});
  CHECK(ended.exit_code == 1);
  CHECK_THAT(ended.err, ContainsSubstring("npy/test_labels.npy: not a .npy file"));
  CHECK_FALSE(fs::exists(bench / "runs/x"));
}
