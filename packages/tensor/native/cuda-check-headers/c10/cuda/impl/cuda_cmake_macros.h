// Only for native/build.mjs --check-cuda: a libtorch that was built without CUDA lacks this header,
// which the build of libtorch writes. Empty as for a libtorch of shared libraries.
#pragma once
