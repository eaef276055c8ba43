#include "experiments/data/prefix.h"

#include <set>
#include <stdexcept>

#include "ff/core/find_choice.h"

namespace ff::experiments {
namespace {

namespace fs = std::filesystem;

std::string without_gz(const fs::path& path) {
  return (path.extension() == ".gz" ? path.stem() : path.filename()).string();
}

// Returns all four files with the prefix, or nullopt.
std::optional<FoundDataset> with_prefix(const Dataset& dataset,
                                        const fs::path& folder,
                                        const std::string& prefix) {
  FoundDataset found{folder, {}, {}};
  for (const auto& file : dataset.files) {
    for (const auto& name : spellings_of(file.name)) {
      if (const auto path = find_file(folder, prefix + name)) {
        found.files.push_back(*path);
        break;
      }
    }
  }
  if (found.files.size() != dataset.files.size()) return std::nullopt;
  return found;
}

}  // namespace

std::vector<std::string> spellings_of(const std::string& name) {
  std::vector<std::string> names = {name};
  if (name.starts_with("t10k-")) names.push_back("test-" + name.substr(5));
  for (std::size_t i = 0, count = names.size(); i < count; ++i) {
    const auto dash = names[i].find("-idx");
    if (dash == std::string::npos) continue;
    auto dotted = names[i];
    dotted[dash] = '.';
    names.push_back(dotted);
  }
  return names;
}

std::string prefix_of(const Dataset& dataset, const fs::path& first) {
  const auto name = without_gz(first);
  for (const auto& ending : spellings_of(dataset.files.front().name)) {
    if (name.ends_with(ending)) return name.substr(0, name.size() - ending.size());
  }
  return {};
}

std::optional<FoundDataset> find_prefixed(const Dataset& dataset,
                                          const fs::path& folder,
                                          const std::string& prefix) {
  std::set<std::string> prefixes;
  std::error_code error;  // ignored: not_found_message() reports a folder that cannot be listed
  const auto place = folder.empty() ? fs::path(".") : folder;
  for (const auto& item : fs::directory_iterator(place, error)) {
    const auto found = prefix_of(dataset, item.path());
    if (found.empty() || !found.starts_with(prefix)) continue;
    if (with_prefix(dataset, place, found)) prefixes.insert(found);
  }
  const bool exact = prefixes.contains(prefix + "-") || prefixes.contains(prefix);
  if (prefixes.size() > 1 && !exact) {
    throw std::runtime_error(
        "data set " + dataset.name + ": " + place.string() +
        " contains files of several data sets: " + joined({prefixes.begin(), prefixes.end()}) +
        "; append one to the folder, such as " + "--data-root " +
        (place / *prefixes.begin()).string());
  }
  if (prefixes.empty()) return std::nullopt;
  if (!exact) return with_prefix(dataset, place, *prefixes.begin());
  return with_prefix(dataset, place, prefixes.contains(prefix) ? prefix : prefix + "-");
}

}  // namespace ff::experiments
