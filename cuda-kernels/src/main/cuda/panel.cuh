// A panel of an operand in shared memory, LINES × DEPTH numbers of 16 bits: copied there while others are computed with
// (cp.async), and read as fragments of tensor cores (ldmatrix). Compute capability 8.0 and up.
//
// The operand is read as it lies: its rows in memory run along the depth, or along the lines. A row of the panel is cut
// into pieces of 16 bytes; where they stand in it depends on the row, so that the 8 rows of a matrix of ldmatrix, which
// have the same piece, and the pieces that 8 lanes copy are on 32 different banks. Beyond the operand stand zeros.
#pragma once

constexpr int DEPTH = 32, PIECE = 8, PIECE_BYTES = 16;

// A piece to shared memory: "bytes" of it, then zeros. Of a source of 0 bytes nothing is read.
__device__ inline void copy_piece(unsigned to, const void* from, int bytes) {
  asm volatile("cp.async.cg.shared.global [%0], [%1], 16, %2;" ::"r"(to), "l"(from), "r"(bytes) : "memory");
}

__device__ inline void commit_copies() { asm volatile("cp.async.commit_group;" ::: "memory"); }

// Until all but the newest groups have arrived.
template <int NEWEST>
__device__ inline void await_copies() {
  asm volatile("cp.async.wait_group %0;" ::"n"(NEWEST) : "memory");
}

// Four matrices of 8×8; TURNED: with rows and columns exchanged.
template <bool TURNED>
__device__ inline void load_matrices(unsigned* to, unsigned from) {
  if (TURNED)
    asm volatile("ldmatrix.sync.aligned.m8n8.x4.trans.shared.b16 {%0,%1,%2,%3}, [%4];"
                 : "=r"(to[0]), "=r"(to[1]), "=r"(to[2]), "=r"(to[3])
                 : "r"(from)
                 : "memory");
  else
    asm volatile("ldmatrix.sync.aligned.m8n8.x4.shared.b16 {%0,%1,%2,%3}, [%4];"
                 : "=r"(to[0]), "=r"(to[1]), "=r"(to[2]), "=r"(to[3])
                 : "r"(from)
                 : "memory");
}

// What a thread does for a panel of an operand of "lines" × "depth" numbers; "stride" is between rows in memory, in numbers
// and a multiple of 8, as the operand's address is of 16 bytes.
template <int LINES, int THREADS, bool ALONG_DEPTH>
class Panel {
 public:
  static constexpr int BYTES = 2 * LINES * DEPTH;

  __device__ Panel(const unsigned short* operand, int lines, int depth, int stride, int line0, int fragment_line)
      : stride(2ll * stride) {
    const int row = threadIdx.x / PIECES, piece = threadIdx.x % PIECES, lane = threadIdx.x % 32;
    rows = (ALONG_DEPTH ? lines - line0 : depth) - row;
    row_numbers = (ALONG_DEPTH ? depth : lines - line0) - PIECE * piece;
    to = row * ROW_BYTES + PIECE_BYTES * (piece ^ turn(row));
    const long long first = ALONG_DEPTH ? (long long)(line0 + row) * stride : (long long)row * stride + line0;
    from = reinterpret_cast<const char*>(operand + first + PIECE * piece);
    if (ALONG_DEPTH) {
      const int line = fragment_line + lane % 16;
      fragment = line * ROW_BYTES + PIECE_BYTES * (lane / 16 ^ turn(line));
    } else {
      const int p = lane % 8 + lane / 16 * 8;
      fragment = p * ROW_BYTES + PIECE_BYTES * (fragment_line / PIECE + (lane / 8 % 2 ^ turn(p)));
    }
  }

  // The next DEPTH numbers of each line are on their way to a panel.
  __device__ void copy(unsigned panel) {
    const int bytes = 2 * max(0, min(PIECE, row_numbers));
#pragma unroll
    for (int round = 0; round < ROUNDS; round++) {
      copy_piece(panel + to + round * ROWS * ROW_BYTES, from + round * ROWS * stride, round * ROWS < rows ? bytes : 0);
    }
    from += ALONG_DEPTH ? 2 * DEPTH : DEPTH * stride;
    (ALONG_DEPTH ? row_numbers : rows) -= DEPTH;
  }

  // 16 lines × 16 numbers each, of half the panel's depth, as fragments of A. Of B's, columns being lines, a fragment's
  // numbers 0 and 2 are 8 columns and 1 and 3 the next 8.
  template <int N>
  __device__ void read(unsigned (&to)[N][4], unsigned panel, int half) const {
#pragma unroll
    for (int i = 0; i < N; i++) {
      if (ALONG_DEPTH)
        load_matrices<false>(to[i], panel + (fragment ^ half * 2 * PIECE_BYTES) + i * 16 * ROW_BYTES);
      else
        load_matrices<true>(to[i], panel + (fragment ^ i * 2 * PIECE_BYTES) + half * 16 * ROW_BYTES);
    }
  }

 private:
  static constexpr int ROW_BYTES = 2 * (ALONG_DEPTH ? DEPTH : LINES), PIECES = ROW_BYTES / PIECE_BYTES;
  static constexpr int ROWS = THREADS / PIECES, ROUNDS = LINES * DEPTH / PIECE / THREADS;
  static_assert(ROWS % 8 == 0 && ROUNDS > 0, "all rounds of a thread are turned alike");

  // By how much the pieces of a row are moved: rows of 64 bytes share their banks with every second one.
  static __device__ int turn(int row) { return ALONG_DEPTH ? row / 2 % 4 : row % 8; }

  const char* from;
  const long long stride;
  unsigned to, fragment;
  int rows, row_numbers;  // of the operand's memory, from the thread's first piece on
};
