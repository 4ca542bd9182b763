#include "crash-report.h"

#include <ATen/Parallel.h>
#include <pthread.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <csignal>
#include <cstring>
#include <mutex>

namespace capgrid {
namespace {

// A signal handler gets no argument of ours, so what it reads is static: the engines of this process,
// one per JavaScript thread. An engine that finds no free place goes without reports.
struct Watched {
  std::atomic<const Engine*> engine{nullptr};
  std::atomic<pthread_t> thread{};
};
std::array<Watched, 64> watched;

constexpr std::array<int, 5> kSignals = {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT};
// What handled them before: V8's handler among them, which turns the faults of WebAssembly into errors.
std::array<struct sigaction, kSignals.size()> earlier;

// Collects the line without allocating: the heap may be what is broken.
class Line {
 public:
  void add(const char* text) noexcept { addBytes(text, std::strlen(text)); }
  void add(std::int64_t number) noexcept {
    char digits[24];
    int at = sizeof digits;
    const bool isNegative = number < 0;
    auto rest = isNegative ? -static_cast<std::uint64_t>(number) : static_cast<std::uint64_t>(number);
    do {
      digits[--at] = static_cast<char>('0' + rest % 10);
      rest /= 10;
    } while (rest > 0);
    if (isNegative) digits[--at] = '-';
    addBytes(digits + at, sizeof digits - static_cast<std::size_t>(at));
  }
  void write() noexcept {
    const ssize_t written = ::write(STDERR_FILENO, bytes_, used_);
    static_cast<void>(written);  // nothing can be done about it here
  }

 private:
  void addBytes(const char* bytes, std::size_t count) noexcept {
    const std::size_t room = sizeof bytes_ - used_;
    const std::size_t taken = count < room ? count : room;
    std::memcpy(bytes_ + used_, bytes, taken);
    used_ += taken;
  }
  char bytes_[1024];
  std::size_t used_ = 0;
};

const char* nameOf(int signal) noexcept {
  switch (signal) {
    case SIGSEGV:
      return "SIGSEGV";
    case SIGBUS:
      return "SIGBUS";
    case SIGILL:
      return "SIGILL";
    case SIGFPE:
      return "SIGFPE";
    default:
      return "SIGABRT";
  }
}

void addTensor(Line& line, const at::Tensor& tensor) noexcept {
  line.add("[");
  for (std::int64_t axis = 0; axis < tensor.dim(); ++axis) {
    if (axis > 0) line.add(", ");
    line.add(tensor.sizes()[static_cast<std::size_t>(axis)]);
  }
  line.add(tensor.scalar_type() == at::kFloat ? "] float32"
           : tensor.scalar_type() == at::kInt ? "] int32"
                                              : "] bool");
}

void report(int signal, const Engine& engine) noexcept {
  const RunningOp& running = engine.running();
  Line line;
  line.add("capgrid-native: crashed in ");
  line.add(running.name);
  for (int i = 0; i < running.inputCount; ++i) {
    const at::Tensor* tensor = engine.table().find(running.inputs[static_cast<std::size_t>(i)]);
    if (tensor == nullptr) continue;
    line.add(i == 0 ? " with " : ", ");
    addTensor(line, *tensor);
  }
  line.add(" (");
  line.add(nameOf(signal));
  line.add(")\n");
  line.write();
}

// The engine whose operation this thread computes: as the JavaScript thread of that engine, or as one of
// the threads that help it. These do not know whom they help; seldom do two engines compute at once.
const Engine* engineOfThisThread() noexcept {
  const pthread_t thread = ::pthread_self();
  const Engine* running = nullptr;
  for (const Watched& place : watched) {
    const Engine* engine = place.engine.load();
    if (engine == nullptr) continue;
    const bool isRunning = engine->running().name != nullptr;
    if (::pthread_equal(place.thread.load(), thread) != 0) return isRunning ? engine : nullptr;
    if (isRunning && running == nullptr) running = engine;
  }
  return at::in_parallel_region() ? running : nullptr;
}

// Puts the earlier action back and lets it meet the signal: the instruction at fault runs again when
// this handler returns, a signal that somebody sent is sent again.
void meetAgain(int signal, const siginfo_t* info, const struct sigaction& action) noexcept {
  ::sigaction(signal, &action, nullptr);
  if (info->si_code <= 0) ::raise(signal);
}

void handle(int signal, siginfo_t* info, void* context) {
  std::size_t index = 0;
  while (index + 1 < kSignals.size() && kSignals[index] != signal) ++index;
  const struct sigaction& before = earlier[index];
  if (const Engine* engine = engineOfThisThread()) {
    report(signal, *engine);
    meetAgain(signal, info, before);
  } else if ((before.sa_flags & SA_SIGINFO) != 0) {
    before.sa_sigaction(signal, info, context);
  } else if (before.sa_handler == SIG_DFL) {
    meetAgain(signal, info, before);
  } else if (before.sa_handler != SIG_IGN) {
    before.sa_handler(signal);
  } else if (info->si_code > 0) {
    meetAgain(signal, info, before);  // a fault cannot be ignored
  }
}

void installHandlers() {
  for (std::size_t index = 0; index < kSignals.size(); ++index) {
    // Read first: the new handler may run as soon as it is there.
    ::sigaction(kSignals[index], nullptr, &earlier[index]);
    struct sigaction action = earlier[index];
    action.sa_sigaction = handle;
    action.sa_flags = SA_SIGINFO | SA_ONSTACK;
    ::sigaction(kSignals[index], &action, nullptr);
  }
}

}  // namespace

void watchEngine(const Engine* engine) {
  static std::once_flag isInstalled;
  std::call_once(isInstalled, installHandlers);
  for (Watched& place : watched) {
    const Engine* none = nullptr;
    if (!place.engine.compare_exchange_strong(none, engine)) continue;
    place.thread.store(::pthread_self());
    return;
  }
}

void forgetEngine(const Engine* engine) {
  for (Watched& place : watched) {
    const Engine* expected = engine;
    if (place.engine.compare_exchange_strong(expected, nullptr)) return;
  }
}

}  // namespace capgrid
