#include "baselines/feedback.h"

#include <cmath>

#include <ATen/Functions.h>

#include "ff/core/find_choice.h"

namespace ff::baselines {
namespace {

struct FeedbackInit {
  const char* name;
  void (*fill)(at::Tensor, at::Generator);  // null: copy the weight
};

double fan_in(const at::Tensor& x) { return static_cast<double>(x.numel() / x.size(0)); }
double fan_out(const at::Tensor& x) { return static_cast<double>(x.numel() / x.size(1)); }

void uniform(at::Tensor x, double bound, at::Generator generator) {
  x.uniform_(-bound, bound, std::move(generator));
}

// Sources: "torch" the code of dfa-torch and local-loss, "xavier" biotorch, "kaiming" DRTP's code.
const std::vector<FeedbackInit>& feedback_inits() {
  static const std::vector<FeedbackInit> all = {
      {"torch",
       [](at::Tensor x, at::Generator generator) {
         uniform(x, 1 / std::sqrt(fan_in(x)), std::move(generator));
       }},
      {"xavier",
       [](at::Tensor x, at::Generator generator) {
         uniform(x, std::sqrt(6 / (fan_in(x) + fan_out(x))), std::move(generator));
       }},
      {"kaiming",
       [](at::Tensor x, at::Generator generator) {
         uniform(x, std::sqrt(6 / fan_in(x)), std::move(generator));
       }},
      {"normal",
       [](at::Tensor x, at::Generator generator) { x.normal_(0, 1, std::move(generator)); }},
      {"copy", nullptr},
  };
  return all;
}

}  // namespace

std::vector<std::string> FeedbackOptions::inits() { return names_of(feedback_inits()); }

at::Tensor make_feedback(const at::Tensor& like,
                         const FeedbackOptions& options,
                         at::Generator generator) {
  const auto& init = find_choice(feedback_inits(), options.init, "feedback.init");
  if (!init.fill) return like.detach() * options.scale;
  auto matrix = at::empty(like.sizes());  // on the CPU: the same values on all devices
  init.fill(matrix, std::move(generator));
  return matrix.mul_(options.scale).to(like.options());
}

std::string feedback_name(std::size_t l) { return "feedback." + std::to_string(l) + ".weight"; }

at::Tensor draw_signs(const at::Tensor& like, double share, at::Generator generator) {
  const auto draws = at::empty(like.sizes()).uniform_(0, 1, std::move(generator));
  return at::where(draws < share, 1.0, -1.0).to(like.options());
}

}  // namespace ff::baselines
