// A list of named alternatives that others may add to before it is first read.
#pragma once

#include <atomic>
#include <mutex>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace ff {

/// Entries with a `name` each. The first reading closes the list, so that no thread ever reads what
/// another one changes, and a reference to an entry stays good.
template <class Entry>
class OpenList {
 public:
  /// `what` is what an entry is, for messages: "goodness".
  OpenList(const char* what, std::vector<Entry> entries)
      : what_(what), entries_(std::move(entries)) {}

  /// Throws std::logic_error when the name is taken, or the list has been read.
  void add(Entry entry) {
    const std::lock_guard lock(mutex_);
    const auto refuse = [&](const std::string& why) {
      throw std::logic_error(std::string(what_) + " '" + std::string(entry.name) +
                             "' cannot be registered: " + why);
    };
    if (closed_) refuse("the list is already in use; register at the beginning of main()");
    for (const auto& known : entries_) {
      if (std::string(known.name) == entry.name) refuse("the name is taken");
    }
    entries_.push_back(std::move(entry));
  }

  const std::vector<Entry>& read() {
    if (!closed_.load(std::memory_order_acquire)) {
      const std::lock_guard lock(mutex_);
      closed_.store(true, std::memory_order_release);
    }
    return entries_;
  }

 private:
  const char* what_;
  std::mutex mutex_;
  std::atomic<bool> closed_ = false;
  std::vector<Entry> entries_;
};

}  // namespace ff
