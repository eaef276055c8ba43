#include "experiments/data/read.h"

#include <future>
#include <stdexcept>

#include "experiments/data/bytes.h"
#include "experiments/data/find.h"
#include "experiments/data/md5.h"
#include "experiments/data/registry.h"
#include "ff/core/choice.h"

namespace ff::experiments {
namespace {

struct SummedFile {
  DataFile file;
  std::string md5;  // empty: none to compare with
};

SummedFile read_summed(const std::filesystem::path& path, const KnownFile& known) {
  SummedFile read{{path.string(), read_bytes(path)}, ""};
  if (!known.md5.empty()) read.md5 = md5_hex(as_text(read.file.bytes));
  return read;
}

// A thread for each file: unpacking is most of the time.
std::vector<SummedFile> read_all(const Dataset& dataset, const FoundDataset& found) {
  std::vector<std::future<SummedFile>> reading;
  for (std::size_t i = 0; i < found.files.size(); ++i) {
    reading.push_back(
        std::async(std::launch::async, read_summed, found.files[i], std::cref(dataset.files[i])));
  }
  std::vector<SummedFile> files;
  for (auto& file : reading) files.push_back(file.get());
  return files;
}

// MNIST and Fashion-MNIST call their files alike, so that a folder is easily taken for the other.
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

void check_sums(const Dataset& dataset, const std::vector<SummedFile>& files, ReadDataset& result) {
  std::vector<std::string> examples;
  for (std::size_t i = 0; i < files.size(); ++i) {
    const auto& known = dataset.files[i];
    if (files[i].md5 == known.md5) continue;
    refuse_foreign_file(dataset, files[i]);
    result.unknown_files.push_back(known.name);
    if (examples.empty()) examples.push_back("MD5 " + files[i].md5 + ", published " + known.md5);
  }
  if (result.unknown_files.empty()) return;
  result.warnings.push_back(dataset.name + " in " + result.folder +
                            " is not as it was published: unknown checksum of " +
                            joined(result.unknown_files) + " (" + joined(examples) + ")");
}

void check_count(const Dataset& dataset,
                 const std::string& which,
                 std::int64_t count,
                 std::int64_t published,
                 ReadDataset& result) {
  if (published == 0 || count == published) return;
  result.warnings.push_back(dataset.name + " in " + result.folder + " has " +
                            std::to_string(count) + " " + which + " images, as published " +
                            std::to_string(published));
}

}  // namespace

ReadDataset read_dataset(const Dataset& dataset, const std::vector<std::filesystem::path>& roots) {
  const auto found = find_dataset(dataset, roots);
  if (!found) throw std::runtime_error(not_found_message(dataset, roots));
  ReadDataset result;
  result.folder = found->folder.string();
  const auto summed = read_all(dataset, *found);
  std::vector<DataFile> files;
  for (const auto& each : summed) files.push_back(each.file);
  result.data = dataset.decode(files);
  check_sums(dataset, summed, result);
  check_count(dataset, "training", result.data.train_images.size(0), dataset.train_count, result);
  check_count(dataset, "test", result.data.test_images.size(0), dataset.test_count, result);
  return result;
}

}  // namespace ff::experiments
