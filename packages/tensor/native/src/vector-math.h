// exp, tanh and sigmoid as plain arithmetic, so that the compiler turns loops over them into vector
// code. The errors given are against double precision and are checked by the fused kernels' tests.
#pragma once
#include <cstdint>
#include <cstring>

// Loops in functions marked so are compiled for several instruction sets; the loader picks one. Before
// release 12 GCC has no names for the levels of x86-64, only for one extension at a time.
#if defined(__x86_64__) && defined(__GLIBC__) && defined(__GNUC__) && !defined(__clang__)
#if __GNUC__ >= 12
#define CAPGRID_VECTORISED __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define CAPGRID_VECTORISED __attribute__((target_clones("avx512f", "avx2", "default")))
#endif
#else
#define CAPGRID_VECTORISED
#endif
#define CAPGRID_INLINE inline __attribute__((always_inline))

namespace capgrid {

// Relative error below 2e-7; NaN stays. Polynomial and range reduction: Cephes, expf (S. Moshier).
CAPGRID_INLINE float fastExp(float x) {
  x = x < -87.0F ? -87.0F : x;
  x = x > 88.0F ? 88.0F : x;
  // Rounded by the addition: floats of this size are whole numbers, and their bits count them. A
  // conversion to an integer would keep the loop around it from becoming vector code.
  constexpr float kWholeFrom = 12582912.0F;  // 1.5 * 2^23
  const float shifted = x * 1.44269504088896341F + kWholeFrom;
  const float whole = shifted - kWholeFrom;
  std::int32_t n;
  std::memcpy(&n, &shifted, sizeof n);
  n -= 0x4B400000;  // the bits of kWholeFrom
  const float r = (x - whole * 0.693359375F) + whole * 2.12194440e-4F;
  float p = 1.9875691500e-4F;
  p = p * r + 1.3981999507e-3F;
  p = p * r + 8.3334519073e-3F;
  p = p * r + 4.1665795894e-2F;
  p = p * r + 1.6666665459e-1F;
  p = p * r + 5.0000001201e-1F;
  p = p * r * r + r + 1.0F;
  const std::uint32_t bits = static_cast<std::uint32_t>(n + 127) << 23;
  float power;
  std::memcpy(&power, &bits, sizeof power);
  return p * power;
}

// Absolute error below 5e-7. Rational approximation of degree 13/6 with the coefficients of Eigen
// (generic_fast_tanh_float).
CAPGRID_INLINE float fastTanh(float x) {
  x = x < -7.90531110763549805F ? -7.90531110763549805F : x;
  x = x > 7.90531110763549805F ? 7.90531110763549805F : x;
  const float s = x * x;
  float p = -2.76076847742355e-16F;
  p = p * s + 2.00018790482477e-13F;
  p = p * s - 8.60467152213735e-11F;
  p = p * s + 5.12229709037114e-08F;
  p = p * s + 1.48572235717979e-05F;
  p = p * s + 6.37261928875436e-04F;
  p = p * s + 4.89352455891786e-03F;
  float q = 1.19825839466702e-06F;
  q = q * s + 1.18534705686654e-04F;
  q = q * s + 2.26843463243900e-03F;
  q = q * s + 4.89352518554385e-03F;
  return x * p / q;
}

// Absolute error below 3e-7.
CAPGRID_INLINE float fastSigmoid(float x) { return 0.5F * fastTanh(0.5F * x) + 0.5F; }

}  // namespace capgrid
