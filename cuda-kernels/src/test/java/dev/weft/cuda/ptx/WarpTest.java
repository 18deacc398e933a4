package dev.weft.cuda.ptx;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Random;
import java.util.function.IntToLongFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What lanes, warps and blocks do together. */
class WarpTest {

  private static void each(IntToLongFunction expected, String body) {
    assertArrayEquals(IntStream.range(0, 32).mapToLong(expected).toArray(), Snippet.lanes(body));
  }

  @Test
  void pathsThatPartMeetAgain() {
    each(
        lane -> lane < 10 ? 1 + 100 : lane % 2 == 0 ? 2 + 100 : 3 + 100,
        """
        setp.lt.u32 %p1, %r39, 10;
        @%p1 bra SMALL;
        and.b32 %r2, %r39, 1;
        setp.eq.u32 %p2, %r2, 0;
        @%p2 bra EVEN;
        mov.u32 %r1, 3;
        bra JOINED;
        EVEN: mov.u32 %r1, 2;
        bra JOINED;
        SMALL: mov.u32 %r1, 1;
        JOINED:
        activemask.b32 %r3;
        setp.eq.u32 %p3, %r3, -1;
        @%p3 add.u32 %r1, %r1, 100;
        cvt.u64.u32 %rd2, %r1;
        """);
  }

  @Test
  void aLoopLastsAsLongAsItsLongestLane() {
    each(
        lane -> lane * (lane + 1L) / 2,
        """
        mov.u32 %r1, 0;
        mov.u32 %r2, %r39;
        LOOP:
        setp.eq.u32 %p1, %r2, 0;
        @%p1 bra DONE;
        add.u32 %r1, %r1, %r2;
        sub.u32 %r2, %r2, 1;
        bra LOOP;
        DONE:
        bar.warp.sync -1;
        cvt.u64.u32 %rd2, %r1;
        """);
  }

  @Test
  void anIndexedBranchGoesToItsTarget() {
    each(
        lane -> 10L * (lane % 3),
        """
        rem.u32 %r2, %r39, 3;
        TABLE: .branchtargets A, B, C;
        brx.idx %r2, TABLE;
        A: mov.u64 %rd2, 0; bra END;
        B: mov.u64 %rd2, 10; bra END;
        C: mov.u64 %rd2, 20;
        END:
        """);
  }

  @ParameterizedTest
  @CsvSource({
    "up, 3, 0",
    "down, 3, 31",
    "bfly, 5, 31",
    "idx, 7, 31",
    "up, 3, 6144",
    "down, 3, 6175",
    "idx, 2, 6175"
  })
  void shuffles(String mode, int b, int c) {
    // Segments of 8 lanes where the mask in c says 0x18: 6144 = 0x1800.
    int size = c >= 6144 ? 8 : 32;
    IntToLongFunction expected =
        lane -> {
          int first = lane / size * size;
          int from =
              switch (mode) {
                case "up" -> lane - b;
                case "down" -> lane + b;
                case "bfly" -> lane ^ b;
                default -> first + b;
              };
          boolean inside = from >= first && from < first + size;
          return (inside ? from : lane) * 10L + (inside ? 1 : 0);
        };
    each(
        expected,
        """
        mul.lo.u32 %%r2, %%r39, 10;
        shfl.sync.%s.b32 %%r1|%%p1, %%r2, %d, %d, -1;
        selp.u32 %%r3, 1, 0, %%p1;
        add.u32 %%r1, %%r1, %%r3;
        cvt.u64.u32 %%rd2, %%r1;
        """
            .formatted(mode, b, c));
  }

  @Test
  void votes() {
    String head = "setp.lt.u32 %p1, %r39, 3;";
    each(lane -> 7, head + "vote.sync.ballot.b32 %r1, %p1, -1; cvt.u64.u32 %rd2, %r1;");
    each(lane -> 1, head + "vote.sync.any.pred %p2, %p1, -1; selp.u64 %rd2, 1, 0, %p2;");
    each(lane -> 0, head + "vote.sync.all.pred %p2, %p1, -1; selp.u64 %rd2, 1, 0, %p2;");
    each(lane -> 0, head + "vote.sync.uni.pred %p2, %p1, -1; selp.u64 %rd2, 1, 0, %p2;");
    each(lane -> 496, "redux.sync.add.u32 %r1, %r39, -1; cvt.u64.u32 %rd2, %r1;");
    each(
        lane -> lane % 2 == 0 ? 0x55555555L : 0xaaaaaaaaL,
        "and.b32 %r1, %r39, 1; match.any.sync.b32 %r2, %r1, -1; cvt.u64.u32 %rd2, %r2;");
  }

  @Test
  void barriersCountAndExchange() {
    String body =
        """
        mov.u32 %r1, %tid.x;
        mul.lo.u32 %r2, %r1, 4;
        mov.u32 %r3, tile;
        add.u32 %r4, %r3, %r2;
        st.shared.u32 [%r4], %r1;
        bar.sync 0;
        mov.u32 %r5, 127;
        sub.u32 %r5, %r5, %r1;
        mul.lo.u32 %r5, %r5, 4;
        add.u32 %r5, %r3, %r5;
        ld.shared.u32 %r6, [%r5];
        setp.gt.u32 %p1, %r6, 99;
        bar.red.popc.u32 %r7, 0, %p1;
        mad.lo.u32 %r6, %r7, 1000, %r6;
        cvt.u64.u32 %rd2, %r6;
        setp.gt.u32 %p2, %r1, 31;
        @%p2 exit;
        """;
    long[] results = Snippet.run(body, 128, new Counters(false));
    for (int lane = 0; lane < 32; lane++) {
      assertEquals(28_000 + 127 - lane, results[lane]);
    }
  }

  @Test
  void atomicsOfAllLanes() {
    String read = "ld.global.u32 %r1, [%rd1+1024]; cvt.u64.u32 %rd2, %r1;";
    String store = "setp.ne.u32 %p1, %r39, 0; @!%p1 st.global.u32 [%rd1+1024], 5;";
    each(lane -> 37, store + "red.global.add.u32 [%rd1+1024], 1;" + read);
    each(
        lane -> 5 + lane,
        store + "atom.global.add.u32 %r1, [%rd1+1024], 1; cvt.u64.u32 %rd2, %r1;");
    each(lane -> 31, store + "red.global.max.u32 [%rd1+1024], %r39;" + read);
    each(lane -> 0, store + "red.global.min.u32 [%rd1+1024], %r39;" + read);
    each(lane -> 9, store + "atom.global.cas.b32 %r2, [%rd1+1024], 5, 9;" + read);
  }

  /** The fragments of chapter 9.7.14, written out for whole matrices. */
  @Test
  void matrixProductsOfTf32AndBf16() {
    Random random = new Random(3);
    int[][] a = new int[16][16];
    int[][] b = new int[16][8];
    for (int[] row : a) {
      java.util.Arrays.setAll(row, i -> random.nextInt(9) - 4);
    }
    for (int[] row : b) {
      java.util.Arrays.setAll(row, i -> random.nextInt(9) - 4);
    }
    // Every lane holds its elements as the small formulas below say; a number is put there by a
    // chain of selections.
    StringBuilder body = new StringBuilder();
    for (int register = 0; register < 4; register++) {
      for (int half = 0; half < 2; half++) {
        int r = register;
        int h = half;
        choose(
            body,
            "%f" + (10 + 2 * register + half),
            lane -> a[lane / 4 + 8 * (r % 2)][lane % 4 * 2 + h + 8 * (r / 2)]);
      }
      body.append(
          "cvt.rn.bf16x2.f32 %%r%d, %%f%d, %%f%d;%n"
              .formatted(1 + register, 11 + 2 * register, 10 + 2 * register));
    }
    for (int register = 0; register < 2; register++) {
      for (int half = 0; half < 2; half++) {
        int r = register;
        int h = half;
        choose(
            body, "%f" + (20 + 2 * register + half), lane -> b[lane % 4 * 2 + h + 8 * r][lane / 4]);
      }
      body.append(
          "cvt.rn.bf16x2.f32 %%r%d, %%f%d, %%f%d;%n"
              .formatted(5 + register, 21 + 2 * register, 20 + 2 * register));
    }
    body.append(
        "mov.f32 %f5, 0f3F800000;"
            + "mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32 {%f1, %f2, %f3, %f4},"
            + " {%r1, %r2, %r3, %r4}, {%r5, %r6}, {%f5, %f5, %f5, %f5};");
    for (int e = 0; e < 4; e++) {
      int element = e;
      IntToLongFunction expected =
          lane -> {
            int row = lane / 4 + (element < 2 ? 0 : 8);
            int column = lane % 4 * 2 + element % 2;
            return 1L + IntStream.range(0, 16).map(p -> a[row][p] * b[p][column]).sum();
          };
      each(expected, body + "cvt.rni.s64.f32 %rd2, %f" + (1 + e) + ";");
    }
  }

  private static void choose(StringBuilder body, String register, IntToLongFunction value) {
    body.append("mov.f32 %s, 0f00000000;%n".formatted(register));
    for (int lane = 0; lane < 32; lane++) {
      body.append("setp.eq.u32 %%p1, %%r39, %d;%n".formatted(lane));
      body.append(
          "@%%p1 mov.f32 %s, 0f%08X;%n"
              .formatted(register, Float.floatToRawIntBits((float) value.applyAsLong(lane))));
    }
  }

  @Test
  void countsTransactionsAndConflicts() {
    Counters next = new Counters(true);
    Snippet.run("mov.u64 %rd2, 1;", 32, next);
    assertEquals(1, next.globalRequests());
    assertEquals(8, next.globalSectors(), "32 times 8 bytes next to each other");
    Counters conflict = new Counters(true);
    Snippet.run(
        "mul.lo.u32 %r1, %r39, 8; mov.u32 %r2, tile; add.u32 %r1, %r1, %r2;"
            + "st.shared.u32 [%r1], %r39; mov.u64 %rd2, 1;",
        32, conflict);
    assertEquals(2, conflict.sharedWavefronts(), "every other word: two lanes a bank");
  }
}
