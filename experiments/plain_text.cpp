#include "experiments/plain_text.h"

#include <c10/util/Exception.h>

namespace ff::experiments {

std::string plain_text(const std::exception& error) {
  const auto* torch_error = dynamic_cast<const c10::Error*>(&error);
  const std::string text = torch_error ? torch_error->what_without_backtrace() : error.what();
  const std::string asked = "you tried to allocate ";  // how LibTorch's allocator for CPUs ends
  const auto at = text.find(asked);
  if (at == std::string::npos) return text;
  return "not enough memory: " +
         text.substr(at + asked.size(), text.find(" bytes", at) - at - asked.size()) +
         " bytes were asked for at once; make the layers (model.widths) or batch_size smaller";
}

}  // namespace ff::experiments
