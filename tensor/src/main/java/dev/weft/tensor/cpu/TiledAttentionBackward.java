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
    private final A keys;
    private final A keysTransposed;
    private final A valuesTransposed;
    private final A output;
    private final A weights;
    private final A dropped;
    private final A dWeights;
    private final A dOutput;
    private final A dQueries;
    private final A dKeys;
    private final A dValues;
    private final double[] logSumExps = new double[QUERIES];
    private final double[] inners = new double[QUERIES];

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
      int keyRows = AttentionBlocks.paddedRows(seqK);
      int columns = blocks.padded(seqK);
      this.queries = blocks.array(Slot.QUERIES, QUERIES * pitch);
      this.keys = blocks.array(Slot.KEYS, seqK * pitch);
      this.keysTransposed = blocks.array(Slot.KEYS_TRANSPOSED, columns * width);
      this.valuesTransposed = blocks.array(Slot.VALUES_TRANSPOSED, columns * valueWidth);
      this.output = blocks.array(Slot.OUTPUT, QUERIES * valuePitch);
      this.weights = blocks.array(Slot.WEIGHTS, QUERIES * KEYS);
      this.dropped = in.drops() ? blocks.array(Slot.DROPPED, QUERIES * KEYS) : weights;
      this.dWeights = blocks.array(Slot.WEIGHT_GRADIENTS, QUERIES * KEYS);
      this.dOutput = blocks.array(Slot.OUTPUT_GRADIENTS, QUERIES * valuePitch);
      this.dQueries = blocks.array(Slot.QUERY_GRADIENTS, QUERIES * pitch);
      this.dKeys = blocks.array(Slot.KEY_GRADIENTS, keyRows * pitch);
      this.dValues = blocks.array(Slot.VALUE_GRADIENTS, keyRows * valuePitch);
    }

    void run(int head) {
      blocks.moveTo(head);
      dropout.moveTo(head);
      blocks.rows(in.k(), 0, seqK, 1, keys, pitch);
      blocks.transposed(in.k(), keysTransposed);
      blocks.transposed(in.v(), valuesTransposed);
      loops.elements().fill(0, dKeys, 0, seqK * pitch);
      loops.elements().fill(0, dValues, 0, seqK * valuePitch);
      int seqQ = in.q().dim(2);
      for (int query = 0; query < seqQ; query += QUERIES) {
        differentiate(query, Math.min(QUERIES, seqQ - query));
      }
      for (int row = 0; row < seqK; row++) {
        blocks.store(dKeys, row * pitch, 1, to.dk(), row);
        blocks.store(dValues, row * valuePitch, 1, to.dv(), row);
      }
    }

    private void differentiate(int query, int count) {
      blocks.rows(in.q(), query, count, in.scale(), queries, pitch);
      blocks.rows(gradOutput, query, count, 1, dOutput, valuePitch);
      blocks.rows(result.output(), query, count, 1, output, valuePitch);
      for (int row = 0; row < count; row++) {
        logSumExps[row] = logSumExp(query + row);
        int at = row * valuePitch;
        inners[row] = loops.folds().dot(output, at, dOutput, at, valueWidth);
      }
      boolean first = true;
      for (int key = 0; key < seqK; key += KEYS) {
        int n = Math.min(KEYS, seqK - key);
        if (blocks.mask().moveTo(query, count, key, n)) {
          differentiate(query, count, key, n, first);
          first = false;
        }
      }
      if (first) {
        loops.elements().fill(0, dQueries, 0, count * pitch);
      }
      for (int row = 0; row < count; row++) {
        blocks.store(dQueries, row * pitch, in.scale(), to.dq(), query + row);
      }
    }

    private double logSumExp(int query) {
      Tensor logs = result.logSumExp();
      int at = logs.offset() + blocks.head() * in.q().dim(2) + query;
      double value = ((HeapStorage) logs.storage()).get(at);
      // Nothing to attend to: all weights are 0.
      return value == Double.NEGATIVE_INFINITY ? Double.POSITIVE_INFINITY : value;
    }

    /** One block of keys. */
    private void differentiate(int query, int count, int key, int n, boolean first) {
      BlockLoops<A> product = loops.blocks();
      int rows = AttentionBlocks.paddedRows(count);
      int columns = blocks.padded(n);
      A kT = keysTransposed;
      A vT = valuesTransposed;
      int kAt = key * width;
      int vAt = key * valueWidth;
      product.product(rows, columns, width, queries, 0, pitch, 1, kT, kAt, weights, 0, false);
      product.product(
          rows, columns, valueWidth, dOutput, 0, valuePitch, 1, vT, vAt, dWeights, 0, false);
      for (int row = 0; row < count; row++) {
        differentiate(query, row, key, n, row * columns);
      }
      int keyRows = AttentionBlocks.paddedRows(n);
      A d = dWeights;
      int dvAt = key * valuePitch;
      int dkAt = key * pitch;
      product.product(
          keyRows, valuePitch, count, dropped, 0, 1, columns, dOutput, 0, dValues, dvAt, true);
      product.product(keyRows, pitch, count, d, 0, 1, columns, queries, 0, dKeys, dkAt, true);
      product.product(rows, pitch, n, d, 0, columns, 1, keys, dkAt, dQueries, 0, !first);
    }

    /** A row's weights from its scores, and the scores' gradients from the weights'. */
    private void differentiate(int query, int row, int key, int n, int at) {
      int columns = blocks.padded(n);
      blocks.hide(row, weights, at, n, columns);
      loops.scores().powers(weights, at, logSumExps[row], columns);
      if (in.drops()) {
        dropout.draw(query + row, key, n);
        dropout.drop(weights, at, dropped, at, n);
        dropout.drop(dWeights, at, dWeights, at, n);
      }
      double inner = inners[row];
      loops.rows().softmaxBackward(weights, at, dWeights, at, inner, dWeights, at, n);
    }
  }
}
