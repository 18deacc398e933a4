package dev.weft.tensor.cpu;

import static dev.weft.tensor.cpu.AttentionBlocks.KEYS;
import static dev.weft.tensor.cpu.AttentionBlocks.QUERIES;

import dev.weft.tensor.AttentionInputs;
import dev.weft.tensor.Tensor;
import dev.weft.tensor.cpu.AttentionBlocks.Slot;
import java.util.Arrays;

/**
 * Attention by blocks of queries and keys, whose scores never leave the cache (Dao et al., arXiv
 * 2205.14135), with a softmax that is corrected as greater scores turn up (Milakov and Gimelshein,
 * arXiv 1805.02867). So memory grows with the sequence, not with its square. Blocks that the mask
 * hides are skipped.
 *
 * @param <A> {@code float[]} or {@code double[]}
 */
final class TiledAttention<A> {
  /** Queries of a task: for these the keys and values are laid out once. */
  private static final int TASK_QUERIES = 8 * QUERIES;

  private final Loops<A> loops;
  private final Workspace<A> workspace;

  TiledAttention(Loops<A> loops) {
    this.loops = loops;
    this.workspace = AttentionBlocks.workspace(loops);
  }

  void attend(AttentionInputs in, Tensor out, Tensor logSumExp) {
    int seqQ = in.q().dim(2);
    int cuts = (seqQ + TASK_QUERIES - 1) / TASK_QUERIES;
    int pieces = in.q().dim(0) * in.q().dim(1) * cuts;
    long widths = (long) in.q().dim(3) + in.v().dim(3);
    long work = widths * in.k().dim(2) * Math.min(seqQ, TASK_QUERIES);
    Threads.forRange(
        pieces,
        AttentionBlocks.together(pieces, work),
        (from, to) -> {
          Task task = new Task(in, out, logSumExp);
          for (int i = from; i < to; i++) {
            int query = i % cuts * TASK_QUERIES;
            task.run(i / cuts, query, Math.min(seqQ, query + TASK_QUERIES));
          }
        });
  }

  /** Some of a head's queries; belongs to one thread. */
  private final class Task {
    private final AttentionInputs in;
    private final Tensor out;
    private final Tensor logSumExp;
    private final AttentionBlocks<A> blocks;
    private final AttentionDropout<A> dropout;
    private final int seqK;
    private final int width;
    private final int valuePitch;
    private final A queries;
    private final A keys;
    private final A values;
    private final A weights;
    private final A output;
    private final double[] greatest = new double[QUERIES];
    private final double[] sums = new double[QUERIES];

    Task(AttentionInputs in, Tensor out, Tensor logSumExp) {
      this.in = in;
      this.out = out;
      this.logSumExp = logSumExp;
      this.blocks = new AttentionBlocks<>(loops, in, workspace);
      this.dropout = new AttentionDropout<>(loops, in);
      this.seqK = in.k().dim(2);
      this.width = in.q().dim(3);
      this.valuePitch = blocks.padded(in.v().dim(3));
      this.queries = blocks.array(Slot.QUERIES, QUERIES * width);
      this.keys = blocks.array(Slot.KEYS_TRANSPOSED, blocks.padded(seqK) * width);
      this.values = blocks.array(Slot.VALUES, seqK * valuePitch);
      this.weights = blocks.array(Slot.WEIGHTS, QUERIES * KEYS);
      this.output = blocks.array(Slot.OUTPUT, QUERIES * valuePitch);
    }

    void run(int head, int from, int to) {
      blocks.moveTo(head);
      dropout.moveTo(head);
      blocks.transposed(in.k(), keys);
      blocks.rows(in.v(), 0, seqK, 1, values, valuePitch);
      for (int query = from; query < to; query += QUERIES) {
        attend(query, Math.min(QUERIES, to - query));
      }
    }

    private void attend(int query, int count) {
      blocks.rows(in.q(), query, count, in.scale(), queries, width);
      Arrays.fill(greatest, Double.NEGATIVE_INFINITY);
      Arrays.fill(sums, 0);
      boolean first = true;
      for (int key = 0; key < seqK; key += KEYS) {
        int n = Math.min(KEYS, seqK - key);
        if (blocks.mask().moveTo(query, count, key, n)) {
          attend(query, count, key, n, first);
          first = false;
        }
      }
      if (first) {
        loops.elements().fill(0, output, 0, count * valuePitch);
      }
      for (int row = 0; row < count; row++) {
        double factor = sums[row] == 0 ? 0 : 1 / sums[row];
        blocks.store(output, row * valuePitch, factor, out, query + row);
        int at = logSumExp.offset() + blocks.head() * out.dim(2) + query + row;
        double total = greatest[row] + Math.log(sums[row]);
        loops.elements().fill(total, Dense.array(logSumExp), at, 1);
      }
    }

    /** One block of keys. */
    private void attend(int query, int count, int key, int n, boolean first) {
      BlockLoops<A> product = loops.blocks();
      int rows = AttentionBlocks.paddedRows(count);
      int pitch = blocks.padded(n);
      int keysAt = key * width;
      product.product(rows, pitch, width, queries, 0, width, 1, keys, keysAt, weights, 0, false);
      for (int row = 0; row < count; row++) {
        weigh(row, pitch, n, first);
        dropout.apply(query + row, key, n, weights, row * pitch);
      }
      int valuesAt = key * valuePitch;
      product.product(
          rows, valuePitch, n, weights, 0, pitch, 1, values, valuesAt, output, 0, !first);
    }

    /** Scores to weights, relative to the greatest score so far. */
    private void weigh(int row, int pitch, int n, boolean first) {
      int at = row * pitch;
      blocks.hide(row, weights, at, n, pitch);
      double before = greatest[row];
      double max = Math.max(before, loops.scores().greatest(weights, at, pitch));
      if (!first && max != before) {
        double correction = Math.exp(before - max);
        sums[row] *= correction;
        int from = row * valuePitch;
        loops.elements().scale(output, from, correction, output, from, valuePitch);
      }
      greatest[row] = max;
      // Only negative infinities so far: they become weights of 0 whatever is taken off them.
      double shift = max == Double.NEGATIVE_INFINITY ? 0 : max;
      sums[row] += loops.scores().powers(weights, at, shift, pitch);
    }
  }
}
