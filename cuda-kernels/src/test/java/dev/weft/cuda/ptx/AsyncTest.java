package dev.weft.cuda.ptx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/** {@code cp.async} and {@code ldmatrix} as the PTX specification has them. */
class AsyncTest {
  /** Each lane puts its number at 8 bytes of global memory of its own, 512 bytes from the start. */
  private static final String NUMBERS =
      """
      mul.lo.u32 %r1, %r39, 8;
      mov.u32 %r2, tile;
      add.u32 %r2, %r2, %r1;
      add.s64 %rd3, %rd19, 512;
      cvt.u64.u32 %rd4, %r39;
      st.global.b64 [%rd3], %rd4;
      """;

  private static String copy(String more) {
    return NUMBERS + "cp.async.ca.shared.global [%r2], [%rd3], 8" + more + ";\n";
  }

  private static void assertLanes(int perLane, int more, String body) {
    long[] lanes = Snippet.lanes(body);
    for (int lane = 0; lane < 32; lane++) {
      assertEquals((long) perLane * lane + more, lanes[lane], "lane " + lane);
    }
  }

  private static void assertFault(String expected, String body) {
    PtxException e = assertThrows(PtxException.class, () -> Snippet.lanes(body));
    assertTrue(e.getMessage().contains(expected), e.getMessage());
  }

  @Test
  void whatIsWaitedForIsThere() {
    String load = "ld.shared.b64 %rd2, [%r2];";
    assertLanes(1, 0, copy("") + "cp.async.wait_all;" + load);
    assertLanes(1, 0, copy("") + "cp.async.commit_group; cp.async.wait_group 0;" + load);
  }

  @Test
  void whatIsNotWaitedForIsNot() {
    String load = "ld.shared.b64 %rd2, [%r2];";
    assertFault("never written", copy("") + load);
    assertFault("never written", copy("") + "cp.async.commit_group;" + load);
    assertFault("never written", copy("") + "cp.async.wait_group 0;" + load);
  }

  /** Two groups: waiting until one is left gives the older one. */
  @Test
  void groupsArriveInOrder() {
    String two =
        copy("")
            + "cp.async.commit_group;"
            + "cp.async.ca.shared.global [%r2+256], [%rd3], 8; cp.async.commit_group;"
            + "cp.async.wait_group 1;";
    assertLanes(1, 0, two + "ld.shared.b64 %rd2, [%r2];");
    assertFault("never written", two + "ld.shared.b64 %rd2, [%r2+256];");
  }

  @Test
  void zerosStandForWhatTheSourceLacks() {
    String wait = "cp.async.wait_all;";
    assertLanes(0, 0, copy(", 0") + wait + "ld.shared.b64 %rd2, [%r2];");
    assertLanes(1, 0, copy(", 4") + wait + "ld.shared.b64 %rd2, [%r2];");
    // A source of nothing is not looked at.
    assertLanes(
        0,
        0,
        NUMBERS
            + "mov.u32 %r3, 0; cp.async.ca.shared.global [%r2], [%rd3+1048576], 8, %r3;"
            + wait
            + "ld.shared.b64 %rd2, [%r2];");
  }

  /** Waiting is for one's own copies: others' need a barrier too. */
  @Test
  void aNeighboursCopyNeedsABarrier() {
    String neighbour =
        "xor.b32 %r4, %r39, 1; mul.lo.u32 %r4, %r4, 8; mov.u32 %r5, tile; add.u32 %r5, %r5, %r4;";
    String load = "ld.shared.b64 %rd2, [%r5];";
    assertFault("race: reads", copy("") + neighbour + "cp.async.wait_all;" + load);
    long[] lanes = Snippet.lanes(copy("") + neighbour + "cp.async.wait_all; bar.sync 0;" + load);
    for (int lane = 0; lane < 32; lane++) {
      assertEquals(lane ^ 1, lanes[lane]);
    }
  }

  @Test
  void sixteenBytesOnlyPastTheL1() {
    assertFault(
        "cannot copy so many bytes",
        NUMBERS + "cp.async.cg.shared.global [%r2], [%rd3], 8; mov.u64 %rd2, 0;");
    assertFault(
        "misaligned: 16 bytes",
        NUMBERS + "cp.async.cg.shared.global [%r2], [%rd3], 16; mov.u64 %rd2, 0;");
  }

  // ---- ldmatrix ------------------------------------------------------------------------------

  /** Four matrices of 8×8: number i of the 256 is i; row 8 m + r of matrix m is at 16 (8 m + r). */
  private static String matrices(String load, String result) {
    StringBuilder body = new StringBuilder("mov.u32 %r2, tile; mul.lo.u32 %r3, %r39, 16;");
    body.append("add.u32 %r2, %r2, %r3; mul.lo.u32 %r4, %r39, 8;");
    for (int e = 0; e < 8; e++) {
      body.append("add.u32 %r5, %r4, ").append(e).append("; cvt.u16.u32 %h1, %r5;");
      body.append("st.shared.u16 [%r2+").append(2 * e).append("], %h1;");
    }
    return body + "bar.sync 0;" + load + "cvt.u64.u32 %rd2, " + result + ";";
  }

  /** The first of a lane's two numbers of a matrix; with .trans rows and columns are exchanged. */
  private static long fragment(int matrix, int lane, boolean turned) {
    int row = lane / 4;
    int column = lane % 4 * 2;
    int low = turned ? 8 * column + row : 8 * row + column;
    int high = turned ? low + 8 : low + 1;
    return (64L * matrix + high) << 16 | (64L * matrix + low);
  }

  @Test
  void eachLaneGetsItsPairOfEachMatrix() {
    for (boolean turned : new boolean[] {false, true}) {
      for (int count : new int[] {1, 2, 4}) {
        for (int matrix = 0; matrix < count; matrix++) {
          String to = count == 1 ? "{%r6}" : count == 2 ? "{%r6,%r7}" : "{%r6,%r7,%r8,%r9}";
          String load =
              "ldmatrix.sync.aligned.m8n8.x%d%s.shared.b16 %s, [%%r2];"
                  .formatted(count, turned ? ".trans" : "", to);
          long[] lanes = Snippet.lanes(matrices(load, "%r" + (6 + matrix)));
          for (int lane = 0; lane < 32; lane++) {
            assertEquals(fragment(matrix, lane, turned), lanes[lane], load + " lane " + lane);
          }
        }
      }
    }
  }

  @Test
  void rowsNextToEachOtherHaveNoConflict() {
    Counters counters = new Counters(true);
    String load = "ldmatrix.sync.aligned.m8n8.x4.shared.b16 {%r6,%r7,%r8,%r9}, [%r2];";
    Counters without = new Counters(true);
    Snippet.run(matrices(load, "%r6"), 32, counters);
    Snippet.run(matrices("", "%r5"), 32, without);
    assertEquals(4, counters.sharedWavefronts() - without.sharedWavefronts(), "one a matrix");
  }

  @Test
  void aRowIsSixteenBytesOnABoundaryOfSixteen() {
    assertFault(
        "misaligned: 16 bytes",
        matrices("ldmatrix.sync.aligned.m8n8.x1.shared.b16 {%r6}, [%r2+8];", "%r6"));
    assertFault(
        "all lanes of the warp",
        matrices(
            "setp.lt.u32 %p1, %r39, 8; mov.u32 %r6, 0;"
                + "@%p1 ldmatrix.sync.aligned.m8n8.x1.shared.b16 {%r6}, [%r2];",
            "%r6"));
  }
}
