// Keeps freed memory of the CPU for the next tensor of about the same size. A training step makes and
// frees the same large tensors each time; without this the system would map, clear and unmap their
// pages in every step, which takes longer than filling them.
#pragma once
#include <cstddef>

namespace capgrid {

// Makes it libtorch's allocator of this process. Idempotent.
void installCpuAllocator();
// Bytes that are kept for reuse.
std::size_t keptBytes();
// Gives them back to the system.
void releaseKept();

}  // namespace capgrid
