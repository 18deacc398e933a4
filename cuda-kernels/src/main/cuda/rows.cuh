// Rows of views with any strides, and the team of threads that works on one: the threads of a block that share
// threadIdx.y. A team is a warp (blockDim.x = 32, several rows a block) or a whole block (blockDim.y = 1).
#pragma once
#include "warp.cuh"

constexpr int AXES = 5;

// Where the rows of a view begin: extents and strides of the axes before the last, unused ones first with extent 1; and
// the step from element to element. In elements.
struct Rows {
  int dims[AXES];
  int strides[AXES];
  int step;
};

__device__ inline long long row_start(const Rows& view, int row) {
  long long at = 0;
#pragma unroll
  for (int axis = AXES - 1; axis > 0; axis--) {
    if (row < view.dims[axis]) return at + (long long)row * view.strides[axis];
    at += (long long)(row % view.dims[axis]) * view.strides[axis];
    row /= view.dims[axis];
  }
  return at + (long long)row * view.strides[0];
}

// A vector with a step between its elements.
template <class T>
struct Vector {
  const T* data;
  long long step;
  __device__ T operator[](int i) const { return data[i * step]; }
};

// A view whose rows are taken one at a time.
template <class T>
struct View {
  const T* data;
  Rows rows;
  __device__ Vector<T> operator[](int row) const { return {data + row_start(rows, row), rows.step}; }
};

__device__ inline int team_row() { return blockIdx.x * blockDim.y + threadIdx.y; }

template <class T>
__device__ inline T greatest(T a, T b) {
  return a > b || a != a ? a : b;  // NaN wins
}

// Adds over the team; every thread gets the sum. "partial" holds a number a warp; the first barrier lets it be used twice
// in a row.
template <class T>
__device__ inline T team_sum(T x, T* partial) {
  for (int offset = WARP / 2; offset > 0; offset /= 2) x += __shfl_xor_sync(ALL, x, offset);
  if (blockDim.x == WARP) return x;
  __syncthreads();
  if (threadIdx.x % WARP == 0) partial[threadIdx.x / WARP] = x;
  __syncthreads();
  T sum = 0;
  for (int i = 0; i < blockDim.x / WARP; i++) sum += partial[i];
  return sum;
}

// Lets the team's threads see what the others have written.
__device__ inline void team_sync() {
  if (blockDim.x == WARP) __syncwarp();
  else __syncthreads();
}

// A row of floats in registers: each thread of the team has EACH times 4 neighbours, a team's width apart.
constexpr int EACH = 4;

struct Piece {
  float v[EACH][4];
};

__device__ inline Piece load(const float* row, int n, float otherwise) {
  Piece piece;
#pragma unroll
  for (int e = 0; e < EACH; e++) {
    const int at = 4 * (e * blockDim.x + threadIdx.x);
    const float4 v = at < n ? *reinterpret_cast<const float4*>(row + at) : make_float4(otherwise, otherwise, otherwise, otherwise);
    piece.v[e][0] = v.x, piece.v[e][1] = v.y, piece.v[e][2] = v.z, piece.v[e][3] = v.w;
  }
  return piece;
}

__device__ inline void store(const Piece& piece, float* row, int n) {
#pragma unroll
  for (int e = 0; e < EACH; e++) {
    const int at = 4 * (e * blockDim.x + threadIdx.x);
    const float* v = piece.v[e];
    if (at < n) *reinterpret_cast<float4*>(row + at) = make_float4(v[0], v[1], v[2], v[3]);
  }
}

template <class F>
__device__ inline void each(Piece& piece, F f) {
#pragma unroll
  for (int e = 0; e < EACH; e++) {
#pragma unroll
    for (int i = 0; i < 4; i++) piece.v[e][i] = f(piece.v[e][i]);
  }
}
