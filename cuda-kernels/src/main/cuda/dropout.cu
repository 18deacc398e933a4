// Inverted dropout: out = x / (1 - probability) where the number of the position is at least probability, else 0. The
// numbers are Philox's, the processor's bits.
//
// Plain: a thread an element, ten rounds for one number; any strides. Fast: a thread four elements, for a block holds
// four numbers.
#include "layout.cuh"
#include "philox.cuh"

// The comparison is in double, as on the processor: a probability such as 0.3 is no float.
template <class T>
__device__ inline T kept(T x, unsigned word, double probability, T scale) {
  return uniform(word) >= probability ? x * scale : T(0);
}

template <class T>
__device__ inline void plain(const T* x, T* out, double probability, T scale, RandomKey key, const Layout<1>& layout,
                             unsigned n) {
  FOR_EACH(i, n) {
    const uint4 words = philox(key, i / 4);
    const unsigned word = i % 4 == 0 ? words.x : i % 4 == 1 ? words.y : i % 4 == 2 ? words.z : words.w;
    out[i] = kept(x[located(layout, i)], word, probability, scale);
  }
}

extern "C" __global__ void dropout_f32(const float* x, float* out, double probability, double scale, RandomKey key,
                                       Layout<1> layout, unsigned n) {
  plain(x, out, probability, (float)scale, key, layout, n);
}

extern "C" __global__ void dropout_f64(const double* x, double* out, double probability, double scale, RandomKey key,
                                       Layout<1> layout, unsigned n) {
  plain(x, out, probability, scale, key, layout, n);
}

extern "C" __global__ void dropout_dense(const float* x, float* out, double probability, double wide_scale,
                                         RandomKey key, unsigned n) {
  const float scale = (float)wide_scale;
  FOR_EACH(block, (n + 3) / 4) {
    const unsigned i = 4 * block;
    const uint4 words = philox(key, block);
    if (i + 4 <= n) {
      const float4 v = *reinterpret_cast<const float4*>(x + i);
      *reinterpret_cast<float4*>(out + i) =
          make_float4(kept(v.x, words.x, probability, scale), kept(v.y, words.y, probability, scale),
                      kept(v.z, words.z, probability, scale), kept(v.w, words.w, probability, scale));
    } else {
      out[i] = kept(x[i], words.x, probability, scale);
      if (i + 1 < n) out[i + 1] = kept(x[i + 1], words.y, probability, scale);
      if (i + 2 < n) out[i + 2] = kept(x[i + 2], words.z, probability, scale);
    }
  }
}
