#include "experiments/data/read.h"

#include <future>
#include <stdexcept>
#include <system_error>

#include "experiments/data/bytes.h"
#include "experiments/data/find.h"
#include "experiments/data/md5.h"
#include "experiments/data/registry.h"
#include "experiments/files.h"
#include "ff/core/find_choice.h"

namespace ff::experiments {
namespace {

constexpr std::size_t kMostNamed = 5;  // limit of the classes named in a message

struct SummedFile {
  DataFile file;
  std::string md5;         // of the decompressed bytes; empty: not compared
  std::string packed_md5;  // of the compressed file, if only that checksum is known
};

SummedFile read_summed(const std::filesystem::path& path,
                       const KnownFile& known,
                       const std::string& cure) {
  SummedFile read{{path.string(), read_bytes(path, cure), cure}, "", ""};
  const bool published = !known.md5.empty() || !known.packed_md5.empty();
  if (published) read.md5 = md5_hex(as_text(read.file.bytes));
  if (!known.packed_md5.empty() && path.extension() == ".gz") {
    read.packed_md5 = md5_hex(read_file(path));
  }
  return read;
}

// Reads each file in a thread, as decompression takes most of the time; if no thread can be
// started, the calling thread reads the file.
std::vector<SummedFile> read_all(const Dataset& dataset, const FoundDataset& found) {
  std::vector<std::future<SummedFile>> reading;
  for (std::size_t i = 0; i < found.files.size(); ++i) {
    const auto read = [&dataset, path = found.files[i], i] {
      return read_summed(path, dataset.files[i], dataset.cure);
    };
    try {
      reading.push_back(std::async(std::launch::async, read));
    } catch (const std::system_error&) {
      reading.push_back(std::async(std::launch::deferred, read));
    }
  }
  std::vector<SummedFile> files;
  for (auto& file : reading) files.push_back(file.get());
  return files;
}

// Throws if the file belongs to another set: MNIST and Fashion-MNIST use the same file names.
void refuse_foreign_file(const Dataset& dataset, const SummedFile& read) {
  for (const auto& other : datasets()) {
    for (const auto& known : other.files) {
      if (other.name == dataset.name || known.md5.empty() || known.md5 != read.md5) continue;
      throw std::runtime_error(read.file.path + " is " + other.name + "'s " + known.name +
                               ", not one of " + dataset.name + "'s files; set dataset.name to " +
                               other.name + ", or look elsewhere for " + dataset.name + ": " +
                               dataset.how_to_get);
    }
  }
}

// Returns whether the checksum matches; a decompressed file matches if only the checksum of the
// compressed one is known.
bool is_as_published(const SummedFile& read, const KnownFile& known) {
  if (!known.md5.empty()) return read.md5 == known.md5;
  return read.packed_md5 == known.packed_md5 || read.packed_md5.empty();
}

void check_sums(const Dataset& dataset, const std::vector<SummedFile>& files, ReadDataset& result) {
  std::vector<std::string> examples;
  for (std::size_t i = 0; i < files.size(); ++i) {
    const auto& known = dataset.files[i];
    if (!files[i].md5.empty() && known.md5.empty()) refuse_foreign_file(dataset, files[i]);
    if (is_as_published(files[i], known)) continue;
    refuse_foreign_file(dataset, files[i]);
    result.unknown_files.push_back(known.name);
    if (!examples.empty()) continue;
    examples.push_back(known.md5.empty() ? "MD5 of the packed file " + files[i].packed_md5 +
                                               ", published " + known.packed_md5
                                         : "MD5 " + files[i].md5 + ", published " + known.md5);
  }
  if (result.unknown_files.empty()) return;
  result.warnings.push_back(dataset.name + " in " + result.folder +
                            " is not the published version: unknown checksum of " +
                            joined(result.unknown_files) + " (" + joined(examples) + ")");
}

void check_count(const Dataset& dataset,
                 const std::string& which,
                 std::int64_t count,
                 std::int64_t published,
                 ReadDataset& result) {
  if (published == 0 || count == published) return;
  result.warnings.push_back(dataset.name + " in " + result.folder + " has " +
                            std::to_string(count) + " " + which +
                            " images, but the published version has " + std::to_string(published));
}

// Warns of classes, counted from 0 to the largest label, without training images.
void warn_of_empty_classes(const Dataset& dataset, ReadDataset& result) {
  const auto& data = result.data;
  const auto counts = data.train_labels.bincount({}, data.classes);
  std::vector<std::string> empty;
  for (std::int64_t c = 0; c < data.classes; ++c) {
    if (counts[c].item<std::int64_t>() == 0) empty.push_back(std::to_string(c));
  }
  if (empty.empty()) return;
  const bool from_one = empty.size() == 1 && empty[0] == "0";
  const auto count = empty.size();
  if (count > kMostNamed) {
    empty.resize(kMostNamed);
    empty.push_back("... (" + std::to_string(count) + " in all)");
  }
  result.warnings.push_back(
      dataset.name + " in " + result.folder + ": classes are 0 to " +
      std::to_string(data.classes - 1) + ", but no training image is of class " + joined(empty) +
      (from_one ? "; if labels count from 1, write them from 0, in Python: labels - 1"
                : "; labels should be 0, 1, 2, ... without gaps"));
}

void add_warnings_of_data(const Dataset& dataset, ReadDataset& result) {
  const auto& warnings = result.data.warnings;
  result.warnings.insert(result.warnings.end(), warnings.begin(), warnings.end());
  if (dataset.own) warn_of_empty_classes(dataset, result);
}

// Warns if a user's own training labels are those of a published set; labels are small, so that
// their MD5 is cheap.
void warn_of_published_labels(const std::vector<DataFile>& files, ReadDataset& result) {
  const auto md5 = md5_hex(as_text(files[1].bytes));
  for (const auto& other : datasets()) {
    for (const auto& known : other.files) {
      if (known.md5 != md5) continue;
      result.warnings.push_back(files[1].path + " is " + other.name + "'s " + known.name +
                                "; if these images are meant, set dataset.name to " + other.name);
    }
  }
}

}  // namespace

ReadDataset read_dataset(const Dataset& dataset, const std::vector<Root>& roots) {
  const auto found = find_dataset(dataset, roots);
  if (!found) throw std::runtime_error(not_found_message(dataset, roots));
  ReadDataset result;
  result.folder = found->folder.string();
  result.warnings = found->notes;
  if (dataset.read) {
    result.data = dataset.read(found->files);
    add_warnings_of_data(dataset, result);
    return result;
  }
  const auto summed = read_all(dataset, *found);
  std::vector<DataFile> files;
  for (const auto& each : summed) files.push_back(each.file);
  result.data = dataset.decode(files);
  add_warnings_of_data(dataset, result);
  check_sums(dataset, summed, result);
  check_count(dataset, "training", result.data.train_images.size(0), dataset.train_count, result);
  check_count(dataset, "test", result.data.test_images.size(0), dataset.test_count, result);
  if (dataset.own && dataset.kind == "idx") warn_of_published_labels(files, result);
  return result;
}

}  // namespace ff::experiments
