// Where the elements of strided tensors lie. dev.weft.cuda.Layout makes the structure: axes of extent 1 are gone, and
// neighbouring axes that every operand steps through evenly have become one.
#pragma once

constexpr int AXES = 8;

// The way through N tensors of one shape in row-major order; axes are numbered from the innermost.
template <int N>
struct Layout {
  int axes;  // in use, 1 at least
  int extent[AXES];
  unsigned magic[AXES];  // for the division by the extent
  int shift[AXES];
  int stride[N][AXES];  // in elements
};

// i / extent for i < 2^31 by a multiplication (Granlund and Montgomery, PLDI 1994): a division takes a card some twenty
// instructions.
template <int N>
__device__ inline unsigned divided(const Layout<N>& layout, int axis, unsigned i) {
  return (__umulhi(i, layout.magic[axis]) + i) >> layout.shift[axis];
}

// Where each tensor has its element i, relative to its first.
template <int N>
__device__ inline void locate(const Layout<N>& layout, unsigned i, int (&at)[N]) {
#pragma unroll
  for (int t = 0; t < N; t++) at[t] = 0;
#pragma unroll
  for (int axis = 0; axis < AXES; axis++) {
    const bool last = axis == layout.axes - 1;
    const unsigned rest = last ? 0 : divided(layout, axis, i);
    const int index = (int)(i - rest * layout.extent[axis]);
#pragma unroll
    for (int t = 0; t < N; t++) at[t] += index * layout.stride[t][axis];
    if (last) return;
    i = rest;
  }
}

// The same with divisions: what "locate" replaced.
template <int N>
__device__ inline void locate_plain(const Layout<N>& layout, unsigned i, int (&at)[N]) {
#pragma unroll
  for (int t = 0; t < N; t++) at[t] = 0;
#pragma unroll 1
  for (int axis = 0; axis < layout.axes; axis++) {
    const int index = i % layout.extent[axis];
    i /= layout.extent[axis];
#pragma unroll
    for (int t = 0; t < N; t++) at[t] += index * layout.stride[t][axis];
  }
}

__device__ inline int located(const Layout<1>& layout, unsigned i) {
  int at[1];
  locate(layout, i, at);
  return at[0];
}

// A thread for each element; where there are more elements than threads, each takes several.
#define FOR_EACH(i, n) \
  _Pragma("unroll 1") for (unsigned i = blockIdx.x * blockDim.x + threadIdx.x; i < (n); i += gridDim.x * blockDim.x)
