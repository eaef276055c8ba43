#include "ff/core/separate_seed.h"

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/Functions.h>

namespace ff {

SeparateSeedGuard::SeparateSeedGuard() : state_(at::detail::getDefaultCPUGenerator().get_state()) {
  constexpr std::uint64_t kApart = 0x4F574E;  // "OWN": makes the seed differ from those in use
  auto generator = at::detail::getDefaultCPUGenerator();  // a handle, not a copy
  generator.set_current_seed((generator.current_seed() ^ kApart) & 0xFFFFFFFF);
}

SeparateSeedGuard::~SeparateSeedGuard() {
  auto generator = at::detail::getDefaultCPUGenerator();
  generator.set_state(state_);
}

at::Tensor draw_uniforms(std::int64_t count) { return at::rand({count, 1}); }

}  // namespace ff
