// Keeps freed memory of the CPU for the next tensor of about the same size. A training step makes and
// frees the same large tensors each time; without this the system would map, clear and unmap their
// pages in every step, which takes longer than filling them.
#pragma once
#include <cstddef>

namespace capgrid {

// Makes it libtorch's allocator of this process. Idempotent. Nothing is kept before a limit is set.
void installCpuAllocator();
// Bytes that may be kept; what is more goes back to the system, the oldest first.
void setKeptLimit(std::size_t bytes);
// Bytes that are kept.
std::size_t keptBytes();

}  // namespace capgrid
