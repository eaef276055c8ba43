// OpenList: a registry of named entries that users can extend until it is first read.
#pragma once

#include <atomic>
#include <mutex>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace ff {

/// A registry whose entries have a `name`. The first call of read() closes it: after that it is
/// immutable, so that reading needs no lock and references to entries stay valid.
template <class Entry>
class OpenList {
 public:
  /// `what` names the kind of entry in error messages, e.g. "goodness".
  OpenList(const char* what, std::vector<Entry> entries)
      : what_(what), entries_(std::move(entries)) {}

  /// Throws std::logic_error if the name is taken or the list has been read.
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
  // Returns all entries and closes the list.

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
