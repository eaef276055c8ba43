#include "experiments/data/command.h"

#include <algorithm>
#include <array>
#include <stdexcept>
#include <vector>

#include "experiments/data/download.h"
#include "experiments/data/find.h"
#include "experiments/data/read.h"
#include "experiments/data/registry.h"

namespace ff::experiments {
namespace {

using Row = std::array<std::string, 7>;

std::string megabytes(const FoundDataset& found) {
  std::uintmax_t bytes = 0;
  for (const auto& file : found.files) bytes += std::filesystem::file_size(file);
  const auto tenths = std::to_string((bytes + 50'000) / 100'000 % 10);
  return std::to_string((bytes + 50'000) / 1'000'000) + "." + tenths + " MB";
}

std::string shape_of(const at::Tensor& images) {
  return std::to_string(images.size(1)) + "x" + std::to_string(images.size(2)) + "x" +
         std::to_string(images.size(3));
}

std::string checksum_state(const Dataset& dataset, const ReadDataset& read) {
  if (dataset.files.empty() || dataset.own) return "none published";
  const bool known = !dataset.files[0].md5.empty() || !dataset.files[0].packed_md5.empty();
  if (!known) return "none known";
  if (read.unknown_files.empty()) return "right";
  return "unknown: " + std::to_string(read.unknown_files.size()) + " of " +
         std::to_string(dataset.files.size()) + " files";
}

Row describe(const Dataset& dataset, const FoundDataset& found, const ReadDataset& read) {
  const auto& data = read.data;
  return {
      dataset.name,
      std::to_string(data.train_images.size(0)) + " + " + std::to_string(data.test_images.size(0)),
      shape_of(data.train_images),
      std::to_string(data.classes),
      found.files.empty() ? "-" : megabytes(found),
      checksum_state(dataset, read),
      found.files.empty() ? "made by the program" : read.folder};
}

void print(std::ostream& out, const std::vector<Row>& rows) {
  std::array<std::size_t, 7> widths{};
  for (const auto& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
  }
  for (const auto& row : rows) {
    std::string line;
    for (std::size_t i = 0; i < row.size(); ++i) {
      line += row[i];
      if (i + 1 < row.size()) line += std::string(widths[i] - row[i].size() + 2, ' ');
    }
    out << line << "\n";
  }
}

}  // namespace

int list_datasets(std::ostream& out, const std::optional<std::string>& root) {
  const auto roots = search_roots(root);
  std::vector<Row> rows = {
      {"name", "images", "shape", "classes", "size", "checksums", "where it is, or how to get it"}};
  int status = 0;
  for (const auto& dataset : datasets()) {
    std::string size = "-";
    try {
      const auto found = find_dataset(dataset, roots);
      if (found) {
        size = megabytes(*found);
        rows.push_back(describe(dataset, *found, read_dataset(dataset, roots)));
      } else {
        rows.push_back(
            {dataset.name, "-", "-", "-", "-", "-", "not found; to get it: " + dataset.how_to_get});
      }
    } catch (const std::runtime_error& error) {
      rows.push_back({dataset.name, "-", "-", "-", size, "-", error.what()});
      status = 1;
    }
  }
  print(out, rows);
  out << "\nyour own data, by dataset.type:\n";
  for (const auto& kind : data_kinds()) {
    out << "  " << kind.name << std::string(10 - kind.name.size(), ' ') << kind.help << "\n";
  }
  out << "\nsearched:";
  for (const auto& place : roots) out << " " << place.path.string();
  out << "\n";
  return status;
}

int get_dataset(const std::string& name,
                const std::optional<std::string>& root,
                std::ostream& log) {
  const auto& dataset = dataset_named(name);
  if (dataset.url.empty()) {
    throw std::invalid_argument("ff data get " + name + ": it has no public home; " +
                                dataset.how_to_get);
  }
  // The first root is the one the user named, or ./data.
  const auto folder = search_roots(root).front().path;
  download_dataset(dataset, folder / dataset.name, log);
  return 0;
}

}  // namespace ff::experiments
