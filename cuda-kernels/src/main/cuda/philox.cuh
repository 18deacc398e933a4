// Philox4x32-10 (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC 2011) with the layout of
// dev.weft.tensor.Philox: block i / 4 of a stream holds the numbers i … i + 3.
#pragma once

// What names a stream.
struct RandomKey {
  unsigned long long seed, stream;
};

__device__ inline void philox_round(uint4& c, uint2 k) {
  const unsigned high0 = __umulhi(0xD2511F53u, c.x), low0 = 0xD2511F53u * c.x;
  const unsigned high1 = __umulhi(0xCD9E8D57u, c.z), low1 = 0xCD9E8D57u * c.z;
  c = make_uint4(high1 ^ c.y ^ k.x, low1, high0 ^ c.w ^ k.y, low0);
}

__device__ inline uint4 philox(RandomKey key, unsigned long long block) {
  uint4 c = make_uint4((unsigned)block, (unsigned)(block >> 32), (unsigned)key.stream, (unsigned)(key.stream >> 32));
  uint2 k = make_uint2((unsigned)key.seed, (unsigned)(key.seed >> 32));
#pragma unroll
  for (int i = 0; i < 10; i++) {
    philox_round(c, k);
    k.x += 0x9E3779B9u;
    k.y += 0xBB67AE85u;
  }
  return c;
}

// 24 bits, so that the number is exact in F32 and F64 alike.
__device__ inline float uniform(unsigned word) { return (word >> 8) * 0x1p-24f; }
