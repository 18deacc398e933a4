// What all matrix products share: where the operands lie, which tile a block makes, and what is done with its numbers.
#pragma once
#include "functions.cuh"

constexpr int BATCH_AXES = 4;

// out = f(scale · (a b) + bias), [m, k] × [k, n], for each matrix of a batch. Strides are in elements; a batch's axes that
// are not used come first, with extent 1. out is row-major.
template <class T>
struct Product {
  const void *a, *b;
  T* out;
  const T* bias;  // [n], or null
  double scale;
  int m, n, k;
  int a_row, a_column, b_row, b_column, bias_step;
  int batch, activation;
  int dims[BATCH_AXES], a_batch[BATCH_AXES], b_batch[BATCH_AXES];
};

// Where a matrix of the batch begins.
__device__ inline long long batch_start(const int* dims, const int* strides, int matrix) {
  long long at = 0;
#pragma unroll
  for (int axis = BATCH_AXES - 1; axis >= 0; axis--) {
    at += (long long)(matrix % dims[axis]) * strides[axis];
    matrix /= dims[axis];
  }
  return at;
}

// Which tile a block makes. Blocks that run at the same time should share rows and columns, so that these are in the L2 cache:
// tiles go down GROUP rows before the next column.
constexpr int GROUP = 8;

struct Tile {
  int row, column;
};

__device__ inline Tile tile_of_block(int m, int n, int rows, int columns) {
  const int down = (m + rows - 1) / rows, across = (n + columns - 1) / columns;
  const int block = blockIdx.x, group = block / (GROUP * across), first = group * GROUP;
  const int height = min(GROUP, down - first), within = block - group * GROUP * across;
  return {(first + within % height) * rows, within / height * columns};
}

// f, where there is one; -1: none.
template <class T>
__device__ inline T activated(int activation, T x) {
#define APPLY(op) return function<op>(x)
  FOR_OPERATOR(activation, APPLY)
#undef APPLY
  return x;
}

// How an element of B becomes a factor: half precision stands beside F32 only.
struct Half {
  unsigned short bits;
};

struct BFloat {
  unsigned short bits;
};

__device__ inline float factor(float x) { return x; }
__device__ inline double factor(double x) { return x; }
__device__ inline float factor(BFloat x) { return __uint_as_float((unsigned)x.bits << 16); }
__device__ inline float factor(Half x) {
  float value;
  asm("cvt.f32.f16 %0, %1;" : "=f"(value) : "h"(x.bits));
  return value;
}

// Stores rows row0 … row0 + ROWS - 1 of a tile that lies in shared memory: neighbours write neighbours, and the functions
// stand here once and not once for each sum of a thread.
template <int ROWS, int COLUMNS, int PITCH, class T>
__device__ inline void finish(const Product<T>& p, const T* tile, T* out, int row0, int column0, int thread, int threads) {
#pragma unroll 1
  for (int e = thread; e < ROWS * COLUMNS; e += threads) {
    const int row = row0 + e / COLUMNS, column = column0 + e % COLUMNS;
    if (row >= p.m || column >= p.n) continue;
    T value = tile[e / COLUMNS * PITCH + e % COLUMNS] * (T)p.scale;
    if (p.bias != nullptr) value += p.bias[(long long)column * p.bias_step];
    out[(long long)row * p.n + column] = activated(p.activation, value);
  }
}
