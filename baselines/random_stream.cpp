#include "baselines/random_stream.h"

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/Functions.h>

namespace ff::baselines {
namespace {

// Mersenne Twister uses 32 bits of a seed. kApart ("FEED") separates the stream from the seeds in
// use; kStride, 2^32 divided by the golden ratio, separates the seeds of consecutive draws.
constexpr std::uint64_t kApart = 0x46454544, kBits = 0xFFFFFFFF;
constexpr std::int64_t kStride = 0x9E3779B9;

}  // namespace

RandomStream::RandomStream() : state_(at::zeros({2}, at::kLong)) {
  const auto seed = at::detail::getDefaultCPUGenerator().current_seed() ^ kApart;
  state_[0].fill_(static_cast<std::int64_t>(seed & kBits));
}

at::Generator RandomStream::next(Pass pass) {
  auto* state = state_.mutable_data_ptr<std::int64_t>();
  const auto seed = static_cast<std::uint64_t>(state[0] + state[1] * kStride);
  if (pass == Pass::kTrain) ++state[1];
  return at::detail::createCPUGenerator(seed & kBits);
}

}  // namespace ff::baselines
