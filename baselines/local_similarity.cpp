#include "baselines/local_similarity.h"

#include <ATen/Functions.h>
#include <ATen/TensorOperators.h>

#include "ff/nn/init.h"

namespace ff::baselines {

at::Tensor similarity(const at::Tensor& x) {
  auto rows = x.flatten(1);
  if (x.dim() == 4 && x.size(1) > 3 && x.size(2) > 1) {
    rows = x.flatten(2).std(/*dim=*/2, /*unbiased=*/true);
  }
  rows = rows - rows.mean(/*dim=*/1, /*keepdim=*/true);
  rows = rows / (rows.norm(2, /*dim=*/1, /*keepdim=*/true) + 1e-8);
  return rows.mm(rows.t()).clamp(-1, 1);
}

LocalSimilarity::LocalSimilarity(const Shape& shape, std::int64_t classes) : classes_(classes) {
  const bool maps = shape.height > 1 || shape.width > 1;
  const auto n = shape.channels;
  weight = maps ? at::empty({n, n, 3, 3}) : at::empty({n, n});
  find_init("torch").fill(weight, at::empty({n}));
  weight.requires_grad_();
}

at::Tensor LocalSimilarity::loss(const at::Tensor& h, const at::Tensor& labels, Pass) const {
  const auto seen = weight.dim() == 4
                        ? at::conv2d(h, weight, /*bias=*/{}, /*stride=*/1, /*padding=*/1)
                        : at::linear(h.flatten(1), weight);
  const auto truth = similarity(at::one_hot(labels, classes_).to(h.dtype()));
  return at::mse_loss(similarity(seen), truth);
}

}  // namespace ff::baselines
