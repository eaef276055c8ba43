// Runs a program with arguments, environment, working directory and time limit.
#pragma once

#include <chrono>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <sys/types.h>
#include <vector>

namespace ff::test {

struct ProcessOptions {
  std::filesystem::path folder = ".";  // working directory
  /// Overrides of this process's environment; std::nullopt unsets a variable.
  std::map<std::string, std::optional<std::string>> environment;
  bool terminal = false;  // standard error is a terminal with 200 columns
  /// File descriptor to use as standard output instead of Ended::out, or kClosed.
  static constexpr int kClosed = -1;
  std::optional<int> out;
  bool nohup = false;              // SIGHUP is ignored at start
  std::chrono::seconds limit{60};  // time after which the process is killed
};

/// Exit status and output of a process.
struct Ended {
  int exit_code = -1;  // as in a shell: 128 + n for signal n
  bool timed_out = false;
  std::string out, err;
};

/// A running program, started without a shell. Standard input is empty.
class Process {
 public:
  /// Starts the program. Throws std::runtime_error on failure.
  Process(const std::string& program,
          const std::vector<std::string>& arguments,
          const ProcessOptions& options = {});
  ~Process();  // kills it if it is still running
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  pid_t pid() const { return pid_; }
  void signal(int number) const;
  bool has_ended();
  Ended wait();

 private:
  void start(const std::string& program,
             const std::vector<std::string>& arguments,
             const ProcessOptions& options);
  void open_terminal();
  void read_terminal();

  std::chrono::steady_clock::time_point deadline_;
  pid_t pid_ = -1;
  int status_ = 0;
  bool ended_ = false;
  int out_ = -1,
      err_ = -1;       // in-memory files; with a terminal, err_ is its slave end
  int terminal_ = -1;  // master end of the terminal
  std::string on_terminal_;
};

}  // namespace ff::test
