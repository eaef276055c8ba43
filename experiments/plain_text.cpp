#include "experiments/plain_text.h"

#include <new>
#include <system_error>

#include <c10/util/Exception.h>

namespace ff::experiments {
namespace {

std::string text_of(const std::exception& error) {
  const auto* torch_error = dynamic_cast<const c10::Error*>(&error);
  return torch_error ? torch_error->what_without_backtrace() : error.what();
}

// Thread creation fails with EAGAIN if there is no memory for the stack.
bool is_thread_start_failure(const std::exception& error) {
  const auto* system = dynamic_cast<const std::system_error*>(&error);
  return system && system->code() == std::errc::resource_unavailable_try_again;
}

}  // namespace

std::optional<std::string> out_of_memory_text(const std::exception& error) {
  if (dynamic_cast<const std::bad_alloc*>(&error)) return "not enough memory";
  const auto text = text_of(error);
  if (is_thread_start_failure(error)) return "not enough memory to start a thread (" + text + ")";
  const std::string asked = "you tried to allocate ";  // message of c10's CPU allocator
  const auto at = text.find(asked);
  if (at == std::string::npos) return std::nullopt;
  return "not enough memory: " +
         text.substr(at + asked.size(), text.find(" bytes", at) - at - asked.size()) +
         " bytes requested in one allocation";
}

std::string plain_text(const std::exception& error) {
  const auto memory = out_of_memory_text(error);
  if (!memory) return text_of(error);
  if (is_thread_start_failure(error)) return *memory + "; reduce --threads";
  return *memory + "; reduce model.widths or batch_size";
}

std::string printable(std::string_view text, std::size_t most) {
  std::string shown(text.substr(0, most));
  for (auto& c : shown) {
    const auto code = static_cast<unsigned char>(c);
    if (code < 0x20 || code == 0x7f) c = '?';
  }
  return text.size() > most ? shown + "..." : shown;
}

}  // namespace ff::experiments
