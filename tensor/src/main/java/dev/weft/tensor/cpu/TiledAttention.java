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
 * arXiv 1805.02867). So memory does not grow with the sequence. Blocks that the mask hides are
 * skipped.
 *
 * @param <A> {@code float[]} or {@code double[]}
 */
final class TiledAttention<A> {
  private final Loops<A> loops;
  private final Workspace<A> workspace;

  TiledAttention(Loops<A> loops) {
    this.loops = loops;
    this.workspace = AttentionBlocks.workspace(loops);
  }

  void attend(AttentionInputs in, Tensor out, Tensor logSumExp) {
    int seqQ = in.q().dim(2);
    int cuts = (seqQ + AttentionBlocks.GROUP - 1) / AttentionBlocks.GROUP;
    int pieces = in.q().dim(0) * in.q().dim(1) * cuts;
    long widths = (long) in.q().dim(3) + in.v().dim(3);
    long work = widths * in.k().dim(2) * Math.min(seqQ, AttentionBlocks.GROUP);
    Threads.forRange(
        pieces,
        AttentionBlocks.together(pieces, work),
        (from, to) -> {
          Task task = new Task(in, out, logSumExp);
          for (int i = from; i < to; i++) {
            task.run(i / cuts, i % cuts * AttentionBlocks.GROUP);
          }
        });
  }

  /** Some blocks of a head's queries, which share the layout of the keys; belongs to one thread. */
  private final class Task {
    private final AttentionInputs in;
    private final Tensor out;
    private final Tensor logSumExp;
    private final AttentionBlocks<A> blocks;
    private final AttentionDropout<A> dropout;
    private final int seqQ;
    private final int seqK;
    private final int width;
    private final int valuePitch;
    private final A queries;
    private final A keys;
    private final A values;
    private final A weights;
    private final A output;
    private final double[][] greatest;
    private final double[][] sums;
    private final double[] shifts = new double[QUERIES];

    Task(AttentionInputs in, Tensor out, Tensor logSumExp) {
      this.in = in;
      this.out = out;
      this.logSumExp = logSumExp;
      this.blocks = new AttentionBlocks<>(loops, in, workspace);
      this.dropout = new AttentionDropout<>(loops, in);
      this.seqQ = in.q().dim(2);
      this.seqK = in.k().dim(2);
      this.width = in.q().dim(3);
      this.valuePitch = blocks.padded(in.v().dim(3));
      int group = Math.min(seqQ, AttentionBlocks.GROUP);
      int rows = blocks.roomFor(group);
      this.queries = blocks.array(Slot.QUERIES, rows * width);
      this.keys = blocks.array(Slot.KEYS_TRANSPOSED, KEYS * width);
      this.values = blocks.array(Slot.VALUE_PANELS, KEYS * valuePitch);
      this.weights = blocks.array(Slot.WEIGHTS, blocks.roomFor(QUERIES) * KEYS);
      this.output = blocks.array(Slot.OUTPUT, rows * valuePitch);
      this.greatest = new double[AttentionBlocks.count(group)][QUERIES];
      this.sums = new double[AttentionBlocks.count(group)][QUERIES];
    }

    void run(int head, int from) {
      int count = Math.min(AttentionBlocks.GROUP, seqQ - from);
      blocks.moveTo(head);
      dropout.moveTo(head);
      blocks.rows(in.q(), from, count, queries);
      blocks.scale(queries, in.scale(), count * width);
      for (int block = 0; block < AttentionBlocks.count(count); block++) {
        Arrays.fill(greatest[block], Double.NEGATIVE_INFINITY);
        Arrays.fill(sums[block], 0);
      }
      loops.elements().fill(0, output, 0, count * valuePitch);
      for (int key = 0; key < seqK; key += KEYS) {
        attend(from, count, key, Math.min(KEYS, seqK - key));
      }
      for (int row = 0; row < count; row++) {
        store(row, from + row);
      }
    }

    /** All queries to one block of keys. */
    private void attend(int from, int count, int key, int n) {
      boolean laidOut = false;
      for (int row = 0; row < count; row += QUERIES) {
        int rows = Math.min(QUERIES, count - row);
        if (blocks.mask().moveTo(from + row, rows, key, n)) {
          if (!laidOut) {
            blocks.transposedPanels(in.k(), key, n, keys);
            blocks.panels(in.v(), key, n, values);
            laidOut = true;
          }
          attend(from, row, rows, key, n);
        }
      }
    }

    private void attend(int from, int row, int rows, int key, int n) {
      BlockLoops<A> product = loops.blocks();
      int pitch = blocks.padded(n);
      int queryAt = row * width;
      int outputAt = row * valuePitch;
      product.product(rows, pitch, width, queries, queryAt, width, 1, keys, 0, weights, 0, false);
      blocks.hide(rows, weights, n);
      correct(row, rows, pitch);
      loops.scores().powers(weights, rows, pitch, shifts, sums[row / QUERIES]);
      dropout.apply(from + row, rows, key, n, weights, pitch);
      product.product(rows, valuePitch, n, weights, 0, pitch, 1, values, 0, output, outputAt, true);
    }

    /** Makes what has been added up so far relative to the greatest score by now. */
    private void correct(int row, int rows, int pitch) {
      loops.scores().greatest(weights, rows, pitch, shifts);
      double[] most = greatest[row / QUERIES];
      double[] sum = sums[row / QUERIES];
      for (int i = 0; i < rows; i++) {
        double before = most[i];
        double max = Math.max(before, shifts[i]);
        // Only negative infinities so far: they become weights of 0 whatever is taken off them.
        shifts[i] = max == Double.NEGATIVE_INFINITY ? 0 : max;
        if (max != before && sum[i] != 0) {
          double correction = Math.exp(before - max);
          sum[i] *= correction;
          int at = (row + i) * valuePitch;
          loops.elements().scale(output, at, correction, output, at, valuePitch);
        }
        most[i] = max;
      }
    }

    private void store(int row, int query) {
      double sum = sums[row / QUERIES][row % QUERIES];
      blocks.store(output, row * valuePitch, sum == 0 ? 0 : 1 / sum, out, query);
      int at = logSumExp.offset() + blocks.head() * seqQ + query;
      double total = greatest[row / QUERIES][row % QUERIES] + Math.log(sum);
      loops.elements().fill(total, Dense.array(logSumExp), at, 1);
    }
  }
}
