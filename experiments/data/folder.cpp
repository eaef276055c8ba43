#include "experiments/data/folder.h"

#include <algorithm>
#include <stdexcept>

#include <ATen/Functions.h>
#include <ATen/Parallel.h>

#include "experiments/data/arrays.h"
#include "experiments/data/pictures.h"
#include "ff/core/find_choice.h"

namespace ff::experiments {
namespace {

namespace fs = std::filesystem;

// Returns the visible folders, or regular files, sorted by name.
std::vector<fs::path> sorted_items(const fs::path& folder, bool folders) {
  std::vector<fs::path> items;
  std::error_code error;
  for (fs::directory_iterator item(folder, error), end; !error && item != end;
       item.increment(error)) {
    std::error_code ignored;
    const bool fits = folders ? item->is_directory(ignored) : item->is_regular_file(ignored);
    if (fits && !item->path().filename().string().starts_with(".")) items.push_back(item->path());
  }
  if (error) throw std::runtime_error(folder.string() + ": cannot be read: " + error.message());
  std::sort(items.begin(), items.end());
  return items;
}

std::vector<std::string> class_names(const fs::path& folder) {
  std::vector<std::string> names;
  for (const auto& path : sorted_items(folder, /*folders=*/true)) names.push_back(path.filename());
  if (names.empty()) {
    throw std::runtime_error(
        folder.string() +
        ": contains no folder; expected: one folder of PNG or JPEG files per class");
  }
  return names;
}

std::vector<fs::path> pictures_in(const fs::path& folder, std::vector<std::string>& warnings) {
  std::vector<fs::path> pictures, others;
  for (const auto& path : sorted_items(folder, /*folders=*/false)) {
    (is_picture(path) ? pictures : others).push_back(path);
  }
  if (pictures.empty()) {
    throw std::runtime_error(
        folder.string() +
        ": contains no image; expected: .png, .jpg or .jpeg files; add some or remove the folder");
  }
  if (!others.empty()) {
    warnings.push_back(folder.string() + ": " + std::to_string(others.size()) +
                       " files without the ending .png, .jpg or .jpeg are ignored, the first is " +
                       others.front().filename().string());
  }
  return pictures;
}

struct Listed {
  std::vector<fs::path> files;
  std::vector<std::int64_t> labels;
};

// Returns the images interleaved by class: the first of each class, then the second, ...
Listed list_images(const fs::path& folder,
                   const std::vector<std::string>& classes,
                   std::vector<std::string>& warnings) {
  std::vector<std::vector<fs::path>> by_class(classes.size());
  std::size_t most = 0;
  for (const auto& name : class_names(folder)) {
    const auto place = std::find(classes.begin(), classes.end(), name) - classes.begin();
    if (place == static_cast<std::ptrdiff_t>(classes.size())) {
      throw std::runtime_error((folder / name).string() +
                               ": not a class of the training set; allowed: " + joined(classes) +
                               "; move or remove the folder");
    }
    by_class[place] = pictures_in(folder / name, warnings);
    most = std::max(most, by_class[place].size());
  }
  Listed listed;
  for (std::size_t i = 0; i < most; ++i) {
    for (std::size_t c = 0; c < classes.size(); ++c) {
      if (i >= by_class[c].size()) continue;
      listed.files.push_back(by_class[c][i]);
      listed.labels.push_back(static_cast<std::int64_t>(c));
    }
  }
  return listed;
}

std::string size_text(at::IntArrayRef sizes) {
  return std::to_string(sizes[2]) + "x" + std::to_string(sizes[1]) + " pixels (width x height), " +
         std::to_string(sizes[0]) + (sizes[0] == 1 ? " channel" : " channels");
}

std::string different(const fs::path& file, const at::Tensor& got, const std::string& want) {
  return file.string() + ": " + size_text(got.sizes()) + ", but " + want +
         "; all images must have the same size and number of channels; convert them";
}

// Decodes all files in parallel to (N, C, H, W); `size` is that of the file `first`. The error
// reported is that of the first bad file, independent of the thread order.
at::Tensor read_all(const std::vector<fs::path>& files,
                    at::IntArrayRef size,
                    const std::string& first) {
  const auto count = static_cast<std::int64_t>(files.size());
  auto images = at::empty({count, size[0], size[1], size[2]}, at::kByte);
  std::vector<std::string> wrong(files.size());
  at::parallel_for(0, count, /*grain_size=*/16, [&](std::int64_t begin, std::int64_t end) {
    for (auto i = begin; i < end; ++i) {
      try {
        const auto image = read_picture(files[i]);
        if (image.sizes() == size) {
          images[i].copy_(image);
        } else {
          wrong[i] = different(files[i], image, first + " has " + size_text(size));
        }
      } catch (const std::exception& error) {
        wrong[i] = error.what();
      }
    }
  });
  for (const auto& text : wrong) {
    if (!text.empty()) throw std::runtime_error(text);
  }
  return images;
}

RawData read(const std::vector<fs::path>& folders) {
  const auto classes = class_names(folders[0]);
  std::vector<std::string> warnings;
  const auto train = list_images(folders[0], classes, warnings);
  const auto test = list_images(folders[1], classes, warnings);
  const auto first = read_picture(train.files.front());
  const auto half = [&](const Listed& listed, const fs::path& folder) -> LabelledImages {
    return {.images = read_all(listed.files, first.sizes(), train.files.front().string()),
            .labels = at::tensor(listed.labels, at::kLong),
            .images_path = folder.string(),
            .labels_path = folder.string()};
  };
  auto data = both_halves(
      half(train, folders[0]), half(test, folders[1]), static_cast<std::int64_t>(classes.size()));
  data.warnings = warnings;
  return data;
}

}  // namespace

Dataset user_folder() {
  return {.name = "folder",
          .kind = "folder",
          .folders = {"folder"},
          .files = {{"train"}, {"test"}},
          .read = read,
          .original = {{0.5}, {0.5}},
          .how_to_get =
              "put your own PNG or JPEG files into train/CLASS and test/CLASS of a folder and name "
              "it in dataset.root or --data-root",
          .cure = kOwnFormats,
          .own = true};
}

}  // namespace ff::experiments
