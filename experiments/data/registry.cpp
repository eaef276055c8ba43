#include "experiments/data/registry.h"

#include "experiments/data/cifar.h"
#include "experiments/data/csv.h"
#include "experiments/data/emnist.h"
#include "experiments/data/fashion_mnist.h"
#include "experiments/data/folder.h"
#include "experiments/data/kmnist.h"
#include "experiments/data/mnist.h"
#include "experiments/data/npy.h"
#include "experiments/data/svhn.h"
#include "experiments/data/synthetic.h"
#include "experiments/data/user_idx.h"
#include "ff/core/find_choice.h"
#include "ff/core/open_list.h"
#include "ff/core/option_error.h"

namespace ff::experiments {
namespace {

// Returns the published set's name, folders and normalisation with the decoder and files of
// `files`.
Dataset in_files_of(Dataset files, const Dataset& published) {
  files.name = published.name;
  files.folders = published.folders;
  files.original = published.original;
  files.own = false;
  return files;
}

OpenList<DataKind>& data_kind_list() {
  static OpenList<DataKind> kinds(
      "dataset.type",
      {
          {"idx", "train-images-idx3-ubyte, train-labels-idx1-ubyte, t10k-...", user_idx},
          {"cifar", "train.bin, test.bin: a label byte and 3x32x32 pixels per image", user_cifar},
          {"npy", "train_images.npy, train_labels.npy, test_images.npy, test_labels.npy", user_npy},
          {"csv", "train.csv, test.csv: a line per image, the label first", user_csv},
          {"folder", "train/CLASS/*.png, test/CLASS/*.png, or .jpg", user_folder},
          {"synthetic", "no files: the images are generated", synthetic},
      });
  return kinds;
}

}  // namespace

const std::vector<DataKind>& data_kinds() { return data_kind_list().read(); }

void register_data_kind(DataKind kind) { data_kind_list().add(std::move(kind)); }

std::vector<std::string> data_kind_names() { return names_of(data_kinds()); }

const std::vector<Dataset>& datasets() {
  static const std::vector<Dataset> sets = {
      mnist(),
      fashion_mnist(),
      cifar10(),
      synthetic(),
      user_idx(),
      kmnist(),
      emnist_letters(),
      svhn(),
      cifar100(),
  };
  return sets;
}

std::vector<std::string> dataset_names() { return names_of(datasets()); }

const Dataset& dataset_named(const std::string& name) {
  return find_choice(datasets(), name, "data set");
}

Dataset chosen_dataset(const std::optional<std::string>& type,
                       const std::optional<std::string>& name) {
  if (!type) return dataset_named(name.value_or("mnist"));
  const auto own = find_choice(data_kinds(), *type, "dataset.type").own();
  if (!name) return own;
  const auto& published = dataset_named(*name);
  if (published.kind == *type) return published;
  if (published.own || published.files.empty() || !own.own || *type == "cifar") {
    throw OptionError(
        {"dataset.type", *type + " cannot hold dataset.name " + *name + "; remove one of the two"});
  }
  return in_files_of(own, published);
}

}  // namespace ff::experiments
