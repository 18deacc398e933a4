// out[i] = x[i], of one type or converted; both may have any strides.
//
// Plain: an element a thread, wherever it lies, its type asked for at each. Fast: conversions between F32 and the other
// floating types where both lie row-major, four elements a thread; and transposition, by tiles in shared memory, so that
// warps read along the rows of the one and write along the rows of the other.
#include "layout.cuh"
#include "values.cuh"

template <class T>
__device__ inline void strided(const T* x, T* out, const Layout<2>& layout, unsigned n) {
  FOR_EACH(i, n) {
    int at[2];
    locate(layout, i, at);
    out[at[1]] = x[at[0]];
  }
}

#define STRIDED(name, T) \
  extern "C" __global__ void name(const T* x, T* out, Layout<2> layout, unsigned n) { strided(x, out, layout, n); }

STRIDED(copy_1, unsigned char)
STRIDED(copy_2, unsigned short)
STRIDED(copy_4, unsigned)
STRIDED(copy_8, unsigned long long)

// As copy_4 with divisions for the indices.
extern "C" __global__ void copy_4_plain(const unsigned* x, unsigned* out, Layout<2> layout, unsigned n) {
  FOR_EACH(i, n) {
    int at[2];
    locate_plain(layout, i, at);
    out[at[1]] = x[at[0]];
  }
}

extern "C" __global__ void convert_any(int from, int to, const void* x, void* out, Layout<2> layout, unsigned n) {
  FOR_EACH(i, n) {
    int at[2];
    locate(layout, i, at);
    if (is_floating(from) || is_floating(to)) store(to, out, at[1], load(from, x, at[0]));
    else store_integer(to, out, at[1], load_integer(from, x, at[0]));
  }
}

struct ToHalf {
  __device__ static unsigned short narrow(float x) { return float_to_half(x); }
  __device__ static float widen(unsigned short x) { return half_to_float(x); }
};

struct ToBfloat {
  __device__ static unsigned short narrow(float x) { return float_to_bfloat(x); }
  __device__ static float widen(unsigned short x) { return bfloat_to_float(x); }
};

template <class F>
__device__ inline void narrow(const float* x, unsigned short* out, unsigned n) {
  FOR_EACH(i, n / 4) {
    const float4 v = reinterpret_cast<const float4*>(x)[i];
    reinterpret_cast<ushort4*>(out)[i] =
        make_ushort4(F::narrow(v.x), F::narrow(v.y), F::narrow(v.z), F::narrow(v.w));
  }
  const unsigned rest = n / 4 * 4 + blockIdx.x * blockDim.x + threadIdx.x;
  if (rest < n) out[rest] = F::narrow(x[rest]);
}

template <class F>
__device__ inline void widen(const unsigned short* x, float* out, unsigned n) {
  FOR_EACH(i, n / 4) {
    const ushort4 v = reinterpret_cast<const ushort4*>(x)[i];
    reinterpret_cast<float4*>(out)[i] = make_float4(F::widen(v.x), F::widen(v.y), F::widen(v.z), F::widen(v.w));
  }
  const unsigned rest = n / 4 * 4 + blockIdx.x * blockDim.x + threadIdx.x;
  if (rest < n) out[rest] = F::widen(x[rest]);
}

extern "C" __global__ void f32_to_f16(const float* x, unsigned short* out, unsigned n) { narrow<ToHalf>(x, out, n); }
extern "C" __global__ void f32_to_bf16(const float* x, unsigned short* out, unsigned n) { narrow<ToBfloat>(x, out, n); }
extern "C" __global__ void f16_to_f32(const unsigned short* x, float* out, unsigned n) { widen<ToHalf>(x, out, n); }
extern "C" __global__ void bf16_to_f32(const unsigned short* x, float* out, unsigned n) { widen<ToBfloat>(x, out, n); }

// [matrices, rows, columns] whose rows are "pitch" apart becomes row-major [matrices, columns, rows]. Blocks of 32 × 8
// threads, each for 32 × 32 elements; a tile's rows are one longer than the banks are many, so that its columns do not
// share a bank.
constexpr int TILE = 32, STEP = 8;

template <class T>
__device__ inline void transpose(const T* x, T* out, int rows, int columns, int pitch, int distance) {
  __shared__ T tile[TILE][TILE + 1];
  const T* from = x + (long long)blockIdx.z * distance;
  T* to = out + (long long)blockIdx.z * rows * columns;
  const int column = blockIdx.x * TILE + threadIdx.x, row = blockIdx.y * TILE + threadIdx.y;
#pragma unroll
  for (int i = 0; i < TILE; i += STEP) {
    if (row + i < rows && column < columns) {
      tile[threadIdx.y + i][threadIdx.x] = from[(long long)(row + i) * pitch + column];
    }
  }
  __syncthreads();
  const int target_row = blockIdx.x * TILE + threadIdx.y, target_column = blockIdx.y * TILE + threadIdx.x;
#pragma unroll
  for (int i = 0; i < TILE; i += STEP) {
    if (target_row + i < columns && target_column < rows) {
      to[(long long)(target_row + i) * rows + target_column] = tile[threadIdx.x][threadIdx.y + i];
    }
  }
}

extern "C" __global__ void transpose_2(const unsigned short* x, unsigned short* out, int rows, int columns, int pitch,
                                       int distance) {
  transpose(x, out, rows, columns, pitch, distance);
}

extern "C" __global__ void transpose_4(const unsigned* x, unsigned* out, int rows, int columns, int pitch,
                                       int distance) {
  transpose(x, out, rows, columns, pitch, distance);
}
