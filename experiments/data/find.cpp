#include "experiments/data/find.h"

#include <cstdlib>

#include "ff/core/choice.h"

namespace ff::experiments {
namespace {

namespace fs = std::filesystem;

bool is_file(const fs::path& path) {
  std::error_code ignored;  // an unreadable folder counts as one without the file
  return fs::is_regular_file(path, ignored);
}

bool is_folder(const fs::path& path) {
  std::error_code ignored;
  return fs::is_directory(path, ignored);
}

std::vector<fs::path> places_under(const Dataset& dataset, const fs::path& root) {
  std::vector<fs::path> places;
  for (const auto& folder : dataset.folders) places.push_back(root / folder);
  places.push_back(root);
  return places;
}

// "FOLDER lacks a, b" when some of the files are there and some are not, else nothing.
std::string incomplete(const Dataset& dataset, const fs::path& folder) {
  std::vector<std::string> missing;
  for (const auto& file : dataset.files) {
    if (!find_file(folder, file.name)) missing.push_back(file.name);
  }
  if (missing.empty() || missing.size() == dataset.files.size()) return {};
  return folder.string() + " lacks " + joined(missing);
}

}  // namespace

std::vector<fs::path> search_roots(const std::vector<std::optional<std::string>>& given) {
  std::vector<fs::path> roots;
  for (const auto& root : given) {
    if (root && !root->empty()) roots.emplace_back(*root);
  }
  const char* variable = std::getenv("FF_DATA");
  if (variable && *variable) roots.emplace_back(variable);
  roots.emplace_back("data");
  roots.emplace_back("/usr/share/datasets");
  return roots;
}

std::optional<fs::path> find_file(const fs::path& folder, const std::string& name) {
  std::vector<std::string> names = {name};
  const auto dash = name.find("-idx");
  if (dash != std::string::npos) names.emplace_back(name)[dash] = '.';
  for (const auto& candidate : names) {
    for (const char* ending : {"", ".gz"}) {
      const auto path = folder / (candidate + ending);
      if (is_file(path)) return path;
    }
  }
  return std::nullopt;
}

std::optional<FoundDataset> find_dataset(const Dataset& dataset,
                                         const std::vector<fs::path>& roots) {
  if (dataset.files.empty()) return FoundDataset{};
  for (const auto& root : roots) {
    for (const auto& folder : places_under(dataset, root)) {
      FoundDataset found{folder, {}};
      for (const auto& file : dataset.files) {
        const auto path = find_file(folder, file.name);
        if (!path) break;
        found.files.push_back(*path);
      }
      if (found.files.size() == dataset.files.size()) return found;
    }
  }
  return std::nullopt;
}

std::string not_found_message(const Dataset& dataset, const std::vector<fs::path>& roots) {
  std::vector<std::string> tried, gaps;
  for (const auto& root : roots) {
    if (!is_folder(root)) {
      tried.push_back(root.string() + " (no such folder)");
      continue;
    }
    for (const auto& folder : places_under(dataset, root)) {
      tried.push_back(folder.string());
      const auto gap = incomplete(dataset, folder);
      if (!gap.empty()) gaps.push_back(gap);
    }
  }
  std::string text = "data set " + dataset.name + " not found; tried " + joined(tried);
  for (const auto& gap : gaps) text += "; " + gap;
  return text + "; to get it: " + dataset.how_to_get;
}

}  // namespace ff::experiments
