// Rows that indices name: I32 or I64 of any strides become I32 side by side. An index outside a table is not looked up:
// the least position of such a one stays in *wrong, which holds the number of indices before.
#include "layout.cuh"

template <class T>
__device__ inline void resolve(const T* indices, int* rows, unsigned* wrong, const Layout<1>& layout, unsigned n,
                               int count) {
  FOR_EACH(i, n) {
    const T index = indices[located(layout, i)];
    const bool good = index >= 0 && index < count;
    rows[i] = good ? (int)index : 0;
    if (!good) atomicMin(wrong, i);
  }
}

extern "C" __global__ void indices_i32(const int* indices, int* rows, unsigned* wrong, Layout<1> layout, unsigned n,
                                       int count) {
  resolve(indices, rows, wrong, layout, n, count);
}

extern "C" __global__ void indices_i64(const long long* indices, int* rows, unsigned* wrong, Layout<1> layout,
                                       unsigned n, int count) {
  resolve(indices, rows, wrong, layout, n, count);
}
