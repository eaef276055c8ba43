#include "experiments/run/processes.h"

#include <csignal>
#include <cstdint>
#include <cstring>
#include <fcntl.h>
#include <iostream>
#include <memory>
#include <poll.h>
#include <stdexcept>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "experiments/run/stop.h"

namespace ff::experiments {
namespace {

constexpr int kLookEveryMilliseconds = 200;

[[noreturn]] void fail(const std::string& what) {
  throw std::runtime_error(what + ": " + std::strerror(errno));
}

// One of them while it runs.
class Child {
 public:
  Child(const std::vector<std::string>& arguments, std::size_t place) : place_(place) {
    std::vector<char*> argv = {const_cast<char*>("ff")};
    for (const auto& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
    argv.push_back(nullptr);
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) fail("a pipe for a run's messages");
    pid_ = fork();
    if (pid_ == 0) become(argv.data(), ends[1]);
    close(ends[1]);
    messages_ = ends[0];
    if (pid_ < 0) fail("a process for a run");
  }
  ~Child() { close(messages_); }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  int messages() const { return messages_; }
  std::size_t place() const { return place_; }
  void ask_to_stop() const { kill(pid_, SIGINT); }

  /// Passes on what has come; false when no more will.
  bool pass_on() {
    char part[4096];
    const auto size = read(messages_, part, sizeof part);
    if (size < 0) return errno == EINTR || errno == EAGAIN;
    text_.append(part, static_cast<std::size_t>(size));
    const auto end = size == 0 ? text_.size() : text_.rfind('\n') + 1;
    std::cerr << text_.substr(0, end) << std::flush;
    text_.erase(0, end);
    return size > 0;
  }

  int exit_code() const {
    int status = 0;
    while (waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
    }
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  }

 private:
  // In the child. A group of its own: Ctrl-C is for the parent, which passes it on once; and when
  // the parent is gone, the child stops as if asked to.
  [[noreturn]] static void become(char** argv, int messages) {
    setpgid(0, 0);
    prctl(PR_SET_PDEATHSIG, SIGINT);
    const int nowhere = open("/dev/null", O_RDWR);
    dup2(nowhere, STDIN_FILENO);
    dup2(nowhere, STDOUT_FILENO);
    dup2(messages, STDERR_FILENO);
    execv("/proc/self/exe", argv);
    _exit(127);
  }

  std::size_t place_;
  pid_t pid_ = -1;
  int messages_ = -1;
  std::string text_;  // the line that has not ended yet
};

// Waits until one of them has something to say, or for a moment; those that ended go.
void look_at(std::vector<std::unique_ptr<Child>>& children, std::vector<int>& codes) {
  std::vector<pollfd> waiting;
  for (const auto& child : children) waiting.push_back({child->messages(), POLLIN, 0});
  if (poll(waiting.data(), waiting.size(), kLookEveryMilliseconds) <= 0) return;
  for (std::size_t i = children.size(); i-- > 0;) {
    if (waiting[i].revents == 0 || children[i]->pass_on()) continue;
    codes[children[i]->place()] = children[i]->exit_code();
    children.erase(children.begin() + static_cast<std::ptrdiff_t>(i));
  }
}

}  // namespace

std::vector<int> run_processes(const std::vector<std::vector<std::string>>& commands,
                               std::int64_t at_once) {
  std::vector<int> codes(commands.size(), -1);
  std::vector<std::unique_ptr<Child>> children;
  std::size_t begun = 0;
  bool asked = false;
  while (true) {
    if (stop_requested() && !asked) {
      for (const auto& child : children) child->ask_to_stop();
      asked = true;
    }
    while (!asked && begun < commands.size() &&
           static_cast<std::int64_t>(children.size()) < at_once) {
      children.push_back(std::make_unique<Child>(commands[begun], begun));
      ++begun;
    }
    if (children.empty()) return codes;
    look_at(children, codes);
  }
}

}  // namespace ff::experiments
