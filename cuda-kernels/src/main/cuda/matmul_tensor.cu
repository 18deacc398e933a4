// Matrix products on tensor cores, factors rounded to TF32 or BF16 and sums in F32; compute capability 8.0 and up.
//
// A block of 4 warps makes a 64×64 tile, each warp 32×32 of it, from tiles of 64 lines of 16 words in shared memory: of A's rows
// and of B's columns, wherever these lie. While a step is computed, the next one is on its way in registers.
#include "product.cuh"

#if __CUDA_ARCH__ >= 800
#include "mma.cuh"

// 4 words more than 16 a line, and lines group = 0 … 7 begin 20 apart: 8 lines of 4 words have a bank each.
constexpr int TILE = 64, WORDS = 16, PITCH = WORDS + 4, THREADS = 128, ROUNDS = 2, STEPS = WORDS / 4;

struct Bf16 {
  static constexpr int PER_WORD = 2;
  static __device__ unsigned word(float x, float y) { return bf16x2(x, y); }
  static __device__ void multiply(float* d, const unsigned* a, const unsigned* b) { multiply_bf16(d, a, b); }
};

struct Tf32 {
  static constexpr int PER_WORD = 1;
  static __device__ unsigned word(float x, float) { return tf32(x); }
  static __device__ void multiply(float* d, const unsigned* a, const unsigned* b) { multiply_tf32(d, a, b); }
};

// A thread's words of a tile: warps take 8 lines of 4 words at a time, which are whole sectors of global memory whichever way
// the operand lies, and all banks of shared memory.
template <class Kind>
struct Part {
  unsigned words[ROUNDS][STEPS];

  template <class From>
  __device__ void read(const From* from, int lines, int depth, int line0, int p0, int line_stride, int depth_stride,
                       int thread) {
#pragma unroll
    for (int round = 0; round < ROUNDS; round++) {
      const int line = line0 + thread / 4 + round * THREADS / 4;
      const From* at = from + (long long)line * line_stride;
#pragma unroll
      for (int step = 0; step < STEPS; step++) {
        const int p = p0 + (thread % 4 + 4 * step) * Kind::PER_WORD;
        const float x = line < lines && p < depth ? factor(at[(long long)p * depth_stride]) : 0;
        const float y = Kind::PER_WORD == 2 && line < lines && p + 1 < depth
                            ? factor(at[(long long)(p + 1) * depth_stride])
                            : 0;
        words[round][step] = Kind::word(x, y);
      }
    }
  }

  __device__ void write(unsigned (*to)[PITCH], int thread) const {
#pragma unroll
    for (int round = 0; round < ROUNDS; round++) {
#pragma unroll
      for (int step = 0; step < STEPS; step++) to[thread / 4 + round * THREADS / 4][thread % 4 + 4 * step] = words[round][step];
    }
  }
};

template <class Kind, class B>
__device__ void tensor(const Product<float>& p) {
  __shared__ unsigned memory[2][2][TILE][PITCH];  // [step % 2][A, B]
  const int thread = threadIdx.x, lane = thread % 32, group = lane / 4, within = lane % 4;
  const int row = thread / 64 * 32, column = thread / 32 % 2 * 32;  // of the warp, in the tile
  const Tile at = tile_of_block(p.m, p.n, TILE, TILE);
  constexpr int DEPTH = WORDS * Kind::PER_WORD;
  for (int matrix = blockIdx.y; matrix < p.batch; matrix += gridDim.y) {
    const float* a = static_cast<const float*>(p.a) + batch_start(p.dims, p.a_batch, matrix);
    const B* b = static_cast<const B*>(p.b) + batch_start(p.dims, p.b_batch, matrix);
    float sums[2][4][4] = {};
    Part<Kind> next_a, next_b;
    next_a.read(a, p.m, p.k, at.row, 0, p.a_row, p.a_column, thread);
    next_b.read(b, p.n, p.k, at.column, 0, p.b_column, p.b_row, thread);
    for (int p0 = 0; p0 < p.k; p0 += DEPTH) {
      unsigned(*left)[PITCH] = memory[p0 / DEPTH % 2][0], (*right)[PITCH] = memory[p0 / DEPTH % 2][1];
      next_a.write(left, thread);
      next_b.write(right, thread);
      // One barrier a step: who is ahead writes to the other buffer, which all have left.
      __syncthreads();
      if (p0 + DEPTH < p.k) {
        next_a.read(a, p.m, p.k, at.row, p0 + DEPTH, p.a_row, p.a_column, thread);
        next_b.read(b, p.n, p.k, at.column, p0 + DEPTH, p.b_column, p.b_row, thread);
      }
#pragma unroll
      for (int first = 0; first < WORDS; first += 8) {
        const int word = first + within;
        unsigned u[2][4], v[4][2];
#pragma unroll
        for (int i = 0; i < 2; i++) {
#pragma unroll
          for (int e = 0; e < 4; e++) u[i][e] = left[row + 16 * i + group + e % 2 * 8][word + e / 2 * 4];
        }
#pragma unroll
        for (int j = 0; j < 4; j++) {
          v[j][0] = right[column + 8 * j + group][word];
          v[j][1] = right[column + 8 * j + group][word + 4];
        }
#pragma unroll
        for (int i = 0; i < 2; i++) {
#pragma unroll
          for (int j = 0; j < 4; j++) Kind::multiply(sums[i][j], u[i], v[j]);
        }
      }
    }
    __syncthreads();
    float* result = reinterpret_cast<float*>(memory);
#pragma unroll
    for (int e = 0; e < 32; e++) {
      const int i = e / 16, j = e / 4 % 4, part = e % 4;
      result[(row + 16 * i + group + part / 2 * 8) * (TILE + 1) + column + 8 * j + 2 * within + part % 2] = sums[i][j][part];
    }
    __syncthreads();
    finish<TILE, TILE, TILE + 1>(p, result, p.out + (long long)matrix * p.m * p.n, at.row, at.column, thread, THREADS);
    __syncthreads();
  }
}

// What A and B are rounded to, and what B is stored in where that is not F32. F16 has as many digits as TF32.
extern "C" __global__ void __launch_bounds__(THREADS) matmul_tf32(Product<float> p) { tensor<Tf32, float>(p); }
extern "C" __global__ void __launch_bounds__(THREADS) matmul_tf32_f16(Product<float> p) { tensor<Tf32, Half>(p); }
extern "C" __global__ void __launch_bounds__(THREADS) matmul_tf32_bf16(Product<float> p) { tensor<Tf32, BFloat>(p); }
extern "C" __global__ void __launch_bounds__(THREADS) matmul_bf16(Product<float> p) { tensor<Bf16, float>(p); }
extern "C" __global__ void __launch_bounds__(THREADS) matmul_bf16_bf16(Product<float> p) { tensor<Bf16, BFloat>(p); }

#endif
