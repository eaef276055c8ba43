// Config keys of the data set: which one, its folder, and the part to use.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "experiments/data/names.h"
#include "ff/core/fields.h"

namespace ff::experiments {

/// Normalisation of pixels in [0, 1]: by a word, or by numbers if the word is empty.
struct NormalizeOption {
  std::string word = "original";
  std::vector<double> mean, std;  // one value each, or one per channel

  bool operator==(const NormalizeOption&) const = default;
};

struct ValidationOptions {
  std::int64_t count = 0;
  std::int64_t seed = 0;

  template <class Self, class Visitor>
  static void fields(Self& self, Visitor& visit) {
    visit("count",
          self.count,
          at_least(0),
          "Training images set aside to choose by; 0: none. The others are trained on.");
    visit("seed", self.seed, at_least(0), "Seed of the random choice of these images.");
  }
};

struct DatasetOptions {
  std::optional<std::string> type;
  std::optional<std::string> name = "mnist";  // null by default if type is given
  std::optional<std::string> root;
  std::optional<std::vector<std::int64_t>> shape;
  NormalizeOption normalize;
  ValidationOptions validation;
  std::optional<std::int64_t> train_limit;
  std::optional<std::int64_t> test_limit;

  template <class Self, class Visitor>
  static void fields(Self& self, Visitor& visit) {
    visit("type",
          self.type,
          one_of(data_kind_names()),
          "Your own data in files of this kind, found in root; null: the data set that name says. "
          "With name: that data set in files of this kind.");
    visit("name",
          self.name,
          one_of(dataset_names()),
          "The data set; 'ff data' shows what is found. Null, and so by default where type is "
          "given: your own data.");
    visit(
        "root",
        self.root,
        nonempty(any()),
        "The only folder to look in (--data-root wins): the data set's own, or one that holds it.");
    visit("shape",
          self.shape,
          nonempty(between(1, 1e6)),
          "[H, W] or [C, H, W] of the images, where the files hold rows of values (csv, and npy of "
          "shape (N, D)); null: 1 x 1 x D.");
    visit("normalize",
          self.normalize,
          one_of({"original", "none"}),
          "original: the data set's usual mean and standard deviation; none: pixels in [0, 1]; or "
          "mean and std, a number each or one per channel. Images of floats are taken as they are "
          "by none, and by original where they are your own.");
    visit("validation", self.validation);
    visit("train_limit",
          self.train_limit,
          at_least(1),
          "Only the first so many training images, the validation images among them; null: all.");
    visit("test_limit",
          self.test_limit,
          at_least(1),
          "Only the first so many test images; null: all.");
  }
};

}  // namespace ff::experiments
