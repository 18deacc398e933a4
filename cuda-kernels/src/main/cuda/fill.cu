// The same bits everywhere; a pattern of 16 bytes holds the element 2, 4, 8 or 16 times.
//
// Plain: an element of 1, 2, 4 or 8 bytes a thread. Fast: 16 bytes a thread, what is left over byte by byte.
#include "layout.cuh"

#define PLAIN(name, T) \
  extern "C" __global__ void name(T* out, unsigned long long bits, unsigned n) { FOR_EACH(i, n) out[i] = (T)bits; }

PLAIN(fill_1, unsigned char)
PLAIN(fill_2, unsigned short)
PLAIN(fill_4, unsigned)
PLAIN(fill_8, unsigned long long)

extern "C" __global__ void fill_dense(ulonglong2* out, unsigned long long pattern, unsigned long long bytes) {
  const unsigned long long first = (unsigned long long)blockIdx.x * blockDim.x + threadIdx.x;
#pragma unroll 1
  for (unsigned long long i = first; i < bytes / 16; i += gridDim.x * blockDim.x) {
    out[i] = make_ulonglong2(pattern, pattern);
  }
  const unsigned long long rest = bytes / 16 * 16 + first;
  if (rest < bytes) reinterpret_cast<unsigned char*>(out)[rest] = (unsigned char)(pattern >> (8 * (rest % 8)));
}
