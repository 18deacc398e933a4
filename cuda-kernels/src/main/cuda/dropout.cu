// Inverted dropout with the bits of Philox4x32-10 (Salmon et al., SC 2011), as dev.weft.tensor.Philox has them:
// out = x / (1 - probability) where the number of the position is at least probability, else 0.
//
// Plain: a thread an element, ten rounds for one number. Fast: a thread four elements, for a block holds four numbers.

__device__ inline void round_of(uint4& c, uint2 k) {
  const unsigned high0 = __umulhi(0xD2511F53u, c.x), low0 = 0xD2511F53u * c.x;
  const unsigned high1 = __umulhi(0xCD9E8D57u, c.z), low1 = 0xCD9E8D57u * c.z;
  c = make_uint4(high1 ^ c.y ^ k.x, low1, high0 ^ c.w ^ k.y, low0);
}

__device__ inline uint4 philox(unsigned long long seed, unsigned long long stream, unsigned long long block) {
  uint4 c = make_uint4((unsigned)block, (unsigned)(block >> 32), (unsigned)stream, (unsigned)(stream >> 32));
  uint2 k = make_uint2((unsigned)seed, (unsigned)(seed >> 32));
#pragma unroll
  for (int i = 0; i < 10; i++) {
    round_of(c, k);
    k.x += 0x9E3779B9u;
    k.y += 0xBB67AE85u;
  }
  return c;
}

// 24 bits, so that the number is exact in F32 and F64 alike.
__device__ inline float uniform(unsigned word) { return (word >> 8) * 0x1p-24f; }

// The comparison is in double, as on the CPU: a probability such as 0.3 is no float.
__device__ inline float kept(float x, unsigned word, double probability, float scale) {
  return uniform(word) >= probability ? x * scale : 0;
}

extern "C" __global__ void dropout_plain(const float* x, float* out, double probability, float scale,
                                         unsigned long long seed, unsigned long long stream, int n) {
  const int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i >= n) return;
  const uint4 words = philox(seed, stream, i / 4);
  const unsigned word = i % 4 == 0 ? words.x : i % 4 == 1 ? words.y : i % 4 == 2 ? words.z : words.w;
  out[i] = kept(x[i], word, probability, scale);
}

extern "C" __global__ void dropout(const float* x, float* out, double probability, float scale, unsigned long long seed,
                                   unsigned long long stream, int n) {
  const int block = blockIdx.x * blockDim.x + threadIdx.x, i = 4 * block;
  if (i >= n) return;
  const uint4 words = philox(seed, stream, block);
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
