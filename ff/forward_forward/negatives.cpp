#include "ff/forward_forward/negatives.h"

#include <map>
#include <vector>

#include <ATen/Functions.h>
#include <c10/util/Exception.h>

namespace ff {

at::Tensor draw_wrong_labels(const at::Tensor& labels, PythonRandom& random) {
  const auto own = labels.to(at::kCPU).contiguous();
  const auto* label = own.const_data_ptr<std::int64_t>();
  std::map<std::int64_t, std::vector<std::int64_t>> images_of;  // label -> its images, in order
  for (std::int64_t i = 0; i < own.numel(); ++i) images_of[label[i]].push_back(i);
  TORCH_CHECK(images_of.size() >= 2,
              "negatives: a wrong label needs at least two labels, got ",
              images_of.size());

  auto wrong = at::empty_like(own);
  auto* out = wrong.mutable_data_ptr<std::int64_t>();
  for (const auto& [cls, images] : images_of) {
    std::vector<std::int64_t> others;
    for (const auto& [other, unused] : images_of) {
      if (other != cls) others.push_back(other);
    }
    for (const auto image : images) {
      out[image] = others[random.choice(static_cast<std::int64_t>(others.size()))];
    }
  }
  return wrong;
}

at::Tensor draw_other_labels(const at::Tensor& labels, std::int64_t classes, PythonRandom& random) {
  TORCH_CHECK(classes >= 2, "negatives: a wrong label needs at least two classes, got ", classes);
  const auto own = labels.to(at::kCPU).contiguous();
  const auto* label = own.const_data_ptr<std::int64_t>();
  auto wrong = at::empty_like(own);
  auto* out = wrong.mutable_data_ptr<std::int64_t>();
  for (std::int64_t i = 0; i < own.numel(); ++i) {
    const auto drawn = random.choice(classes - 1);  // index into the list of the other labels
    out[i] = drawn < label[i] ? drawn : drawn + 1;
  }
  return wrong.to(labels.device());
}

}  // namespace ff
