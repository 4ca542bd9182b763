#include "cpu-allocator.h"

#include <c10/core/Allocator.h>
#include <c10/core/CPUAllocator.h>

#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <map>
#include <mutex>
#include <new>

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
  // libtorch's base class has the one or the other of these two, by version.
  c10::DataPtr allocate(std::size_t bytes) { return make(bytes); }
  c10::DataPtr allocate(std::size_t bytes) const { return const_cast<Keeper*>(this)->make(bytes); }
  void copy_data(void* to, const void* from, std::size_t bytes) const { std::memcpy(to, from, bytes); }

  c10::DeleterFnPtr raw_deleter() const override { return &Keeper::giveBack; }

  std::size_t kept() {
    const std::lock_guard<std::mutex> lock(mutex_);
    return kept_;
  }

  void limit(std::size_t most) {
    const std::lock_guard<std::mutex> lock(mutex_);
    most_ = most;
    shrink(most);
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
    const auto found = bySize_.lower_bound(size);
    if (found == bySize_.end() || found->first > size + size / 8) return nullptr;
    return remove(found);
  }

  void* fromSystem(std::size_t size) {
    void* block = nullptr;
    if (::posix_memalign(&block, kAlignment, size + kHeader) != 0) {
      {
        const std::lock_guard<std::mutex> lock(mutex_);
        shrink(0);
      }
      if (::posix_memalign(&block, kAlignment, size + kHeader) != 0) {
        TORCH_CHECK(false, "not enough memory: could not allocate ", size, " bytes");
      }
    }
    std::memcpy(block, &size, sizeof size);
    return block;
  }

  static void giveBack(void* data);

  void keep(void* block) noexcept {
    std::size_t size = 0;
    std::memcpy(&size, block, sizeof size);
    if (size < kLeastKept || !add(size, block)) std::free(block);
  }

  // False where the block may not be kept.
  bool add(std::size_t size, void* block) noexcept {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (size > most_) return false;
    try {
      const auto place = bySize_.insert({size, {block, next_}});
      try {
        byAge_.emplace(next_++, place);
      } catch (const std::bad_alloc&) {
        bySize_.erase(place);
        return false;
      }
    } catch (const std::bad_alloc&) {
      return false;
    }
    kept_ += size;
    shrink(most_);
    return true;
  }

  struct Kept {
    void* block;
    std::uint64_t age;  // the smaller, the older
  };
  using BySize = std::multimap<std::size_t, Kept>;

  void* remove(BySize::iterator place) noexcept {
    void* const block = place->second.block;
    kept_ -= place->first;
    byAge_.erase(place->second.age);
    bySize_.erase(place);
    return block;
  }

  // Gives the oldest blocks back to the system until no more than `most` bytes are kept.
  void shrink(std::size_t most) noexcept {
    while (kept_ > most) std::free(remove(byAge_.begin()->second));
  }

  // The mutex guards all of these.
  std::mutex mutex_;
  BySize bySize_;
  std::map<std::uint64_t, BySize::iterator> byAge_;
  std::uint64_t next_ = 0;
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

void setKeptLimit(std::size_t bytes) { keeper().limit(bytes); }

}  // namespace capgrid
