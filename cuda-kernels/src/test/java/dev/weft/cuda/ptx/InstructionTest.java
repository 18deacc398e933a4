package dev.weft.cuda.ptx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** One instruction at a time, at its edges: what the PTX ISA reference says it gives. */
class InstructionTest {

  private static String with(String body, String result) {
    return body + "\n" + result;
  }

  private static long u32(String body) {
    return Snippet.one(with(body, "cvt.u64.u32 %rd2, %r1;"));
  }

  private static long s32(String body) {
    return Snippet.one(with(body, "cvt.s64.s32 %rd2, %r1;"));
  }

  private static float f32(String body) {
    return Float.intBitsToFloat(
        (int) Snippet.one(with(body, "mov.b32 %r1, %f1; cvt.u64.u32 %rd2, %r1;")));
  }

  private static double f64(String body) {
    return Double.longBitsToDouble(Snippet.one(with(body, "mov.b64 %rd2, %fd1;")));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          add.s32 %r1, 2147483647, 1;                | -2147483648
          add.sat.s32 %r1, 2147483647, 1;            | 2147483647
          sub.s32 %r1, -2147483648, 1;               | 2147483647
          sub.sat.s32 %r1, -2147483648, 1;           | -2147483648
          mul.lo.s32 %r1, 65536, 65537;              | 65536
          mul.hi.s32 %r1, -2, 2147483647;            | -1
          mul.hi.u32 %r1, -1, -1;                    | -2
          mad.lo.s32 %r1, -3, 5, 7;                  | -8
          mad.hi.s32 %r1, 1073741824, 8, 1;          | 3
          mul24.lo.s32 %r1, 16777215, 3;             | -3
          div.s32 %r1, -7, 2;                        | -3
          rem.s32 %r1, -7, 2;                        | -1
          div.u32 %r1, -2, 2;                        | 2147483647
          rem.u32 %r1, -1, 10;                       | 5
          abs.s32 %r1, -5;                           | 5
          abs.s32 %r1, -2147483648;                  | -2147483648
          neg.s32 %r1, -2147483648;                  | -2147483648
          min.s32 %r1, -1, 1;                        | -1
          min.u32 %r1, -1, 1;                        | 1
          max.u32 %r1, -1, 1;                        | -1
          sad.s32 %r1, 3, 10, 100;                   | 107
          shl.b32 %r1, 1, 31;                        | -2147483648
          shl.b32 %r1, 1, 32;                        | 0
          shl.b32 %r1, 1, -1;                        | 0
          shr.u32 %r1, -1, 31;                       | 1
          shr.u32 %r1, -1, 32;                       | 0
          shr.s32 %r1, -8, 1;                        | -4
          shr.s32 %r1, -8, 40;                       | -1
          and.b32 %r1, 12, 10;                       | 8
          or.b32 %r1, 12, 10;                        | 14
          xor.b32 %r1, 12, 10;                       | 6
          not.b32 %r1, 0;                            | -1
          cnot.b32 %r1, 0;                           | 1
          cnot.b32 %r1, 8;                           | 0
          lop3.b32 %r1, 12, 10, 6, 0x80;             | 0
          lop3.b32 %r1, 12, 10, 6, 0x96;             | 0
          lop3.b32 %r1, 12, 10, 7, 0xfe;             | 15
          popc.b32 %r1, -1;                          | 32
          clz.b32 %r1, 0;                            | 32
          clz.b32 %r1, 1;                            | 31
          brev.b32 %r1, 1;                           | -2147483648
          bfind.u32 %r1, 0;                          | -1
          bfind.u32 %r1, 256;                        | 8
          bfind.s32 %r1, -1;                         | -1
          bfe.u32 %r1, 0xabcd, 4, 8;                 | 188
          bfe.s32 %r1, 0xf0, 4, 4;                   | -1
          bfe.s32 %r1, -1, 40, 4;                    | -1
          bfe.u32 %r1, -1, 0, 0;                     | 0
          bfi.b32 %r1, 0xf, 0, 4, 8;                 | 240
          bfi.b32 %r1, -1, 5, 31, 9;                 | -2147483643
          prmt.b32 %r1, 0x33221100, 0x77665544, 0x7531; | 2002072337
          prmt.b32 %r1, 0x80, 0, 0x8888;             | -1
          shf.l.wrap.b32 %r1, 0x80000000, 1, 1;      | 3
          shf.r.wrap.b32 %r1, 2, 1, 1;               | -2147483647
          shf.r.clamp.b32 %r1, 2, 1, 40;             | 1
          shf.l.clamp.b32 %r1, 7, 1, 40;             | 7
          cvt.rni.s32.f32 %r1, 0f40200000;           | 2
          cvt.rzi.s32.f32 %r1, 0fBFC00000;           | -1
          cvt.rmi.s32.f32 %r1, 0fBFC00000;           | -2
          cvt.rpi.s32.f32 %r1, 0f3FC00000;           | 2
          cvt.rzi.s32.f32 %r1, 0f7F800000;           | 2147483647
          cvt.rzi.s32.f32 %r1, 0fFF800000;           | -2147483648
          cvt.rzi.s32.f32 %r1, 0f7FC00000;           | 0
          cvt.rzi.u32.f32 %r1, 0fBF800000;           | 0
          cvt.rzi.u32.f32 %r1, 0f4F800000;           | -1
          cvt.rzi.s32.f64 %r1, 0d7FF8000000000000;   | -2147483648
          cvt.s32.s8 %r1, 255;                       | -1
          cvt.u32.u8 %r1, 511;                       | 255
          cvt.sat.u8.s32 %r1, -4;                    | 0
          cvt.sat.u8.s32 %r1, 300;                   | 255
          cvt.sat.s8.s32 %r1, 300;                   | 127
          slct.s32.s32 %r1, 1, 2, -1;                | 2
          set.lt.u32.s32 %r1, -1, 1;                 | -1
          """)
  void integersOf32Bits(String instruction, int expected) {
    assertEquals(expected, s32(instruction));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          mul.wide.s32 %rd2, -2, 3;                  | -6
          mul.wide.u32 %rd2, -1, 2;                  | 8589934590
          mad.wide.s32 %rd2, -2, 3, 10;              | 4
          add.s64 %rd2, 9223372036854775807, 1;      | -9223372036854775808
          mul.hi.u64 %rd2, -1, -1;                   | -2
          mul.hi.s64 %rd2, -1, -1;                   | 0
          shl.b64 %rd2, 1, 63;                       | -9223372036854775808
          shl.b64 %rd2, 1, 64;                       | 0
          shr.u64 %rd2, -1, 63;                      | 1
          shr.s64 %rd2, -1, 99;                      | -1
          div.u64 %rd2, -1, 3;                       | 6148914691236517205
          rem.s64 %rd2, -7, 4;                       | -3
          cvt.rzi.s64.f64 %rd2, 0d43F0000000000000;  | 9223372036854775807
          cvt.rzi.u64.f64 %rd2, 0d43E0000000000000;  | -9223372036854775808
          cvt.rzi.s64.f32 %rd2, 0f7FC00000;          | -9223372036854775808
          """)
  void integersOf64Bits(String instruction, long expected) {
    assertEquals(expected, Snippet.one(instruction));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          add.f32 %f1, 0f80000000, 0f80000000;             | -0.0
          add.f32 %f1, 0f3F800000, 0fBF800000;             | 0.0
          add.rm.f32 %f1, 0f3F800000, 0fBF800000;          | -0.0
          add.rz.f32 %f1, 0f3F800000, 0f33000000;          | 1.0
          add.rp.f32 %f1, 0f3F800000, 0f33000000;          | 1.0000001
          add.rm.f32 %f1, 0f3F800000, 0fB3000000;          | 0.99999994
          mul.rz.f32 %f1, 0f7F7FFFFF, 0f40000000;          | 3.4028235E38
          mul.f32 %f1, 0f7F7FFFFF, 0f40000000;             | Infinity
          mul.ftz.f32 %f1, 0f00400000, 0f40000000;         | 0.0
          mul.f32 %f1, 0f00400000, 0f40000000;             | 1.17549435E-38
          fma.rn.f32 %f1, 0f3F800001, 0f3F800001, 0fBF800002; | 1.4210855E-14
          fma.rm.f32 %f1, 0f3F800000, 0f33000000, 0f3F800000; | 1.0
          fma.rp.f32 %f1, 0f3F800000, 0f33000000, 0f3F800000; | 1.0000001
          add.sat.f32 %f1, 0f3F800000, 0f3F800000;         | 1.0
          add.sat.f32 %f1, 0f7FC00000, 0f3F800000;         | 0.0
          div.rn.f32 %f1, 0f3F800000, 0f00000000;          | Infinity
          div.rz.f32 %f1, 0f3F800000, 0f40400000;          | 0.3333333
          sqrt.rn.f32 %f1, 0f40000000;                     | 1.4142135
          sqrt.rp.f32 %f1, 0f40000000;                     | 1.4142136
          sqrt.rn.f32 %f1, 0fBF800000;                     | NaN
          rcp.rn.f32 %f1, 0fFF800000;                      | -0.0
          min.f32 %f1, 0f7FC00000, 0f3F800000;             | 1.0
          min.NaN.f32 %f1, 0f7FC00000, 0f3F800000;         | NaN
          max.f32 %f1, 0f80000000, 0f00000000;             | 0.0
          abs.f32 %f1, 0f80000000;                         | 0.0
          neg.f32 %f1, 0f00000000;                         | -0.0
          ex2.approx.f32 %f1, 0f40400000;                  | 8.0
          ex2.approx.ftz.f32 %f1, 0fC3000000;              | 0.0
          lg2.approx.f32 %f1, 0f41000000;                  | 3.0
          lg2.approx.f32 %f1, 0f00000000;                  | -Infinity
          rsqrt.approx.f32 %f1, 0f40800000;                | 0.5
          sin.approx.f32 %f1, 0f00000000;                  | 0.0
          cos.approx.f32 %f1, 0f00000000;                  | 1.0
          cvt.rn.f32.s32 %f1, 16777217;                    | 1.6777216E7
          cvt.rp.f32.s32 %f1, 16777217;                    | 1.6777218E7
          cvt.rn.f32.u64 %f1, -1;                          | 1.8446744E19
          cvt.rn.f32.f64 %f1, 0d47F0000000000000;          | Infinity
          cvt.rz.f32.f64 %f1, 0d47F0000000000000;          | 3.4028235E38
          cvt.rni.f32.f32 %f1, 0f3F000000;                 | 0.0
          cvt.rpi.f32.f32 %f1, 0f3F000000;                 | 1.0
          cvt.sat.f32.f32 %f1, 0fC0000000;                 | 0.0
          cvt.rn.f32.s32 %f1, -3;                          | -3.0
          copysign.f32 %f1, 0f80000000, 0f40000000;        | -2.0
          """)
  void singlePrecision(String instruction, float expected) {
    assertEquals(expected, f32(instruction));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          add.rz.f64 %fd1, 0d3FF0000000000000, 0d3C90000000000000; | 1.0
          add.rp.f64 %fd1, 0d3FF0000000000000, 0d3C90000000000000; | 1.0000000000000002
          add.rm.f64 %fd1, 0dBFF0000000000000, 0dBC90000000000000; | -1.0000000000000002
          div.rn.f64 %fd1, 0dBFF0000000000000, 0d0000000000000000; | -Infinity
          div.rm.f64 %fd1, 0d3FF0000000000000, 0d4008000000000000; | 0.3333333333333333
          div.rp.f64 %fd1, 0d3FF0000000000000, 0d4008000000000000; | 0.33333333333333337
          sqrt.rn.f64 %fd1, 0d4000000000000000;                    | 1.4142135623730951
          fma.rn.f64 %fd1, 0d4000000000000000, 0d4008000000000000, 0d3FF0000000000000; | 7.0
          max.f64 %fd1, 0d7FF8000000000000, 0d3FF0000000000000;    | 1.0
          cvt.f64.f32 %fd1, 0f3FC00000;                            | 1.5
          cvt.rn.f64.s64 %fd1, 9007199254740993;                   | 9.007199254740992E15
          cvt.rp.f64.s64 %fd1, 9007199254740993;                   | 9.007199254740994E15
          cvt.rn.f64.u64 %fd1, -1;                                 | 1.8446744073709552E19
          """)
  void doublePrecision(String instruction, double expected) {
    assertEquals(expected, f64(instruction));
  }

  @ParameterizedTest
  @CsvSource({
    "eq, 0", "ne, 0", "lt, 0", "le, 0", "gt, 0", "ge, 0", "num, 0",
    "equ, 1", "neu, 1", "ltu, 1", "leu, 1", "gtu, 1", "geu, 1", "nan, 1"
  })
  void comparisonsWithNan(String comparison, int expected) {
    String body =
        "setp." + comparison + ".f32 %p1, 0f7FC00000, 0f3F800000; selp.u64 %rd2, 1, 0, %p1;";
    assertEquals(expected, Snippet.one(body));
  }

  @ParameterizedTest
  @CsvSource({
    "eq.f32, 0f80000000, 0f00000000, 1",
    "lt.s32, -1, 0, 1",
    "lt.u32, -1, 0, 0",
    "hi.u32, -1, 0, 1",
    "ls.u32, 3, 3, 1",
    "ge.s64, -1, -1, 1",
    "gt.u64, -1, 1, 1",
    "lt.f64, 0dFFF0000000000000, 0d0000000000000000, 1"
  })
  void comparisons(String comparison, String a, String b, int expected) {
    String body = "setp.%s %%p1, %s, %s; selp.u64 %%rd2, 1, 0, %%p1;".formatted(comparison, a, b);
    assertEquals(expected, Snippet.one(body));
  }

  @Test
  void comparisonsCombineAndHaveAnOpposite() {
    String body =
        "setp.eq.s32 %p3, 1, 1; setp.lt.and.s32 %p1|%p2, 1, 2, !%p3;"
            + " selp.u32 %r1, 1, 0, %p1; selp.u32 %r2, 10, 0, %p2; add.s32 %r1, %r1, %r2;";
    // Both are combined with the same false predicate.
    assertEquals(0, u32(body));
    assertEquals(1, u32(body.replace("!%p3", "%p3")));
    assertEquals(10, u32(body.replace("!%p3", "%p3").replace("lt.and", "gt.and")));
  }

  @Test
  void halvesAreRoundedOnce() {
    assertEquals(0x3c00, Snippet.one("cvt.rn.f16.f32 %h1, 0f3F800000; cvt.u64.u16 %rd2, %h1;"));
    assertEquals(0x7c00, Snippet.one("cvt.rn.f16.f32 %h1, 0f47800000; cvt.u64.u16 %rd2, %h1;"));
    // Halfway between two F16 but for a bit that F32 cannot hold.
    assertEquals(
        0x3c01, Snippet.one("cvt.rn.f16.f64 %h1, 0d3FF0020000000001; cvt.u64.u16 %rd2, %h1;"));
    assertEquals(0x3f80, Snippet.one("cvt.rn.bf16.f32 %h1, 0f3F808000; cvt.u64.u16 %rd2, %h1;"));
    assertEquals(0x3f82, Snippet.one("cvt.rn.bf16.f32 %h1, 0f3F818000; cvt.u64.u16 %rd2, %h1;"));
    assertEquals(0x4000_3f80L, u32("cvt.rn.bf16x2.f32 %r1, 0f40000000, 0f3F800000;"));
    assertEquals(0x3f802000L, u32("cvt.rna.tf32.f32 %r1, 0f3F801000;"));
    assertEquals(1.5f, f32("mov.b16 %h1, 0x3e00; cvt.f32.f16 %f1, %h1;"));
  }

  @Test
  void vectorsPackAndUnpack() {
    assertEquals(
        0x2_0000_0001L, Snippet.one("mov.u32 %r1, 1; mov.u32 %r2, 2; mov.b64 %rd2, {%r1, %r2};"));
    assertEquals(-5, s32("mov.b64 %rd3, -5; mov.b64 {%r1, %r2}, %rd3;"));
    assertEquals(-1, s32("mov.b64 %rd3, -5; mov.b64 {_, %r1}, %rd3;"));
    String vector =
        "st.shared.v4.u32 [tile+16], {1, 2, 3, 4}; ld.shared.v2.u32 {%r1, %r2}, [tile+24];"
            + " mad.lo.s32 %r1, %r1, 10, %r2;";
    assertEquals(34, u32(vector));
  }

  @Test
  void localMemoryIsEachThreadsOwnAndHasGenericAddresses() {
    String body =
        "st.local.u32 [depot+4], %r39; mov.u64 %rd3, depot; cvta.local.u64 %rd4, %rd3;"
            + " ld.u32 %r1, [%rd4+4]; cvt.u64.u32 %rd2, %r1;";
    long[] lanes = Snippet.lanes(body);
    for (int lane = 0; lane < 32; lane++) {
      assertEquals(lane, lanes[lane]);
    }
  }

  @Test
  void narrowLoadsExtend() {
    String store = "st.global.u32 [%rd1+1024], -2;";
    assertEquals(-2, s32(store + " ld.global.s8 %r1, [%rd1+1024];"));
    assertEquals(254, s32(store + " ld.global.u8 %r1, [%rd1+1024];"));
    assertEquals(65534, s32(store + " ld.global.u16 %r1, [%rd1+1024];"));
  }

  @Test
  void approximationsAreWithinWhatTheReferenceAllows() {
    assertTrue(Math.abs(f32("ex2.approx.f32 %f1, 0f3F000000;") - Math.sqrt(2)) < 2e-7);
    assertTrue(Math.abs(f32("tanh.approx.f32 %f1, 0f3F800000;") - Math.tanh(1)) < 5e-4);
  }
}
