// The greatest number of a row and the sum of powers relative to it, in one pass: the sum is scaled down whenever a greater
// number comes (online softmax: Milakov and Gimelshein, arXiv 1805.02867).
#pragma once
#include "rows.cuh"

template <class T>
struct Online {
  T max = -INFINITY, sum = 0;

  // One power for a number: it, or what is there, is relative to the greater of both.
  __device__ void add(T x) {
    if (x == -INFINITY) return;
    const T difference = x - max, power = exp(difference > 0 ? -difference : difference);
    sum = difference > 0 ? sum * power + 1 : sum + power;
    max = greatest(max, x);
  }

  __device__ void join(T other_max, T other_sum) {
    const T both = greatest(max, other_max), shift = both == -INFINITY ? 0 : both;
    sum = sum * exp(max - shift) + other_sum * exp(other_max - shift);
    max = both;
  }
};

// Joins what the threads of a team have found; every thread gets the whole. "partial" holds two numbers a warp.
template <class T>
__device__ inline Online<T> team_join(Online<T> part, T (*partial)[2]) {
  for (int offset = WARP / 2; offset > 0; offset /= 2) {
    const T other_max = __shfl_xor_sync(ALL, part.max, offset), other_sum = __shfl_xor_sync(ALL, part.sum, offset);
    part.join(other_max, other_sum);
  }
  if (blockDim.x == WARP) return part;
  if (threadIdx.x % WARP == 0) {
    partial[threadIdx.x / WARP][0] = part.max;
    partial[threadIdx.x / WARP][1] = part.sum;
  }
  __syncthreads();
  Online<T> all;
  for (int i = 0; i < blockDim.x / WARP; i++) all.join(partial[i][0], partial[i][1]);
  return all;
}

template <class T>
__device__ inline Online<T> online_row(const Vector<T>& row, int n, T (*partial)[2]) {
  Online<T> part;
  for (int i = threadIdx.x; i < n; i += blockDim.x) part.add(row[i]);
  return team_join(part, partial);
}

// The same of a row in registers, where every number is at hand twice: first the greatest, then the powers, once each.
__device__ inline Online<float> online_piece(const Piece& x, float (*partial)[2]) {
  Online<float> part;
#pragma unroll
  for (int e = 0; e < EACH; e++) {
#pragma unroll
    for (int i = 0; i < 4; i++) part.max = greatest(part.max, x.v[e][i]);
  }
  const float shift = part.max == -INFINITY ? 0 : part.max;
#pragma unroll
  for (int e = 0; e < EACH; e++) {
#pragma unroll
    for (int i = 0; i < 4; i++) part.sum += exp(x.v[e][i] - shift);
  }
  return team_join(part, partial);
}
