// Matrix products of BF16 or F16 as they lie in memory, on tensor cores with sums in F32; compute capability 8.0 and up.
//
// A block makes 128 × 128 numbers by 4 warps ("wide": 128 × 256 by 8), a warp 64 × 64 of them. Panels of the operands go
// past in steps of 32 numbers: while one is multiplied, three more are on their way, so that global memory and the L2
// cache have that long to answer. Within a step, fragments of one half are loaded while the other is multiplied.
#include "product.cuh"
#include "values.cuh"

#if __CUDA_ARCH__ >= 800
#include "mma.cuh"
#include "panel.cuh"

constexpr int STAGES = 4, SIDE = 64, LINES = 2 * SIDE;

struct Bf16 {
  static __device__ void multiply(float* d, const unsigned* a, const unsigned* b) { multiply_bf16(d, a, b); }
  static __device__ unsigned pair(float low, float high) { return bf16x2(low, high); }
};

struct F16 {
  static __device__ void multiply(float* d, const unsigned* a, const unsigned* b) { multiply_f16(d, a, b); }
  static __device__ unsigned pair(float low, float high) {
    return float_to_half(low) | (unsigned)float_to_half(high) << 16;
  }
};

typedef float Sums[SIDE / 16][SIDE / 8][4];

template <class Kind>
__device__ inline void multiply(Sums& sums, const unsigned (&a)[4][4], const unsigned (&b)[4][4]) {
#pragma unroll
  for (int i = 0; i < SIDE / 16; i++) {
#pragma unroll
    for (int j = 0; j < SIDE / 8; j++) {
      const unsigned v[2] = {b[j / 2][j % 2], b[j / 2][j % 2 + 2]};
      Kind::multiply(sums[i][j], a[i], v);
    }
  }
}

// ---- What becomes of the sums ----------------------------------------------------------------------------------------

// A warp's sums go by way of shared memory, 32 rows at a time, so that rows are stored by 16 bytes; 8 numbers more a row,
// and the lanes of half a warp, which have 8 numbers of 4 rows, write to all banks.
constexpr int ROWS = 32, PITCH = SIDE + 8;

// 4 numbers of F32, or 8 of half precision.
template <int COUNT, class Kind>
__device__ inline uint4 packed(const float* x) {
  if (COUNT == 4) return make_uint4(__float_as_uint(x[0]), __float_as_uint(x[1]), __float_as_uint(x[2]), __float_as_uint(x[3]));
  return make_uint4(Kind::pair(x[0], x[1]), Kind::pair(x[2], x[3]), Kind::pair(x[4], x[5]), Kind::pair(x[6], x[7]));
}

// 4 or 8 neighbours of a row; every other four lanes that have 8 begin with the upper ones, so that each lane has banks to itself.
template <int COUNT>
__device__ inline void numbers(float (&x)[COUNT], const float* from, int lane) {
  const bool upper = COUNT == 8 && lane / 4 % 2 == 1;
  const float4 one = *reinterpret_cast<const float4*>(from + (upper ? 4 : 0));
  const float4 other = COUNT == 8 ? *reinterpret_cast<const float4*>(from + (upper ? 0 : 4)) : one;
  const float4 low = upper ? other : one, high = upper ? one : other;
  x[0] = low.x, x[1] = low.y, x[2] = low.z, x[3] = low.w;
  if (COUNT == 8) x[COUNT - 4] = high.x, x[COUNT - 3] = high.y, x[COUNT - 2] = high.z, x[COUNT - 1] = high.w;
}

template <int COUNT, class Kind>
__device__ void store(const Product<float>& p, const float* part, char* out, int row0, int column0, int lane) {
  constexpr int LANES = SIDE / COUNT, SIZE = PIECE_BYTES / COUNT;
  const int column = column0 + lane % LANES * COUNT;
  const bool whole = column + COUNT <= p.n && p.n % COUNT == 0 && reinterpret_cast<unsigned long long>(out) % 16 == 0;
  const bool tail = p.activation < 0;
  const float scale = tail ? (float)p.scale : 1;
  float bias[COUNT] = {};
  if (tail && p.bias != nullptr) {
#pragma unroll
    for (int e = 0; e < COUNT; e++)
      if (column + e < p.n) bias[e] = p.bias[(long long)(column + e) * p.bias_step];
  }
#pragma unroll 1
  for (int line = lane / LANES; line < ROWS; line += 32 / LANES) {
    if (row0 + line >= p.m) break;
    float x[COUNT];
    numbers<COUNT>(x, part + line * PITCH + lane % LANES * COUNT, lane);
#pragma unroll
    for (int e = 0; e < COUNT; e++) x[e] = x[e] * scale + bias[e];
    const uint4 bits = packed<COUNT, Kind>(x);
    char* to = out + ((long long)(row0 + line) * p.n + column) * SIZE;
    if (whole) {
      *reinterpret_cast<uint4*>(to) = bits;
    } else {
      const unsigned words[4] = {bits.x, bits.y, bits.z, bits.w};
#pragma unroll
      for (int e = 0; e < COUNT; e++) {
        if (column + e >= p.n) continue;
        if (COUNT == 4) reinterpret_cast<unsigned*>(to)[e] = words[e];
        else reinterpret_cast<unsigned short*>(to)[e] = words[e / 2 % 4] >> e % 2 * 16;
      }
    }
  }
}

// The tail's function for numbers of a warp's rows, in their place; it stands here once, and not once for each sum.
__device__ inline void activate(const Product<float>& p, float* part, int column0, int lane) {
#pragma unroll 1
  for (int e = lane; e < ROWS * SIDE; e += 32) {
    const int column = column0 + e % SIDE;
    const float bias = p.bias != nullptr && column < p.n ? p.bias[(long long)column * p.bias_step] : 0;
    float& x = part[e / SIDE * PITCH + e % SIDE];
    x = activated(p.activation, x * (float)p.scale + bias);
  }
}

// A warp's rows 32 I … 32 I + 31.
template <int I>
__device__ inline void put(float* part, const Sums& sums, int lane) {
  constexpr int ACROSS = SIDE / 8;
#pragma unroll
  for (int e = 0; e < ROWS / 8 * ACROSS; e++) {
    const int line = e / ACROSS * 8, column = e % ACROSS;
    const float* d = sums[(I * ROWS + line) / 16][column] + line / 8 % 2 * 2;
    float* to = part + (line + lane / 4) * PITCH + column * 8 + lane % 4 * 2;
    // In one store, which the compiler would cut in two here and there.
    asm volatile("st.shared.v2.f32 [%0], {%1, %2};" ::"r"((unsigned)__cvta_generic_to_shared(to)), "f"(d[0]), "f"(d[1])
                 : "memory");
  }
}

template <class Kind>
__device__ void finish(const Product<float>& p, bool half, const Sums& sums, float* part, char* out, int row, int column) {
  const int lane = threadIdx.x % 32;
#pragma unroll 1
  for (int i = 0; i < SIDE / ROWS; i++) {
    __syncwarp();
    if (i == 0) put<0>(part, sums, lane);
    else put<1>(part, sums, lane);
    __syncwarp();
    if (p.activation >= 0) {
      activate(p, part, column, lane);
      __syncwarp();
    }
    if (half) store<8, Kind>(p, part, out, row + i * ROWS, column, lane);
    else store<4, Kind>(p, part, out, row + i * ROWS, column, lane);
  }
}

// ---- The product -----------------------------------------------------------------------------------------------------

template <class Kind, bool A_ALONG_DEPTH, bool B_ALONG_DEPTH, int ACROSS>
__device__ void product(const Product<float>& p, bool half) {
  constexpr int THREADS = 64 * ACROSS, COLUMNS = SIDE * ACROSS;
  typedef Panel<LINES, THREADS, A_ALONG_DEPTH> Left;
  typedef Panel<COLUMNS, THREADS, B_ALONG_DEPTH> Right;
  constexpr int STAGE = Left::BYTES + Right::BYTES;
  static_assert(THREADS / 32 * ROWS * PITCH * 4 <= STAGES * STAGE, "the result's parts");
  extern __shared__ __align__(128) char memory[];
  const unsigned panels = (unsigned)__cvta_generic_to_shared(memory);
  const int warp = threadIdx.x / 32, row = warp / ACROSS * SIDE, column = warp % ACROSS * SIDE;
  const Tile at = tile_of_block(p.m, p.n, LINES, COLUMNS);
  for (int matrix = blockIdx.y; matrix < p.batch; matrix += gridDim.y) {
    const auto* a = static_cast<const unsigned short*>(p.a) + batch_start(p.dims, p.a_batch, matrix);
    const auto* b = static_cast<const unsigned short*>(p.b) + batch_start(p.dims, p.b_batch, matrix);
    Left left(a, p.m, p.k, A_ALONG_DEPTH ? p.a_row : p.a_column, at.row, row);
    Right right(b, p.n, p.k, B_ALONG_DEPTH ? p.b_column : p.b_row, at.column, column);
    Sums sums = {};
    unsigned u[2][SIDE / 16][4], v[2][SIDE / 16][4];
#pragma unroll
    for (int stage = 0; stage < STAGES - 1; stage++) {
      left.copy(panels + stage * STAGE);
      right.copy(panels + stage * STAGE + Left::BYTES);
      commit_copies();
    }
    await_copies<STAGES - 2>();
    __syncthreads();
    left.read(u[0], panels, 0);
    right.read(v[0], panels + Left::BYTES, 0);
    unsigned now = panels, free = panels + (STAGES - 1) * STAGE;
#pragma unroll 1
    for (int p0 = 0; p0 < p.k; p0 += DEPTH) {
      left.read(u[1], now, 1);
      right.read(v[1], now + Left::BYTES, 1);
      // Over what all had read before the last barrier. Beyond the depth these are zeros, which are not multiplied.
      left.copy(free);
      right.copy(free + Left::BYTES);
      commit_copies();
      multiply<Kind>(sums, u[0], v[0]);
      free = now;
      now = now == panels + (STAGES - 1) * STAGE ? panels : now + STAGE;
      await_copies<STAGES - 2>();
      __syncthreads();
      left.read(u[0], now, 0);
      right.read(v[0], now + Left::BYTES, 0);
      multiply<Kind>(sums, u[1], v[1]);
    }
    await_copies<0>();
    __syncthreads();
    float* part = reinterpret_cast<float*>(memory) + warp * ROWS * PITCH;
    char* out = reinterpret_cast<char*>(p.out) + (long long)matrix * p.m * p.n * (half ? 2 : 4);
    finish<Kind>(p, half, sums, part, out, at.row + row, at.column + column);
    __syncthreads();
  }
}

// The way operands' neighbours lie: n row-major, t the other way. With "half" the result is of the operands' type, else F32.
#define PRODUCTS(name, Kind, across)                                                                                     \
  extern "C" __global__ void __launch_bounds__(64 * across) name##_nn(Product<float> p, int half) {                     \
    product<Kind, true, false, across>(p, half);                                                                         \
  }                                                                                                                      \
  extern "C" __global__ void __launch_bounds__(64 * across) name##_nt(Product<float> p, int half) {                     \
    product<Kind, true, true, across>(p, half);                                                                          \
  }                                                                                                                      \
  extern "C" __global__ void __launch_bounds__(64 * across) name##_tn(Product<float> p, int half) {                     \
    product<Kind, false, false, across>(p, half);                                                                        \
  }                                                                                                                      \
  extern "C" __global__ void __launch_bounds__(64 * across) name##_tt(Product<float> p, int half) {                     \
    product<Kind, false, true, across>(p, half);                                                                         \
  }

PRODUCTS(matmul_half_bf16, Bf16, 2)
PRODUCTS(matmul_half_bf16_wide, Bf16, 4)
PRODUCTS(matmul_half_f16, F16, 2)

#endif
