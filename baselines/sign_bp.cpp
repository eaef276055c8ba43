#include "baselines/sign_bp.h"

#include <cmath>

namespace ff::baselines {

at::Tensor SignBP::weight_input(std::size_t l, const at::Tensor& x) const {
  const auto active = x.detach().sign();
  return input_scale(l) == 1 ? active : active * input_scale(l);
}

std::optional<fused::MlpBackward> SignBP::closed_form() const {
  auto form = UniformSignFeedback::closed_form();
  for (std::size_t l = 0; l < network_->depth(); ++l) form->input_signs.push_back(input_scale(l));
  return form;
}

double ScaledSignBP::input_scale(std::size_t l) const {
  return 1 / std::sqrt(static_cast<double>(network_->layers[l]->weight.size(1)));
}

}  // namespace ff::baselines
