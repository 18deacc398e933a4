// C = A B, row-major: [m, k] × [k, n].
//
// Plain: a thread an element; every factor is read n or m times from global memory. Tiled: a block of 16×16 threads
// brings a 64×16 tile of A and a 16×64 tile of B to shared memory, and each thread keeps 4×4 sums in registers: a factor
// is read from global memory once for 64 products. Tensor: warps multiply 16×8 tiles with mma.sync, in TF32 or BF16
// with sums in F32; compute capability 8.0 and up.

extern "C" __global__ void matmul_plain(const float* a, const float* b, float* c, int m, int n, int k) {
  const int column = blockIdx.x * blockDim.x + threadIdx.x, row = blockIdx.y * blockDim.y + threadIdx.y;
  if (row >= m || column >= n) return;
  float sum = 0;
  for (int p = 0; p < k; p++) sum += a[row * k + p] * b[p * n + column];
  c[row * n + column] = sum;
}

constexpr int TILE = 64, DEPTH = 16, SIDE = 16, EACH = TILE / SIDE;

extern "C" __global__ void matmul_tiled(const float* a, const float* b, float* c, int m, int n, int k) {
  // A lies transposed, so that a thread's 4 rows are neighbours. A warp brings 8 columns of 4 rows of it: whole sectors of
  // 32 bytes, and with 4 more floats a row every store goes to a bank of its own, (4 p + row) % 32.
  __shared__ float left[DEPTH][TILE + 4];
  __shared__ float right[DEPTH][TILE];
  const int x = threadIdx.x, y = threadIdx.y, thread = y * SIDE + x;
  const int row0 = blockIdx.y * TILE, column0 = blockIdx.x * TILE;
  float sums[EACH][EACH] = {};
  for (int p0 = 0; p0 < k; p0 += DEPTH) {
    for (int e = thread; e < TILE * DEPTH; e += SIDE * SIDE) {
      const int row = e / 8 % TILE, p = e % 8 + e / (8 * TILE) * 8;
      left[p][row] = row0 + row < m && p0 + p < k ? a[(row0 + row) * k + p0 + p] : 0;
    }
    for (int e = thread; e < TILE * DEPTH; e += SIDE * SIDE) {
      const int p = p0 + e / TILE, column = column0 + e % TILE;
      right[e / TILE][e % TILE] = p < k && column < n ? b[p * n + column] : 0;
    }
    __syncthreads();
    for (int p = 0; p < DEPTH; p++) {
      const float4 u = *reinterpret_cast<const float4*>(&left[p][y * EACH]);
      const float4 v = *reinterpret_cast<const float4*>(&right[p][x * EACH]);
      const float us[EACH] = {u.x, u.y, u.z, u.w}, vs[EACH] = {v.x, v.y, v.z, v.w};
#pragma unroll
      for (int i = 0; i < EACH; i++) {
#pragma unroll
        for (int j = 0; j < EACH; j++) sums[i][j] += us[i] * vs[j];
      }
    }
    __syncthreads();
  }
  for (int i = 0; i < EACH; i++) {
    for (int j = 0; j < EACH; j++) {
      const int row = row0 + y * EACH + i, column = column0 + x * EACH + j;
      if (row < m && column < n) c[row * n + column] = sums[i][j];
    }
  }
}

#if __CUDA_ARCH__ >= 800

constexpr int MMA_TILE = 32, MMA_DEPTH = 16, PITCH = MMA_DEPTH + 4, WARPS = 4;

__device__ inline unsigned tf32(float x) {
  unsigned bits;
  asm("cvt.rna.tf32.f32 %0, %1;" : "=r"(bits) : "f"(x));
  return bits;
}

// Two floats as BF16, the first in the lower half.
__device__ inline unsigned bf16x2(float low, float high) {
  unsigned bits;
  asm("cvt.rn.bf16x2.f32 %0, %1, %2;" : "=r"(bits) : "f"(high), "f"(low));
  return bits;
}

__device__ inline void multiply_tf32(float* d, const unsigned* a, const unsigned* b) {
  asm("mma.sync.aligned.m16n8k8.row.col.f32.tf32.tf32.f32 {%0,%1,%2,%3}, {%4,%5,%6,%7}, {%8,%9}, {%0,%1,%2,%3};"
      : "+f"(d[0]), "+f"(d[1]), "+f"(d[2]), "+f"(d[3])
      : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b[0]), "r"(b[1]));
}

__device__ inline void multiply_bf16(float* d, const unsigned* a, const unsigned* b) {
  asm("mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32 {%0,%1,%2,%3}, {%4,%5,%6,%7}, {%8,%9}, {%0,%1,%2,%3};"
      : "+f"(d[0]), "+f"(d[1]), "+f"(d[2]), "+f"(d[3])
      : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b[0]), "r"(b[1]));
}

// A block of 4 warps makes a 32×32 tile; warp w the 16 rows w / 2 and the 16 columns w % 2 of it, as two 16×8 tiles.
template <bool BF16>
__device__ void tensor(const float* a, const float* b, float* c, int m, int n, int k) {
  __shared__ float left[MMA_TILE][PITCH];   // [row][p]
  __shared__ float right[MMA_TILE][PITCH];  // [column][p]
  const int warp = threadIdx.x / 32, lane = threadIdx.x % 32, group = lane / 4, within = lane % 4;
  const int row0 = blockIdx.y * MMA_TILE, column0 = blockIdx.x * MMA_TILE;
  float sums[2][4] = {};
  for (int p0 = 0; p0 < k; p0 += MMA_DEPTH) {
    for (int e = threadIdx.x; e < MMA_TILE * MMA_DEPTH; e += WARPS * 32) {
      const int row = e / MMA_DEPTH, p = e % MMA_DEPTH;
      left[row][p] = row0 + row < m && p0 + p < k ? a[(row0 + row) * k + p0 + p] : 0;
    }
    for (int e = threadIdx.x; e < MMA_TILE * MMA_DEPTH; e += WARPS * 32) {
      const int p = e / MMA_TILE, column = e % MMA_TILE;
      right[column][p] = column0 + column < n && p0 + p < k ? b[(p0 + p) * n + column0 + column] : 0;
    }
    __syncthreads();
    const float* rows = &left[warp / 2 * 16 + group][0];
    for (int half = 0; half < 2; half++) {
      const float* columns = &right[warp % 2 * 16 + half * 8 + group][0];
      if (BF16) {
        const int p = 2 * within;
        const unsigned x[4] = {bf16x2(rows[p], rows[p + 1]), bf16x2(rows[8 * PITCH + p], rows[8 * PITCH + p + 1]),
                               bf16x2(rows[p + 8], rows[p + 9]), bf16x2(rows[8 * PITCH + p + 8], rows[8 * PITCH + p + 9])};
        const unsigned y[2] = {bf16x2(columns[p], columns[p + 1]), bf16x2(columns[p + 8], columns[p + 9])};
        multiply_bf16(sums[half], x, y);
      } else {
        for (int p = within; p < MMA_DEPTH; p += 8) {
          const unsigned x[4] = {tf32(rows[p]), tf32(rows[8 * PITCH + p]), tf32(rows[p + 4]), tf32(rows[8 * PITCH + p + 4])};
          const unsigned y[2] = {tf32(columns[p]), tf32(columns[p + 4])};
          multiply_tf32(sums[half], x, y);
        }
      }
    }
    __syncthreads();
  }
  for (int half = 0; half < 2; half++) {
    for (int e = 0; e < 4; e++) {
      const int row = row0 + warp / 2 * 16 + group + (e < 2 ? 0 : 8);
      const int column = column0 + warp % 2 * 16 + half * 8 + 2 * within + e % 2;
      if (row < m && column < n) c[row * n + column] = sums[half][e];
    }
  }
}

extern "C" __global__ void matmul_tf32(const float* a, const float* b, float* c, int m, int n, int k) {
  tensor<false>(a, b, c, m, n, k);
}

extern "C" __global__ void matmul_bf16(const float* a, const float* b, float* c, int m, int n, int k) {
  tensor<true>(a, b, c, m, n, k);
}

#endif
