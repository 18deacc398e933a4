// Attention on tensor cores, forward and backward: how operands come to shared memory as words of two BF16, and how the
// lanes of a warp share 16 rows of a tile. Compute capability 8.0 and up; heads and values of up to 64 or 128 columns.
#pragma once
#include "attention.cuh"
#include "mma.cuh"

constexpr int WARPS = 4, LANES = 32, ROWS = 16 * WARPS;

// 4 words more than a multiple of 8 a line: 8 lines of 4 words have a bank each.
template <int LINES, int LENGTH>
using Lines = unsigned[LINES][LENGTH + 4];

// LINES lines of 2 LENGTH numbers of a matrix, with zeros beyond it; a warp takes 8 lines of 4 words at a time: whole sectors
// of global memory whichever way the matrix lies, and all banks of shared memory.
template <int LINES, int LENGTH>
__device__ inline void bring(Lines<LINES, LENGTH>& to, const float* from, int lines, int depth, int line0, int p0,
                             int line_stride, int depth_stride) {
#pragma unroll 4
  for (int e = threadIdx.x; e < LINES * LENGTH; e += WARPS * LANES) {
    const int line = e / 4 % LINES, word = e % 4 + e / (4 * LINES) * 4, p = p0 + 2 * word;
    const float* at = from + (long long)(line0 + line) * line_stride + (long long)p * depth_stride;
    const bool inside = line0 + line < lines;
    to[line][word] = bf16x2(inside && p < depth ? at[0] : 0, inside && p + 1 < depth ? at[depth_stride] : 0);
  }
}

// Rows of a view [rows, columns] as lines …
template <int LINES, int LENGTH>
__device__ inline void bring_rows(Lines<LINES, LENGTH>& to, const Heads<const float>& from, int rows, int columns, int row0) {
  bring<LINES, LENGTH>(to, from.data, rows, columns, row0, 0, from.row, from.column);
}

// … or its columns, words holding neighbours of one column.
template <int LINES, int LENGTH>
__device__ inline void bring_columns(Lines<LINES, LENGTH>& to, const Heads<const float>& from, int rows, int columns,
                                     int row0) {
  bring<LINES, LENGTH>(to, from.data, columns, rows, 0, row0, from.column, from.row);
}

// What a lane of a warp is: of D's 16 rows it has "row" and row + 8, of each 8 columns "column" and column + 1.
struct Lane {
  const int warp = threadIdx.x / LANES, group = threadIdx.x % LANES / 4, within = threadIdx.x % 4;
  const int row = 16 * warp + group, column = 2 * within;
};

// The warp's 16 lines as A fragments, for all steps of 8 words.
template <int LENGTH>
struct Fragments {
  unsigned words[LENGTH / 8][4];

  template <int LINES>
  __device__ void read(const Lines<LINES, LENGTH>& from, const Lane& lane) {
#pragma unroll
    for (int e = 0; e < LENGTH / 2; e++)
      words[e / 4][e % 4] = from[lane.row + e % 2 * 8][e / 4 * 8 + lane.within + e / 2 % 2 * 4];
  }
};

// sums += A B with B's columns as lines: N of 8 columns each.
template <int N, int LENGTH, int LINES>
__device__ inline void multiply(float (&sums)[N][4], const unsigned (&a)[LENGTH / 8][4], const Lines<LINES, LENGTH>& b,
                                const Lane& lane) {
#pragma unroll
  for (int step = 0; step < LENGTH / 8; step++) {
#pragma unroll
    for (int n = 0; n < N; n++) {
      const unsigned* line = b[8 * n + lane.group] + 8 * step + lane.within;
      const unsigned v[2] = {line[0], line[4]};
      multiply_bf16(sums[n], a[step], v);
    }
  }
}

// D fragments of 16 × 8 N numbers as A fragments of the next product: the layouts are the same, two columns a word.
template <int N>
__device__ inline void repack(unsigned (&to)[N / 2][4], const float (&from)[N][4]) {
#pragma unroll
  for (int e = 0; e < 2 * N; e++) {
    const float* d = from[e / 4 * 2 + e / 2 % 2] + e % 2 * 2;
    to[e / 4][e % 4] = bf16x2(d[0], d[1]);
  }
}

// Which of a lane's scores take part, as bits 4 n + e; queries are D's rows, or with TURNED its columns.
template <int N, bool TURNED>
__device__ inline unsigned attending(const Attention<float>& in, int b, int h, int row0, int column0, const Lane& lane) {
  unsigned bits = 0;
  const auto mask = in.mask.data == nullptr ? in.mask : in.mask.at(b, h);
#pragma unroll
  for (int e = 0; e < 4 * N; e++) {
    const int row = row0 + lane.row + e / 2 % 2 * 8, column = column0 + e / 4 * 8 + lane.column + e % 2;
    const int query = TURNED ? column : row, key = TURNED ? row : column;
    if (query < in.seq_q && key < in.seq_k && (mask.data == nullptr || mask(query, key) != 0)) bits |= 1u << e;
  }
  return bits;
}

__device__ inline float exp2_fast(float x) {
  float y;
  asm("ex2.approx.ftz.f32 %0, %1;" : "=f"(y) : "f"(x));
  return y;
}

constexpr float LOG2E = 1.44269504088896341f;
