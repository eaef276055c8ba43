#include "experiments/data/find.h"

#include <cstdlib>

#include "experiments/data/prefix.h"
#include "ff/core/find_choice.h"

namespace ff::experiments {
namespace {

namespace fs = std::filesystem;

enum class Access { kThere, kMissing, kForbidden };

Access access_to(const fs::path& path, fs::file_type type) {
  std::error_code error;
  const auto found = fs::status(path, error).type();
  if (error == std::errc::permission_denied) return Access::kForbidden;
  return found == type ? Access::kThere : Access::kMissing;
}

bool is_file(const fs::path& path) {
  return access_to(path, fs::file_type::regular) == Access::kThere;
}

bool is_folder(const fs::path& path) {
  return access_to(path, fs::file_type::directory) == Access::kThere;
}

// Returns the path of `name` in the folder: a file, or a sub-folder if the set consists of folders
// (Dataset::read); nullopt if there is none.
std::optional<fs::path> find_item(const Dataset& dataset,
                                  const fs::path& folder,
                                  const std::string& name) {
  if (!dataset.read) return find_file(folder, name);
  if (is_folder(folder / name)) return folder / name;
  return std::nullopt;
}

// Returns whether permissions prevent access to the files in a folder.
bool is_closed(const fs::path& folder) {
  const auto access = access_to(folder, fs::file_type::directory);
  if (access == Access::kForbidden) return true;
  if (access == Access::kMissing) return false;
  return access_to(folder / "x", fs::file_type::regular) == Access::kForbidden;
}

// Folders under a root: those named after the set, and the root itself with its inner folders.
struct Places {
  std::vector<fs::path> own, loose;

  std::vector<fs::path> all(bool own_folders_only) const {
    auto places = own;
    if (!own_folders_only) places.insert(places.end(), loose.begin(), loose.end());
    return places;
  }
};

Places places_under(const Dataset& dataset, const fs::path& root) {
  Places places;
  for (const auto& folder : dataset.folders) places.own.push_back(root / folder);
  places.loose.push_back(root);
  for (const auto& folder : dataset.inner_folders) places.loose.push_back(root / folder);
  return places;
}

std::vector<std::string> missing_files(const Dataset& dataset, const fs::path& folder) {
  std::vector<std::string> missing;
  for (const auto& file : dataset.files) {
    if (!find_item(dataset, folder, file.name)) missing.push_back(file.name);
  }
  return missing;
}

// Returns why a folder is not a complete set: no permission, or missing files; empty if it has none
// of the files.
std::string problem_with(const Dataset& dataset, const fs::path& folder) {
  if (is_closed(folder)) return folder.string() + ": permission denied";
  const auto missing = missing_files(dataset, folder);
  if (missing.empty() || missing.size() == dataset.files.size()) return {};
  return folder.string() + " lacks " + joined(missing);
}

std::optional<FoundDataset> find_in(const Dataset& dataset, const fs::path& folder) {
  FoundDataset found{folder, {}, {}};
  for (const auto& file : dataset.files) {
    if (const auto path = find_item(dataset, folder, file.name)) found.files.push_back(*path);
  }
  if (found.files.size() == dataset.files.size()) return found;
  if (dataset.bundle.empty()) return std::nullopt;
  const auto bundle = find_file(folder, dataset.bundle);
  if (!bundle) return std::nullopt;
  return FoundDataset{folder, {*bundle}, {}};
}

std::optional<FoundDataset> find_at(const Dataset& dataset, const fs::path& folder) {
  auto found = find_in(dataset, folder);
  return found || !dataset.any_prefix ? found : find_prefixed(dataset, folder, /*prefix=*/"");
}

std::optional<FoundDataset> find_under(const Dataset& dataset,
                                       const Root& root,
                                       bool own_folders_only) {
  std::string closed;  // first folder without permission
  for (const auto& folder : places_under(dataset, root.path).all(own_folders_only)) {
    if (closed.empty() && is_closed(folder)) closed = folder.string();
    auto found = find_at(dataset, folder);
    if (!found) continue;
    if (!closed.empty()) {
      found->notes.push_back(closed + ": permission denied; data set " + dataset.name +
                             " is read from " + folder.string() + " instead");
    }
    return found;
  }
  if (!dataset.any_prefix || root.named_by.empty() || is_folder(root.path)) return std::nullopt;
  return find_prefixed(dataset, root.path.parent_path(), root.path.filename().string());
}

// Returns why a root does not contain the set, as the end of a sentence.
std::string why_not(const Dataset& dataset, const Root& root) {
  if (is_closed(root.path)) return "cannot be read: permission denied";
  if (!is_folder(root.path)) return "is not a folder";
  for (const auto& folder : places_under(dataset, root.path).all(/*own_folders_only=*/false)) {
    const auto text = problem_with(dataset, folder);
    if (!text.empty()) return "does not contain it (" + text + ")";
  }
  return "does not contain it";
}

// Adds a note with the chosen prefix of the files, and that FF_DATA was not searched.
void note_prefix(const Dataset& dataset, const Root& root, FoundDataset& found) {
  const auto prefix = prefix_of(dataset, found.files.front());
  if (prefix.empty()) return;
  auto text =
      dataset.name + " in " + found.folder.string() + " is read from the files " + prefix + "...";
  const char* variable = std::getenv(Root::kVariable);
  if (root.exclusive() && variable && *variable) {
    text += "; FF_DATA (" + std::string(variable) + ") is not searched because " + root.named_by +
            " is given";
  }
  found.notes.push_back(text);
}

}  // namespace

std::vector<Root> search_roots(const std::optional<std::string>& data_root,
                               const std::optional<std::string>& config_root) {
  if (data_root && !data_root->empty()) return {{*data_root, "--data-root"}};
  if (config_root && !config_root->empty()) return {{*config_root, "dataset.root"}};
  std::vector<Root> roots;
  const char* variable = std::getenv(Root::kVariable);
  if (variable && *variable) roots.emplace_back(variable, Root::kVariable);
  roots.emplace_back("data");
  roots.emplace_back("/usr/share/datasets");
  return roots;
}

std::optional<fs::path> find_file(const fs::path& folder, const std::string& name) {
  for (const auto& candidate : spellings_of(name)) {
    for (const char* ending : {"", ".gz"}) {
      const auto path = folder / (candidate + ending);
      if (is_file(path)) return path;
    }
  }
  return std::nullopt;
}

std::optional<FoundDataset> find_dataset(const Dataset& dataset, const std::vector<Root>& roots) {
  if (dataset.files.empty()) return FoundDataset{};
  std::string lacking;  // why FF_DATA does not contain the set
  for (const auto& root : roots) {
    auto found = find_under(dataset, root, /*own_folders_only=*/!lacking.empty());
    if (found) {
      note_prefix(dataset, root, *found);
      if (!lacking.empty()) {
        found->notes.push_back(lacking + "; read from " + found->folder.string() + " instead");
      }
      return found;
    }
    if (root.is_variable()) {
      lacking = "data set " + dataset.name + ": FF_DATA (" + root.path.string() + ") " +
                why_not(dataset, root);
    }
  }
  return std::nullopt;
}

std::string not_found_message(const Dataset& dataset, const std::vector<Root>& roots) {
  std::vector<std::string> tried, flaws;
  bool own_folders_only = false;
  for (const auto& root : roots) {
    const auto named = root.named_by.empty() ? "" : root.named_by + " ";
    if (!is_folder(root.path) || is_closed(root.path)) {
      tried.push_back(named + root.path.string() +
                      (is_closed(root.path) ? " (permission denied)" : " (no such folder)"));
    } else {
      for (const auto& folder : places_under(dataset, root.path).all(own_folders_only)) {
        tried.push_back((folder == root.path ? named : "") + folder.string());
        const auto text = problem_with(dataset, folder);
        if (!text.empty()) flaws.push_back(text);
      }
    }
    own_folders_only = own_folders_only || root.is_variable();
  }
  std::string text = "data set " + dataset.name + " not found; tried " + joined(tried);
  if (roots.size() == 1 && roots[0].exclusive()) {
    text += " (no other place, because " + roots[0].named_by + " is given)";
  }
  for (const auto& each : flaws) text += "; " + each;
  return text + "; to get it: " + dataset.how_to_get;
}

}  // namespace ff::experiments
