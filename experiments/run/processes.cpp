#include "experiments/run/processes.h"

#include <csignal>
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

constexpr int kPollMilliseconds = 200;
// SIGUSR1 may safely arrive twice, from this process and from a batch system: it only sets the
// flag.
constexpr int kStop = SIGUSR1;
constexpr int kInterrupted = 130;  // exit code of an interrupted run

// Process limit or memory is exhausted (EAGAIN, ENOMEM).
struct CannotStart : std::runtime_error {
  explicit CannotStart(int error)
      : std::runtime_error(std::string("cannot start a process for a run: ") +
                           std::strerror(error)) {}
};

// A child process and the pipe from its standard error.
class Child {
 public:
  Child(const std::vector<std::string>& arguments, std::size_t place) : place_(place) {
    std::vector<char*> argv = {const_cast<char*>("ff")};
    for (const auto& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
    argv.push_back(nullptr);
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) throw CannotStart(errno);
    const auto parent = getpid();
    pid_ = fork();
    if (pid_ == 0) become(argv.data(), ends, parent);
    const int error = errno;
    close(ends[1]);
    messages_ = ends[0];
    if (pid_ < 0) {
      close(messages_);
      throw CannotStart(error);
    }
  }

  /// Destroying a running child, during stack unwinding, requests it to stop and waits for it.
  ~Child() {
    if (pid_ > 0) {
      request_stop();
      while (pass_on()) {  // drain the pipe, so that the child does not block on it
      }
      wait();
    }
    close(messages_);
  }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  int messages() const { return messages_; }
  std::size_t place() const { return place_; }
  void request_stop() const { kill(pid_, kStop); }

  /// Forwards available output; returns false at end of file.
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

  ProcessEnd wait() {
    int status = 0;
    while (waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
    }
    pid_ = -1;
    if (WIFSIGNALED(status)) return {.signal = WTERMSIG(status)};
    return {.code = WEXITSTATUS(status)};
  }

 private:
  // Runs in the child. The child has its own process group, so that Ctrl-C reaches only the parent,
  // which forwards it; if the parent dies, the child receives the stop signal.
  [[noreturn]] static void become(char** argv, const int (&messages)[2], pid_t parent) {
    close(messages[0]);
    setpgid(0, 0);
    prctl(PR_SET_PDEATHSIG, kStop);
    if (getppid() != parent) _exit(kInterrupted);  // the parent died before prctl() took effect
    std::signal(SIGPIPE, SIG_DFL);  // the parent ignores it, which exec would inherit
    const int nowhere = open("/dev/null", O_RDWR);
    dup2(nowhere, STDIN_FILENO);
    dup2(nowhere, STDOUT_FILENO);
    dup2(messages[1], STDERR_FILENO);
    execv("/proc/self/exe", argv);
    dprintf(STDERR_FILENO, "ff: cannot start /proc/self/exe: %s\n", std::strerror(errno));
    _exit(127);
  }

  std::size_t place_;
  pid_t pid_ = -1;  // -1 after the child has been reaped
  int messages_ = -1;
  std::string text_;  // incomplete last line
};

class Processes {
 public:
  Processes(const std::vector<std::vector<std::string>>& commands,
            std::int64_t at_once,
            const std::function<void(std::size_t, ProcessEnd)>& ended)
      : commands_(commands), at_once_(static_cast<std::size_t>(at_once)), ended_(ended) {
    std::signal(SIGCHLD, SIG_DFL);  // with SIGCHLD ignored, waitpid() would lose exit codes
  }

  ~Processes() { request_stop(); }  // signal all children before waiting for the first
  Processes(const Processes&) = delete;
  Processes& operator=(const Processes&) = delete;

  void run() {
    while (true) {
      if (stop_requested() && !stopping_) {
        request_stop();
        stopping_ = true;
      }
      while (!stopping_ && started_ < commands_.size() && children_.size() < at_once_) start_one();
      if (children_.empty()) return;
      poll_children();
    }
  }

 private:
  void request_stop() const {
    for (const auto& child : children_) child->request_stop();
  }

  void start_one() {
    try {
      children_.push_back(std::make_unique<Child>(commands_[started_], started_));
      ++started_;
    } catch (const CannotStart& error) {
      if (children_.empty()) throw;
      at_once_ = children_.size();
      std::cerr << "ff: " << error.what() << "; continuing with " << at_once_ << " at once\n";
    }
  }

  // Waits for output from a child, or for a timeout; removes finished children.
  void poll_children() {
    std::vector<pollfd> waiting;
    for (const auto& child : children_) waiting.push_back({child->messages(), POLLIN, 0});
    if (poll(waiting.data(), waiting.size(), kPollMilliseconds) <= 0) return;
    for (std::size_t i = children_.size(); i-- > 0;) {
      if (waiting[i].revents == 0 || children_[i]->pass_on()) continue;
      const auto place = children_[i]->place();
      auto end = children_[i]->wait();
      // The child was stopped before it installed its signal handler.
      if (stopping_ && end.signal == kStop) end = {.code = kInterrupted};
      children_.erase(children_.begin() + static_cast<std::ptrdiff_t>(i));
      ended_(place, end);
    }
  }

  const std::vector<std::vector<std::string>>& commands_;
  std::size_t at_once_;
  const std::function<void(std::size_t, ProcessEnd)>& ended_;
  std::vector<std::unique_ptr<Child>> children_;
  std::size_t started_ = 0;
  bool stopping_ = false;  // stop requested
};

}  // namespace

void run_processes(const std::vector<std::vector<std::string>>& commands,
                   std::int64_t at_once,
                   const std::function<void(std::size_t place, ProcessEnd end)>& ended) {
  Processes(commands, at_once, ended).run();
}

}  // namespace ff::experiments
