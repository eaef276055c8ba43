// Registers PEPITA (Dellaferrera & Kreiman 2022).
#include "baselines/pepita.h"

#include "experiments/learners/kinds.h"
#include "experiments/learners/network_kind.h"

namespace ff::experiments {
namespace {

std::unique_ptr<Learner> make(const Config& config, const ImageSet& train, PythonRandom&) {
  check_data(config, train);
  return std::make_unique<baselines::Pepita>(config.pepita, network_learner_options(config), train);
}

}  // namespace

LearnerKind pepita_kind() {
  return mlp_kind("pepita",
                  "two forward passes, the second on the input modulated by the error",
                  {"pepita"},
                  make);
}

}  // namespace ff::experiments
