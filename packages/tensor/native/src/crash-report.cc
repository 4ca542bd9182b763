#include "crash-report.h"

#include <unistd.h>

#include <csignal>
#include <cstring>

namespace capgrid {
namespace {

// A signal handler gets no argument of ours, so this one pointer is static. One engine computes
// per process: the last one that was started is watched.
const Engine* volatile watched = nullptr;

constexpr int kSignals[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT};

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

void report(int signal) {
  const Engine* engine = watched;
  if (engine != nullptr && engine->running().name != nullptr) {
    const RunningOp& running = engine->running();
    Line line;
    line.add("capgrid-native: crashed in ");
    line.add(running.name);
    for (int i = 0; i < running.inputCount; ++i) {
      const at::Tensor* tensor = engine->table().find(running.inputs[static_cast<std::size_t>(i)]);
      if (tensor == nullptr) continue;
      line.add(i == 0 ? " with " : ", ");
      addTensor(line, *tensor);
    }
    line.add(" (");
    line.add(nameOf(signal));
    line.add(")\n");
    line.write();
  }
  // The handler was removed on entry (SA_RESETHAND): the signal now ends the process as usual.
  ::raise(signal);
}

}  // namespace

void watchEngine(const Engine* engine) {
  const bool isFirst = watched == nullptr;
  watched = engine;
  if (!isFirst) return;
  for (const int signal : kSignals) {
    struct sigaction action {};
    action.sa_handler = report;
    // NOLINTNEXTLINE: flags of sigaction are ints in POSIX
    action.sa_flags = static_cast<int>(SA_RESETHAND) | SA_NODEFER;
    sigaction(signal, &action, nullptr);
  }
}

void forgetEngine(const Engine* engine) {
  if (watched == engine) watched = nullptr;
}

}  // namespace capgrid
