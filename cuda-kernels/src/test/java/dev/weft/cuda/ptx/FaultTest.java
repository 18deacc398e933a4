package dev.weft.cuda.ptx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a card would not tell: each fault with its instruction, line and thread. */
class FaultTest {

  private static String fault(String body, int threads) {
    return assertThrows(PtxException.class, () -> Snippet.run(body, threads, new Counters(false)))
        .getMessage();
  }

  private static void assertFault(String expected, String body, int threads) {
    String message = fault(body, threads);
    assertTrue(message.contains(expected), message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          ld.global.u32 %r1, [%rd1+4096];   | out of bounds: 4 bytes at address 0x1000001000, offset 4096 of an allocation of 4096 bytes
          ld.global.u32 %r1, [%rd1+4093];   | misaligned
          ld.global.v4.u32 {%r1,%r2,%r3,%r4}, [%rd1+8]; | misaligned
          ld.global.u32 %r1, [%rd1+2048];   | never written
          ld.global.u32 %r1, [8];           | where nothing is allocated
          ld.shared.u32 %r1, [tile+1024];   | out of bounds: 4 bytes at 1024 of 1024 bytes of shared memory
          ld.shared.u32 %r1, [tile];        | never written
          st.local.u32 [depot+64], 0;       | out of bounds
          add.u32 %r1, %r2, 1;              | reads register %r2, which was never written
          @%p1 add.u32 %r1, 2, 1;           | reads register %p1, which was never written
          trap;                             | the kernel gave up
          """)
  void oneThread(String instruction, String expected) {
    assertFault(expected, instruction, 1);
  }

  @Test
  void theFaultNamesLineAndThread() {
    String message = fault("mov.u64 %rd2, 0;\nld.global.u32 %r1, [%rd1+4096];", 1);
    assertTrue(
        message.startsWith("line " + (Snippet.LINES_BEFORE + 2) + ": ld.global.u32: "), message);
    assertTrue(message.endsWith("thread (0, 0, 0) of block (0, 0, 0) of snippet"), message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          frobnicate.u32 %r1, %r2;           | unknown instruction frobnicate.u32
          add.cc.u32 %r1, 1, 2;              | unknown instruction add.cc.u32
          wgmma.fence.sync.aligned;          | unknown instruction wgmma.fence.sync.aligned
          bra NOWHERE;                       | no label NOWHERE
          mov.u32 %r1, %clock;               | unknown register %clock
          mov.u32 %r1, nothing;              | no variable nothing
          """)
  void whatIsNotKnownIsNamedWithItsLine(String instruction, String expected) {
    String message = fault(instruction, 1);
    assertTrue(message.contains(expected), message);
    assertTrue(message.startsWith("line " + (Snippet.LINES_BEFORE + 1) + ": "), message);
  }

  @Test
  void aBarrierThatHalfAWarpPassesBy() {
    assertFault(
        "barrier divergence: lanes 0000ffff of the warp are here, lanes ffff0000 are not",
        "setp.lt.u32 %p1, %r39, 16; @%p1 bar.sync 0; mov.u64 %rd2, 0;",
        32);
  }

  @Test
  void warpsAtDifferentBarriers() {
    String body =
        "mov.u32 %r1, %tid.x; setp.lt.u32 %p1, %r1, 32; @%p1 bar.sync 0; @!%p1 bar.sync 1; mov.u64"
            + " %rd2, 0;";
    assertFault("waits for ever at barrier", body, 64);
  }

  @Test
  void aWriteAndAReadWithNoBarrierBetween() {
    String body =
        "mov.u32 %r1, %tid.x; mov.u32 %r2, tile; mad.lo.u32 %r3, %r1, 4, %r2; st.shared.u32 [%r3],"
            + " 0; bar.sync 0; st.shared.u32 [%r3], %r1; SYNC xor.b32 %r4, %r1, 63; mad.lo.u32 %r4,"
            + " %r4, 4, %r2; ld.shared.u32 %r5, [%r4]; cvt.u64.u32 %rd2, %r5; setp.gt.u32 %p1, %r1,"
            + " 31; @%p1 exit;";
    assertEquals(63, Snippet.run(body.replace("SYNC", "bar.sync 0;"), 64, new Counters(false))[0]);
    assertFault("race: ", body.replace("SYNC", ""), 64);
    assertFault("race: ", body.replace("SYNC", "bar.warp.sync -1;"), 64);
  }

  @Test
  void withinAWarpItsOwnBarrierIsEnough() {
    String body =
        "mov.u32 %r2, tile; mad.lo.u32 %r3, %r39, 4, %r2; st.shared.u32 [%r3], %r39;"
            + " SYNC xor.b32 %r4, %r39, 31; mad.lo.u32 %r4, %r4, 4, %r2; ld.shared.u32 %r5, [%r4];"
            + " cvt.u64.u32 %rd2, %r5;";
    assertEquals(31, Snippet.lanes(body.replace("SYNC", "bar.warp.sync -1;"))[0]);
    assertFault("race: ", body.replace("SYNC", ""), 32);
  }

  @Test
  void twoThreadsThatWriteTheSamePlace() {
    assertFault("race: ", "st.shared.u32 [tile], %r39; mov.u64 %rd2, 0;", 32);
    String atomic =
        "setp.eq.u32 %p1, %r39, 0; @%p1 st.shared.u32 [tile], 0; bar.sync 0;"
            + " atom.shared.add.u32 %r1, [tile], 1; cvt.u64.u32 %rd2, %r1;";
    assertEquals(31, Snippet.lanes(atomic)[31]);
  }

  @Test
  void aShuffleThatNamesLanesThatAreElsewhere() {
    String body =
        "setp.lt.u32 %p1, %r39, 16; @!%p1 bra END; shfl.sync.bfly.b32 %r1, %r39, 1, 31, -1; END:"
            + " mov.u64 %rd2, 0;";
    assertFault("the mask names lanes ffffffff", body, 32);
    Snippet.lanes(body.replace("31, -1", "31, 65535"));
    assertFault(
        "reads lane 16, which is not here",
        body.replace("bfly.b32 %r1, %r39, 1, 31, -1", "down.b32 %r1, %r39, 1, 31, 65535"),
        32);
  }

  @Test
  void memoryThatWasForgottenOrFreed() {
    GlobalMemory memory = new GlobalMemory(1000);
    long address = memory.allocate(600);
    assertEquals(0, memory.allocate(600), "no room");
    memory.free(address);
    assertThrows(PtxException.class, () -> memory.free(address));
    assertThrows(PtxException.class, () -> memory.copy(address, address, 4));
    assertEquals(0, memory.used());
  }

  @Test
  void argumentsMustFit() {
    PtxMachine machine = new PtxMachine(new GlobalMemory(10), Snippet.text("mov.u64 %rd2, 0;"));
    PtxException refused =
        assertThrows(
            PtxException.class,
            () ->
                machine.launch(
                    "snippet",
                    Dim3.of(1),
                    Dim3.of(1),
                    0,
                    new Arguments().add(1),
                    new Counters(false)));
    assertEquals("snippet: argument 1 has 4 bytes, its parameter 8", refused.getMessage());
    assertThrows(PtxException.class, () -> machine.kernel("other"));
  }
}
