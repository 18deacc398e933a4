// out[i] = condition[i] ? a[i] : b[i]: elements of 1, 2, 4 or 8 bytes are moved as they are.
//
// Plain: any strides, an element a thread. Fast: 4 bytes, row-major, four elements a thread.
#include "layout.cuh"

template <class T>
__device__ inline void strided(const unsigned char* condition, const T* a, const T* b, T* out, const Layout<3>& layout,
                               unsigned n) {
  FOR_EACH(i, n) {
    int at[3];
    locate(layout, i, at);
    out[i] = condition[at[0]] ? a[at[1]] : b[at[2]];
  }
}

#define STRIDED(name, T)                                                                                         \
  extern "C" __global__ void name(const unsigned char* condition, const T* a, const T* b, T* out, Layout<3> layout, \
                                  unsigned n) {                                                                  \
    strided(condition, a, b, out, layout, n);                                                                    \
  }

STRIDED(select_1, unsigned char)
STRIDED(select_2, unsigned short)
STRIDED(select_4, unsigned)
STRIDED(select_8, unsigned long long)

extern "C" __global__ void select_dense(const unsigned char* condition, const unsigned* a, const unsigned* b,
                                        unsigned* out, unsigned n) {
  FOR_EACH(i, n / 4) {
    const uchar4 c = reinterpret_cast<const uchar4*>(condition)[i];
    const uint4 u = reinterpret_cast<const uint4*>(a)[i], v = reinterpret_cast<const uint4*>(b)[i];
    reinterpret_cast<uint4*>(out)[i] =
        make_uint4(c.x ? u.x : v.x, c.y ? u.y : v.y, c.z ? u.z : v.z, c.w ? u.w : v.w);
  }
  const unsigned rest = n / 4 * 4 + blockIdx.x * blockDim.x + threadIdx.x;
  if (rest < n) out[rest] = condition[rest] ? a[rest] : b[rest];
}
