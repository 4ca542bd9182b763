#include "cpu-allocator.h"

#include <c10/core/Allocator.h>
#include <c10/core/CPUAllocator.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <map>
#include <mutex>
#include <new>
#include <string>

namespace capgrid {
namespace {

constexpr std::size_t kAlignment = 64;
// Smaller blocks are as quick from malloc.
constexpr std::size_t kLeastKept = std::size_t{1} << 16;
constexpr std::size_t kUnit = std::size_t{1} << 12;
// The size of a block stands in front of its data.
constexpr std::size_t kHeader = kAlignment;

class Keeper final : public c10::Allocator {
 public:
  Keeper() {
    const auto pages = ::sysconf(_SC_PHYS_PAGES);
    const auto pageSize = ::sysconf(_SC_PAGE_SIZE);
    const std::uint64_t memory =
        pages > 0 && pageSize > 0 ? static_cast<std::uint64_t>(pages) * static_cast<std::uint64_t>(pageSize) : 0;
    most_ = static_cast<std::size_t>(memory / 8);
  }

  // libtorch's base class has the one or the other of these two, by version.
  c10::DataPtr allocate(std::size_t bytes) { return make(bytes); }
  c10::DataPtr allocate(std::size_t bytes) const { return const_cast<Keeper*>(this)->make(bytes); }
  void copy_data(void* to, const void* from, std::size_t bytes) const { std::memcpy(to, from, bytes); }

  c10::DeleterFnPtr raw_deleter() const override { return &Keeper::giveBack; }

  std::size_t kept() {
    const std::lock_guard<std::mutex> lock(mutex_);
    return kept_;
  }

  void release() {
    const std::lock_guard<std::mutex> lock(mutex_);
    for (const auto& [size, block] : free_) std::free(block);
    free_.clear();
    kept_ = 0;
  }

 private:
  c10::DataPtr make(std::size_t bytes) {
    if (bytes == 0) return {nullptr, c10::Device(c10::DeviceType::CPU)};
    const std::size_t size = bytes < kLeastKept ? bytes : (bytes + kUnit - 1) / kUnit * kUnit;
    void* block = size < kLeastKept ? nullptr : take(size);
    if (block == nullptr) block = fromSystem(size);
    char* data = static_cast<char*>(block) + kHeader;
    // The context has to be the data itself, or the raw interface, which oneDNN uses, would be closed.
    return {data, data, &Keeper::giveBack, c10::Device(c10::DeviceType::CPU)};
  }

  // The smallest kept block of at least this size, unless it would waste more than an eighth.
  void* take(std::size_t size) {
    const std::lock_guard<std::mutex> lock(mutex_);
    const auto found = free_.lower_bound(size);
    if (found == free_.end() || found->first > size + size / 8) return nullptr;
    void* block = found->second;
    kept_ -= found->first;
    free_.erase(found);
    return block;
  }

  void* fromSystem(std::size_t size) {
    void* block = nullptr;
    if (::posix_memalign(&block, kAlignment, size + kHeader) != 0) {
      release();
      if (::posix_memalign(&block, kAlignment, size + kHeader) != 0) {
        TORCH_CHECK(false, "not enough memory: could not allocate ", size, " bytes");
      }
    }
    std::memcpy(block, &size, sizeof size);
    return block;
  }

  static void giveBack(void* data);

  void keep(void* block) {
    std::size_t size = 0;
    std::memcpy(&size, block, sizeof size);
    if (size >= kLeastKept) {
      const std::lock_guard<std::mutex> lock(mutex_);
      if (kept_ + size <= most_) {
        free_.emplace(size, block);
        kept_ += size;
        return;
      }
    }
    std::free(block);
  }

  std::mutex mutex_;
  std::multimap<std::size_t, void*> free_;
  std::size_t kept_ = 0;
  std::size_t most_ = 0;
};

// libtorch has one allocator per process, which must outlive every tensor: never destroyed.
Keeper& keeper() {
  static Keeper* const instance = new Keeper();  // NOLINT: on purpose without an owner, see above
  return *instance;
}

void Keeper::giveBack(void* data) {
  if (data != nullptr) keeper().keep(static_cast<char*>(data) - kHeader);
}

}  // namespace

void installCpuAllocator() { c10::SetCPUAllocator(&keeper(), /*priority=*/1); }

std::size_t keptBytes() { return keeper().kept(); }

void releaseKept() { keeper().release(); }

}  // namespace capgrid
