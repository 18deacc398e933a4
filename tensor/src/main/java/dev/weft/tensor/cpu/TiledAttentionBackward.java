package dev.weft.tensor.cpu;

import static dev.weft.tensor.cpu.AttentionBlocks.KEYS;
import static dev.weft.tensor.cpu.AttentionBlocks.QUERIES;

import dev.weft.tensor.AttentionInputs;
import dev.weft.tensor.AttentionOps;
import dev.weft.tensor.Tensor;
import dev.weft.tensor.cpu.AttentionBlocks.Slot;

/**
 * The backward pass of {@link TiledAttention}: weights are computed once more, a block at a time,
 * from the scores and their log-sum-exp; {@code Σ P dP} is the product of a row of the output with
 * its gradient (Dao et al., arXiv 2205.14135, appendix B).
 *
 * @param <A> {@code float[]} or {@code double[]}
 */
final class TiledAttentionBackward<A> {
  private final Loops<A> loops;
  private final Workspace<A> workspace;

  TiledAttentionBackward(Loops<A> loops) {
    this.loops = loops;
    this.workspace = AttentionBlocks.workspace(loops);
  }

  void differentiate(
      AttentionInputs in, AttentionOps.Result result, Tensor gradOutput, Gradients to) {
    int heads = in.q().dim(0) * in.q().dim(1);
    long widths = 3L * in.q().dim(3) + 2L * in.v().dim(3);
    long work = widths * in.q().dim(2) * in.k().dim(2);
    Threads.forRange(
        heads,
        AttentionBlocks.together(heads, work),
        (from, end) -> {
          Task task = new Task(in, result, gradOutput, to);
          for (int head = from; head < end; head++) {
            task.run(head);
          }
        });
  }

  /** Where the gradients go. */
  record Gradients(Tensor dq, Tensor dk, Tensor dv) {}

  /** The backward pass of one head after the other; belongs to one thread. */
  private final class Task {
    private final AttentionInputs in;
    private final AttentionOps.Result result;
    private final Tensor gradOutput;
    private final Gradients to;
    private final AttentionBlocks<A> blocks;
    private final AttentionDropout<A> dropout;
    private final int seqK;
    private final int width;
    private final int pitch;
    private final int valueWidth;
    private final int valuePitch;
    private final A queries;
    private final A queryPanels;
    private final A keyPanels;
    private final A keysTransposed;
    private final A valuesTransposed;
    private final A output;
    private final A weights;
    private final A dropped;
    private final A dWeights;
    private final A dOutput;
    private final A dOutputPanels;
    private final A dQueries;
    private final A dKeys;
    private final A dValues;
    private final double[][] logSumExps;
    private final double[][] inners;

    /** Not asked for: sums of weights that are known to be 1. */
    private final double[] sums = new double[QUERIES];

    Task(AttentionInputs in, AttentionOps.Result result, Tensor gradOutput, Gradients to) {
      this.in = in;
      this.result = result;
      this.gradOutput = gradOutput;
      this.to = to;
      this.blocks = new AttentionBlocks<>(loops, in, workspace);
      this.dropout = new AttentionDropout<>(loops, in);
      this.seqK = in.k().dim(2);
      this.width = in.q().dim(3);
      this.pitch = blocks.padded(width);
      this.valueWidth = in.v().dim(3);
      this.valuePitch = blocks.padded(valueWidth);
      int group = Math.min(in.q().dim(2), AttentionBlocks.GROUP);
      int rows = blocks.roomFor(group);
      int scores = blocks.roomFor(QUERIES) * KEYS;
      int keyRows = (seqK + KEYS - 1) / KEYS * blocks.roomFor(KEYS);
      this.queries = blocks.array(Slot.QUERIES, rows * width);
      this.queryPanels = blocks.array(Slot.QUERY_PANELS, group * pitch);
      this.keyPanels = blocks.array(Slot.KEY_PANELS, KEYS * pitch);
      this.keysTransposed = blocks.array(Slot.KEYS_TRANSPOSED, KEYS * width);
      this.valuesTransposed = blocks.array(Slot.VALUES_TRANSPOSED, KEYS * valueWidth);
      this.output = blocks.array(Slot.OUTPUT, group * valueWidth);
      this.weights = blocks.array(Slot.WEIGHTS, scores);
      this.dropped = in.drops() ? blocks.array(Slot.DROPPED, scores) : weights;
      this.dWeights = blocks.array(Slot.WEIGHT_GRADIENTS, scores);
      this.dOutput = blocks.array(Slot.OUTPUT_GRADIENTS, rows * valueWidth);
      this.dOutputPanels = blocks.array(Slot.OUTPUT_GRADIENT_PANELS, group * valuePitch);
      this.dQueries = blocks.array(Slot.QUERY_GRADIENTS, rows * pitch);
      this.dKeys = blocks.array(Slot.KEY_GRADIENTS, keyRows * pitch);
      this.dValues = blocks.array(Slot.VALUE_GRADIENTS, keyRows * valuePitch);
      this.logSumExps = new double[AttentionBlocks.count(group)][QUERIES];
      this.inners = new double[AttentionBlocks.count(group)][QUERIES];
    }

    void run(int head) {
      blocks.moveTo(head);
      dropout.moveTo(head);
      int keyRows = (seqK + KEYS - 1) / KEYS * blocks.roomFor(KEYS);
      loops.elements().fill(0, dKeys, 0, keyRows * pitch);
      loops.elements().fill(0, dValues, 0, keyRows * valuePitch);
      int seqQ = in.q().dim(2);
      for (int from = 0; from < seqQ; from += AttentionBlocks.GROUP) {
        differentiate(from, Math.min(AttentionBlocks.GROUP, seqQ - from));
      }
      for (int key = 0; key < seqK; key++) {
        blocks.store(dKeys, row(key) * pitch, 1, to.dk(), key);
        blocks.store(dValues, row(key) * valuePitch, 1, to.dv(), key);
      }
    }

    /** Where a key's gradients stand: behind each block there is room for rows without meaning. */
    private int row(int key) {
      return key / KEYS * blocks.roomFor(KEYS) + key % KEYS;
    }

    /** Some blocks of queries, which share the layout of the keys. */
    private void differentiate(int from, int count) {
      blocks.rows(in.q(), from, count, queries);
      blocks.scale(queries, in.scale(), count * width);
      blocks.rows(gradOutput, from, count, dOutput);
      blocks.rows(result.output(), from, count, output);
      for (int row = 0; row < count; row += QUERIES) {
        prepare(from, row, Math.min(QUERIES, count - row));
      }
      loops.elements().fill(0, dQueries, 0, count * pitch);
      for (int key = 0; key < seqK; key += KEYS) {
        differentiate(from, count, key, Math.min(KEYS, seqK - key));
      }
      for (int row = 0; row < count; row++) {
        blocks.store(dQueries, row * pitch, in.scale(), to.dq(), from + row);
      }
    }

    private void prepare(int from, int row, int rows) {
      int at = row * valueWidth;
      blocks.panels(queries, row * width, width, rows, queryPanels, row * pitch);
      blocks.panels(dOutput, at, valueWidth, rows, dOutputPanels, row * valuePitch);
      for (int i = 0; i < rows; i++) {
        int line = at + i * valueWidth;
        logSumExps[row / QUERIES][i] = logSumExp(from + row + i);
        inners[row / QUERIES][i] = loops.folds().dot(output, line, dOutput, line, valueWidth);
      }
    }

    private double logSumExp(int query) {
      Tensor logs = result.logSumExp();
      int at = logs.offset() + blocks.head() * in.q().dim(2) + query;
      double value = ((HeapStorage) logs.storage()).get(at);
      // Nothing to attend to: all weights are 0.
      return value == Double.NEGATIVE_INFINITY ? Double.POSITIVE_INFINITY : value;
    }

    /** All these queries with one block of keys. */
    private void differentiate(int from, int count, int key, int n) {
      boolean laidOut = false;
      for (int row = 0; row < count; row += QUERIES) {
        int rows = Math.min(QUERIES, count - row);
        if (blocks.mask().moveTo(from + row, rows, key, n)) {
          if (!laidOut) {
            blocks.panels(in.k(), key, n, keyPanels);
            blocks.transposedPanels(in.k(), key, n, keysTransposed);
            blocks.transposedPanels(in.v(), key, n, valuesTransposed);
            laidOut = true;
          }
          scores(row, rows, n);
          weights(from + row, rows, key, n, row / QUERIES);
          gradients(row, rows, key, n);
        }
      }
    }

    /** The scores and the gradients of the weights. */
    private void scores(int row, int rows, int n) {
      BlockLoops<A> product = loops.blocks();
      int columns = blocks.padded(n);
      int qAt = row * width;
      int gAt = row * valueWidth;
      A kT = keysTransposed;
      A vT = valuesTransposed;
      product.product(rows, columns, width, queries, qAt, width, 1, kT, 0, weights, 0, false);
      product.product(
          rows, columns, valueWidth, dOutput, gAt, valueWidth, 1, vT, 0, dWeights, 0, false);
    }

    /** The weights from the scores, and the scores' gradients from the weights'. */
    private void weights(int query, int rows, int key, int n, int block) {
      int columns = blocks.padded(n);
      blocks.hide(rows, weights, n);
      loops.scores().powers(weights, rows, columns, logSumExps[block], sums);
      for (int row = 0; row < rows && in.drops(); row++) {
        int at = row * columns;
        dropout.draw(query + row, key, n);
        dropout.drop(weights, at, dropped, at, n);
        dropout.drop(dWeights, at, dWeights, at, n);
      }
      loops.scores().slopes(weights, dWeights, rows, columns, inners[block]);
    }

    private void gradients(int row, int rows, int key, int n) {
      BlockLoops<A> product = loops.blocks();
      int columns = blocks.padded(n);
      int dkAt = row(key) * pitch;
      int dvAt = row(key) * valuePitch;
      int qAt = row * pitch;
      int gAt = row * valuePitch;
      A d = dWeights;
      product.product(
          n, valuePitch, rows, dropped, 0, 1, columns, dOutputPanels, gAt, dValues, dvAt, true);
      product.product(n, pitch, rows, d, 0, 1, columns, queryPanels, qAt, dKeys, dkAt, true);
      product.product(rows, pitch, n, d, 0, columns, 1, keyPanels, 0, dQueries, qAt, true);
    }
  }
}
