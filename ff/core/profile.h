// Where the time of a step goes: sections that the engines name, counted when asked for.
#pragma once

#include <chrono>
#include <string>
#include <vector>

namespace ff {

/// What a section has cost since profiling began.
struct ProfileLine {
  std::string section;
  double seconds = 0;
  long long calls = 0;
};

/// Begins to count; before, a section costs one test of a flag.
void begin_profile();
bool profiling();
void set_profiling(bool on);

/// The sections in the order in which they first ran.
std::vector<ProfileLine> profile_lines();

void add_to_profile(const char* section, double seconds);

/// Counts the time from here to the end of the scope, on the thread that began the profile. Within
/// another section it counts nothing: that one has the time.
class ProfileScope {
 public:
  explicit ProfileScope(const char* section) : section_(profiling() ? section : nullptr) {
    if (!section_) return;
    set_profiling(false);
    begin_ = std::chrono::steady_clock::now();
  }
  ~ProfileScope() {
    if (!section_) return;
    set_profiling(true);
    const std::chrono::duration<double> spent = std::chrono::steady_clock::now() - begin_;
    add_to_profile(section_, spent.count());
  }
  ProfileScope(const ProfileScope&) = delete;
  ProfileScope& operator=(const ProfileScope&) = delete;

 private:
  const char* section_;
  std::chrono::steady_clock::time_point begin_;
};

}  // namespace ff
