// Sums over rows, for the gradients of what a norm scales and shifts by: always in the same order, so that they are the same
// bits each time. A first launch adds up chunks of rows, a second one the chunks.
#pragma once
#include "rows.cuh"

// Blocks of 32 × COLUMN_TEAM threads: 32 columns, and each thread every COLUMN_TEAM-th row of a chunk.
constexpr int COLUMN_TEAM = 16;

// terms(row, column, scale, shift) adds to both. The chunk's sums go to scales[chunk][column] and shifts[chunk][column].
template <class T, class F>
__device__ inline void column_sums(int rows, int n, int rows_per_chunk, T* scales, T* shifts, F terms) {
  __shared__ T partial[COLUMN_TEAM][2][WARP];
  const int column = blockIdx.x * WARP + threadIdx.x, chunk = blockIdx.y;
  const int end = min((long long)rows, (long long)(chunk + 1) * rows_per_chunk);
  T scale = 0, shift = 0;
  if (column < n) {
    for (int row = chunk * rows_per_chunk + threadIdx.y; row < end; row += COLUMN_TEAM) terms(row, column, scale, shift);
  }
  partial[threadIdx.y][0][threadIdx.x] = scale;
  partial[threadIdx.y][1][threadIdx.x] = shift;
  __syncthreads();
  if (threadIdx.y > 1 || column >= n) return;
  T sum = 0;
  for (int i = 0; i < COLUMN_TEAM; i++) sum += partial[i][threadIdx.y][threadIdx.x];
  (threadIdx.y == 0 ? scales : shifts)[(long long)chunk * n + column] = sum;
}

// Adds up the chunks: scales and shifts [chunks, n] to [n] each.
template <class T>
__device__ inline void sum_chunks(const T* scales, const T* shifts, int chunks, int n, T* dscale, T* dshift) {
  column_sums(chunks, n, chunks, dscale, dshift, [=](int chunk, int column, T& scale, T& shift) {
    scale += scales[(long long)chunk * n + column];
    shift += shifts[(long long)chunk * n + column];
  });
}
