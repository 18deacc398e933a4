package dev.weft.tensor.cpu;

import dev.weft.tensor.Tensor;
import java.util.Arrays;

/**
 * What an attention mask [batch, heads, seqQ, seqK] says about one block of scores: nothing of it
 * is attended to, or all, or some. Belongs to one thread.
 */
final class BlockMask {
  private static final byte[] NEVER = new byte[AttentionBlocks.KEYS];
  private static final byte[] ALWAYS = new byte[AttentionBlocks.KEYS];

  static {
    Arrays.fill(ALWAYS, (byte) 1);
  }

  private final Tensor mask;
  private final int rowStride;
  private final int keyStride;

  /** The mask's own bytes, or the block's where its keys are not neighbours. */
  private byte[] bytes;

  private byte[] gathered;
  private int headAt;
  private int blockAt;
  private int blockStride;
  private boolean mixed;

  BlockMask(Tensor mask) {
    this.mask = mask;
    this.rowStride = mask == null ? 0 : mask.stride(2);
    this.keyStride = mask == null ? 0 : mask.stride(3);
  }

  void moveTo(int batch, int head) {
    if (mask != null) {
      headAt = mask.offset() + batch * mask.stride(0) + head * mask.stride(1);
    }
  }

  /** Goes to a block; false if nothing of it is attended to. */
  boolean moveTo(int query, int queries, int key, int keys) {
    if (mask == null) {
      return true;
    }
    gather(headAt + query * rowStride + key * keyStride, queries, keys);
    boolean none = true;
    boolean all = true;
    for (int row = 0; row < (rowStride == 0 ? 1 : queries) && (none || all); row++) {
      all = all && isAll(ALWAYS, row, keys);
      none = none && !all && isAll(NEVER, row, keys);
    }
    mixed = !all;
    return !none;
  }

  private boolean isAll(byte[] what, int row, int keys) {
    int at = blockAt + row * blockStride;
    return Arrays.mismatch(bytes, at, at + keys, what, 0, keys) < 0;
  }

  /** Makes keys neighbours. */
  private void gather(int at, int queries, int keys) {
    byte[] source = ((HeapStorage) mask.storage()).bytes();
    blockAt = at;
    blockStride = rowStride;
    bytes = source;
    if (keyStride == 1) {
      return;
    }
    int rows = rowStride == 0 ? 1 : queries;
    if (gathered == null) {
      gathered = new byte[AttentionBlocks.QUERIES * AttentionBlocks.KEYS];
    }
    for (int row = 0; row < rows; row++) {
      for (int i = 0; i < keys; i++) {
        gathered[row * keys + i] = source[at + row * rowStride + i * keyStride];
      }
    }
    bytes = gathered;
    blockAt = 0;
    blockStride = rows == 1 ? 0 : keys;
  }

  /** Puts {@code hidden} in the place of the scores that a query does not attend to. */
  <A> void hide(ElementLoops<A> loops, int rows, A scores, int keys, int pitch, A hidden) {
    for (int row = 0; row < rows && mixed; row++) {
      int at = row * pitch;
      int from = blockAt + row * blockStride;
      loops.select(bytes, from, scores, at, hidden, 0, scores, at, keys);
    }
  }
}
