// Negative data: images that carry a wrong label.
#pragma once

#include <string>

#include <ATen/core/Tensor.h>

#include "ff/core/fields.h"
#include "ff/core/python_random.h"

namespace ff {

struct NegativesOptions {
  std::string type = "random-label";
  std::string redraw = "never";
  std::string pairing = "independent";

  template <class Self, class Visitor>
  static void fields(Self& self, Visitor& visit) {
    visit("type",
          self.type,
          one_of({"random-label", "hard-label", "hybrid"}),
          "random-label: the image with one of the other labels, each as likely; hard-label: with "
          "one that the head finds likely on the image without a label; hybrid: no labels, two "
          "images mixed by a mask of large regions, for unsupervised learning.");
    visit("redraw",
          self.redraw,
          one_of({"never", "epoch", "batch"}),
          "When random labels are drawn: once before training, anew for every epoch, or for every "
          "batch, as a stream needs it.");
    visit("pairing",
          self.pairing,
          one_of({"independent", "paired"}),
          "independent: positives and negatives are shuffled apart, as in the original; paired: a "
          "batch's negatives are its positives' images.");
  }
};

/// One wrong label for each of labels int64 (N): Python's random.choice over the sorted labels
/// that occur, without the image's own. Drawn as the original draws: first for all images of the
/// smallest label, in their order, then for the next. Returns int64 (N).
/// Throws c10::Error when fewer than two labels occur.
at::Tensor draw_wrong_labels(const at::Tensor& labels, PythonRandom& random);

/// The same for the samples of one batch, of which some classes may be missing: random.choice over
/// the `classes` - 1 other classes, sample by sample. Returns int64 (N) on the labels' device.
/// Throws c10::Error when there are fewer than two classes.
at::Tensor draw_other_labels(const at::Tensor& labels, std::int64_t classes, PythonRandom& random);

}  // namespace ff
