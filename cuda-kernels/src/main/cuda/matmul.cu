// C = f(scale · A B + bias), [m, k] × [k, n]; any strides, so that a transposed operand is read where it lies, and batches.
//
// Plain: a thread an element; every factor is read n or m times from global memory. Tiled: a block of 16×16 threads
// brings a 64×16 tile of A and a 16×64 tile of B to shared memory, and each thread keeps 4×4 sums in registers: a factor
// is read from global memory once for 64 products. Wide: 128×128 tiles, 8×8 sums a thread; operands come by 16 bytes, and
// while a step is computed the next one is on its way. Products of tensor cores are in matmul_tensor.cu.
#include "product.cuh"

extern "C" __global__ void matmul_plain(const float* a, const float* b, float* c, int m, int n, int k) {
  const int column = blockIdx.x * blockDim.x + threadIdx.x, row = blockIdx.y * blockDim.y + threadIdx.y;
  if (row >= m || column >= n) return;
  float sum = 0;
  for (int p = 0; p < k; p++) sum += a[row * k + p] * b[p * n + column];
  c[row * n + column] = sum;
}

constexpr int TILE = 64, DEPTH = 16, SIDE = 16, EACH = TILE / SIDE, THREADS = SIDE * SIDE, PITCH = TILE + 4;

// Brings TILE lines of DEPTH numbers to shared memory, [DEPTH][TILE]; beyond the operand stand zeros. A warp reads along
// whichever stride is 1: 8 numbers of 4 lines each, whole sectors of 32 bytes, or 32 lines at once. With 4 more numbers a
// row, every store of a warp goes to a bank of its own, (4 p + line) % 32.
template <class T, class From>
__device__ inline void bring(T (*to)[PITCH], const From* from, int lines, int depth, int line0, int p0, int line_stride,
                             int depth_stride, int thread) {
  if (depth_stride == 1) {
    for (int e = thread; e < TILE * DEPTH; e += THREADS) {
      const int line = e / 8 % TILE, p = e % 8 + e / (8 * TILE) * 8;
      const bool inside = line0 + line < lines && p0 + p < depth;
      to[p][line] = inside ? factor(from[(long long)(line0 + line) * line_stride + p0 + p]) : 0;
    }
  } else {
    for (int e = thread; e < TILE * DEPTH; e += THREADS) {
      const int line = e % TILE, p = e / TILE;
      const bool inside = line0 + line < lines && p0 + p < depth;
      to[p][line] =
          inside ? factor(from[(long long)(line0 + line) * line_stride + (long long)(p0 + p) * depth_stride]) : 0;
    }
  }
}

template <class T>
__device__ inline void load4(const T* from, T* to) {
#pragma unroll
  for (int i = 0; i < 4; i++) to[i] = from[i];
}

template <>
__device__ inline void load4<float>(const float* from, float* to) {
  const float4 v = *reinterpret_cast<const float4*>(from);
  to[0] = v.x, to[1] = v.y, to[2] = v.z, to[3] = v.w;
}

template <class T, class B>
__device__ void tiled(const Product<T>& p) {
  // First the operands' tiles, in the end the result's.
  __shared__ __align__(16) T memory[2 * DEPTH * PITCH > TILE * (TILE + 1) ? 2 * DEPTH * PITCH : TILE * (TILE + 1)];
  T(*left)[PITCH] = reinterpret_cast<T(*)[PITCH]>(memory);
  T(*right)[PITCH] = left + DEPTH;
  const int x = threadIdx.x, y = threadIdx.y, thread = y * SIDE + x;
  const Tile at = tile_of_block(p.m, p.n, TILE, TILE);
  for (int matrix = blockIdx.y; matrix < p.batch; matrix += gridDim.y) {
    const T* a = static_cast<const T*>(p.a) + batch_start(p.dims, p.a_batch, matrix);
    const B* b = static_cast<const B*>(p.b) + batch_start(p.dims, p.b_batch, matrix);
    T sums[EACH][EACH] = {};
    for (int p0 = 0; p0 < p.k; p0 += DEPTH) {
      bring(left, a, p.m, p.k, at.row, p0, p.a_row, p.a_column, thread);
      bring(right, b, p.n, p.k, at.column, p0, p.b_column, p.b_row, thread);
      __syncthreads();
#pragma unroll 4
      for (int q = 0; q < DEPTH; q++) {
        T u[EACH], v[EACH];
        load4(&left[q][y * EACH], u);
        load4(&right[q][x * EACH], v);
#pragma unroll
        for (int i = 0; i < EACH; i++) {
#pragma unroll
          for (int j = 0; j < EACH; j++) sums[i][j] += u[i] * v[j];
        }
      }
      __syncthreads();
    }
    for (int i = 0; i < EACH; i++) {
      for (int j = 0; j < EACH; j++) memory[(y * EACH + i) * (TILE + 1) + x * EACH + j] = sums[i][j];
    }
    __syncthreads();
    finish<TILE, TILE, TILE + 1>(p, memory, p.out + (long long)matrix * p.m * p.n, at.row, at.column, thread, THREADS);
    __syncthreads();
  }
}

extern "C" __global__ void __launch_bounds__(THREADS) matmul_f32(Product<float> p) { tiled<float, float>(p); }
extern "C" __global__ void __launch_bounds__(THREADS) matmul_f16(Product<float> p) { tiled<float, Half>(p); }
extern "C" __global__ void __launch_bounds__(THREADS) matmul_bf16(Product<float> p) { tiled<float, BFloat>(p); }
extern "C" __global__ void __launch_bounds__(THREADS) matmul_f64(Product<double> p) { tiled<double, double>(p); }

// ---- Wide ------------------------------------------------------------------------------------------------------------

constexpr int WIDE = 128, WIDE_PITCH = WIDE + 4, HALVES = 2;

// 4 neighbours, or zeros where they lie beyond the operand; extents along which one reads are multiples of 4.
__device__ inline float4 four(const float* from, bool inside) {
  return inside ? *reinterpret_cast<const float4*>(from) : make_float4(0, 0, 0, 0);
}

// A thread's part, 2 times 4 numbers, of 128 lines of DEPTH numbers. Along the depth: 16 lines of 8 numbers a warp, whole
// sectors; along the lines: 128 numbers of one depth.
template <bool ALONG_DEPTH>
struct Part {
  float4 v[HALVES];

  __device__ void read(const float* from, int lines, int depth, int line0, int p0, int stride, int thread) {
#pragma unroll
    for (int half = 0; half < HALVES; half++) {
      if (ALONG_DEPTH) {
        const int line = line0 + thread / 2, p = p0 + thread % 2 * 4 + half * 8;
        v[half] = four(from + (long long)line * stride + p, line < lines && p < depth);
      } else {
        const int line = line0 + thread % 32 * 4, p = p0 + thread / 32 + half * 8;
        v[half] = four(from + (long long)p * stride + line, line < lines && p < depth);
      }
    }
  }

  // Along the depth the numbers are turned: the stores of a warp go to rows p and p + 4 and 16 columns, a bank each.
  __device__ void write(float (*to)[WIDE_PITCH], int thread) const {
#pragma unroll
    for (int half = 0; half < HALVES; half++) {
      if (ALONG_DEPTH) {
        const int line = thread / 2, p = thread % 2 * 4 + half * 8;
        to[p][line] = v[half].x, to[p + 1][line] = v[half].y, to[p + 2][line] = v[half].z, to[p + 3][line] = v[half].w;
      } else {
        *reinterpret_cast<float4*>(&to[thread / 32 + half * 8][thread % 32 * 4]) = v[half];
      }
    }
  }
};

template <bool A_ALONG_DEPTH, bool B_ALONG_DEPTH>
__device__ void wide(const Product<float>& p) {
  __shared__ __align__(16) float memory[2][2][DEPTH][WIDE_PITCH];  // [step % 2][A, B]
  const int x = threadIdx.x, y = threadIdx.y, thread = y * SIDE + x;
  const Tile at = tile_of_block(p.m, p.n, WIDE, WIDE);
  const int a_stride = A_ALONG_DEPTH ? p.a_row : p.a_column, b_stride = B_ALONG_DEPTH ? p.b_column : p.b_row;
  for (int matrix = blockIdx.y; matrix < p.batch; matrix += gridDim.y) {
    const float* a = static_cast<const float*>(p.a) + batch_start(p.dims, p.a_batch, matrix);
    const float* b = static_cast<const float*>(p.b) + batch_start(p.dims, p.b_batch, matrix);
    float sums[2][2][EACH][EACH] = {};  // two times two blocks of 4×4, 64 apart
    Part<A_ALONG_DEPTH> next_a;
    Part<B_ALONG_DEPTH> next_b;
    next_a.read(a, p.m, p.k, at.row, 0, a_stride, thread);
    next_b.read(b, p.n, p.k, at.column, 0, b_stride, thread);
    for (int p0 = 0; p0 < p.k; p0 += DEPTH) {
      float(*left)[WIDE_PITCH] = memory[p0 / DEPTH % 2][0], (*right)[WIDE_PITCH] = memory[p0 / DEPTH % 2][1];
      next_a.write(left, thread);
      next_b.write(right, thread);
      // One barrier a step: who is ahead writes to the other buffer, which all have left.
      __syncthreads();
      if (p0 + DEPTH < p.k) {
        next_a.read(a, p.m, p.k, at.row, p0 + DEPTH, a_stride, thread);
        next_b.read(b, p.n, p.k, at.column, p0 + DEPTH, b_stride, thread);
      }
#pragma unroll 2
      for (int q = 0; q < DEPTH; q++) {
        float u[2][EACH], v[2][EACH];
#pragma unroll
        for (int half = 0; half < 2; half++) {
          load4(&left[q][half * 64 + y * EACH], u[half]);
          load4(&right[q][half * 64 + x * EACH], v[half]);
        }
#pragma unroll
        for (int block = 0; block < 4; block++) {
#pragma unroll
          for (int e = 0; e < EACH * EACH; e++)
            sums[block / 2][block % 2][e / EACH][e % EACH] += u[block / 2][e / EACH] * v[block % 2][e % EACH];
        }
      }
    }
    // The result's tile, a quarter at a time.
    float* quarter = &memory[0][0][0][0];
#pragma unroll
    for (int part = 0; part < 4; part++) {
      __syncthreads();
      if (y / 8 == part % 2) {
#pragma unroll
        for (int e = 0; e < 2 * EACH * EACH; e++) {
          const int half = e / (EACH * EACH), i = e / EACH % EACH, j = e % EACH;
          quarter[(y % 8 * EACH + i) * WIDE_PITCH + half * 64 + x * EACH + j] = sums[part / 2][half][i][j];
        }
      }
      __syncthreads();
      finish<32, WIDE, WIDE_PITCH>(p, quarter, p.out + (long long)matrix * p.m * p.n, at.row + part * 32, at.column, thread,
                                   THREADS);
    }
    __syncthreads();
  }
}

extern "C" __global__ void __launch_bounds__(THREADS, 2) matmul_wide_nn(Product<float> p) { wide<true, false>(p); }
extern "C" __global__ void __launch_bounds__(THREADS, 2) matmul_wide_nt(Product<float> p) { wide<true, true>(p); }
extern "C" __global__ void __launch_bounds__(THREADS, 2) matmul_wide_tn(Product<float> p) { wide<false, false>(p); }
extern "C" __global__ void __launch_bounds__(THREADS, 2) matmul_wide_tt(Product<float> p) { wide<false, true>(p); }
