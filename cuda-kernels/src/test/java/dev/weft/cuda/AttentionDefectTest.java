package dev.weft.cuda;

import static dev.weft.cuda.OnMachine.exact;
import static dev.weft.cuda.OnMachine.result;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.tensor.AttentionInputs;
import dev.weft.tensor.DType;
import dev.weft.tensor.Shape;
import dev.weft.tensor.Tensor;
import dev.weft.tensor.cpu.HeapStorage;
import dev.weft.tensor.cpu.ReferenceBackend;
import java.lang.foreign.MemorySegment;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/**
 * Mistakes put into the attention that ships: the machine finds those of timing, the reference
 * those of arithmetic.
 */
class AttentionDefectTest {
  private static final int SEQ = 80;
  private static final int WIDTH = 8;

  /** Greatest error of causal attention in BF16; scores rise with the key, so maxima move. */
  private static double error(OnMachine on) {
    int[] dims = {1, 1, SEQ, WIDTH};
    float[] q = on.normal(SEQ * WIDTH);
    float[] k = on.normal(SEQ * WIDTH);
    float[] v = on.normal(SEQ * WIDTH);
    for (int i = 0; i < k.length; i++) {
      q[i] = Math.abs(q[i]);
      int key = i / WIDTH;
      k[i] += key * 0.05f;
    }
    byte[] causal = new byte[SEQ * SEQ];
    for (int i = 0; i < causal.length; i++) {
      causal[i] = (byte) (i % SEQ <= i / SEQ ? 1 : 0);
    }
    Shape scores = Shape.of(1, 1, SEQ, SEQ);
    Tensor mask = Tensor.over(on.memory.take(DType.BOOL, causal.length), scores, 0);
    on.gpu.upload(MemorySegment.ofArray(causal), CudaStorage.address(mask));
    Tensor out = on.empty(dims);
    AttentionInputs in =
        new AttentionInputs(on.put(q, dims), on.put(k, dims), on.put(v, dims), mask, 0.5, 0, null);
    new CudaAttention(on.gpu, on.memory)
        .attention(MatmulPrecision.BF16, in, out, on.empty(1, 1, SEQ));

    Tensor hostMask = Tensor.over(HeapStorage.of(DType.BOOL, causal), scores, 0);
    Tensor expected = result(dims);
    new ReferenceBackend()
        .attention(
            new AttentionInputs(
                exact(q, dims), exact(k, dims), exact(v, dims), hostMask, 0.5, 0, null),
            expected,
            result(1, 1, SEQ));
    double[] wanted = expected.toDoubles();
    float[] found = on.floats(out);
    double error = 0;
    for (int i = 0; i < found.length; i++) {
      error = Math.max(error, Math.abs(found[i] - wanted[i]));
    }
    return error;
  }

  private static UnaryOperator<String> replacing(String pattern, String with) {
    return text -> {
      String changed = text.replaceFirst(pattern, with);
      assertNotEquals(text, changed, pattern);
      return changed;
    };
  }

  private static double errorOf(UnaryOperator<String> change) {
    return error(OnMachine.changing("attention_tensor", change));
  }

  private static void assertCaught(String expected, UnaryOperator<String> change) {
    String message = assertThrows(CudaException.class, () -> errorOf(change)).getMessage();
    assertTrue(message.contains(expected), message);
  }

  @Test
  void withoutADefectItIsRight() {
    double error = errorOf(text -> text);
    assertTrue(error < 0.05, "error " + error);
  }

  /** A greater score comes, and what was added up before is not scaled down. */
  @Test
  void aLostRescaling() {
    double error =
        errorOf(replacing("ex2\\.approx\\.ftz\\.f32 (%f\\d+), %f\\d+;", "mov.f32 $1, 0f3F800000;"));
    assertTrue(error > 0.5, "error " + error);
  }

  /** One of a lane's scores has its mask the wrong way round. */
  @Test
  void aMaskTheWrongWayRound() {
    double error = errorOf(replacing("setp\\.eq\\.s16", "setp.ne.s16"));
    assertTrue(error > 0.5, "error " + error);
  }

  /** Keys are multiplied with before all of them are there. */
  @Test
  void theBarrierBeforeATileIsRead() {
    assertCaught(
        "that were never written",
        text -> {
          int loop = text.indexOf("bar.sync", text.indexOf("bar.red"));
          return text.substring(0, loop) + text.substring(text.indexOf(';', loop) + 1);
        });
  }

  /** The vote whether a tile is hidden is the barrier that keeps the next tile out. */
  @Test
  void aVoteOfTheWarpInsteadOfTheBlock() {
    assertCaught(
        "race: writes shared memory",
        replacing(
            "bar\\.red\\.or\\.pred\\s+(%p\\d+), 0, (%p\\d+);", "vote.sync.any.pred $1, $2, -1;"));
  }
}
