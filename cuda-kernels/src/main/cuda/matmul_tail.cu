// What a library leaves to do after a matrix product: out = f(out + bias), in place, each row with the same bias.
//
// Plain: F32 or F64, any step between the numbers of the bias. Fast: F32 whose rows are whole vectors of 16 bytes.
#include "functions.cuh"
#include "layout.cuh"

// f, where there is one; -1: none. All threads take one branch together.
template <class T>
__device__ inline T activated(int activation, T x) {
#define APPLY(op) return function<op>(x)
  FOR_OPERATOR(activation, APPLY)
#undef APPLY
  return x;
}

template <class T>
__device__ inline void any(T* out, const T* bias, int n, int activation, unsigned count, int step) {
  FOR_EACH(i, count) {
    T x = out[i];
    if (bias != nullptr) x += bias[(long long)(i % n) * step];
    out[i] = activated(activation, x);
  }
}

extern "C" __global__ void tail_f32(float* out, const float* bias, int n, int activation, unsigned count, int step) {
  any(out, bias, n, activation, count, step);
}

extern "C" __global__ void tail_f64(double* out, const double* bias, int n, int activation, unsigned count, int step) {
  any(out, bias, n, activation, count, step);
}

// n % 4 == 0, addresses of 16 bytes, the bias's numbers side by side.
extern "C" __global__ void tail_by_16_bytes(float* out, const float* bias, int n, int activation, unsigned count) {
  float4* vectors = reinterpret_cast<float4*>(out);
  FOR_EACH(i, count / 4) {
    float4 x = vectors[i];
    if (bias != nullptr) {
      const float4 b = reinterpret_cast<const float4*>(bias)[i % (n / 4)];
      x = make_float4(x.x + b.x, x.y + b.y, x.z + b.z, x.w + b.w);
    }
    float* parts = reinterpret_cast<float*>(&x);
#pragma unroll
    for (int e = 0; e < 4; e++) parts[e] = activated(activation, parts[e]);
    vectors[i] = x;
  }
}
