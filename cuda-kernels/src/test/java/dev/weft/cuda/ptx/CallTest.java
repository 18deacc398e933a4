package dev.weft.cuda.ptx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.Test;

/**
 * Functions with parameters and results; PTX ISA, chapter 7 and the description of {@code call}.
 */
class CallTest {
  private static final String FUNCTIONS =
      """
      .version 7.0
      .target sm_80
      .address_size 64
      .func (.param .b64 out) larger(.param .b64 a, .param .b64 b);
      .func (.param .b32 out) twice(.param .b32 x)
      {
      .reg .b32 %r<3>;
      ld.param.u32 %r1, [x];
      shl.b32 %r1, %r1, 1;
      st.param.b32 [out], %r1;
      ret;
      }
      .func (.param .b64 out) larger(.param .b64 a, .param .b64 b)
      {
      .reg .pred %p<2>;
      .reg .b32 %r<9>;
      .reg .b64 %rd<9>;
      ld.param.u64 %rd1, [a];
      ld.param.u64 %rd2, [b];
      setp.gt.s64 %p1, %rd1, %rd2;
      @%p1 bra KEEP;
      st.param.b64 [out], %rd2;
      ret;
      KEEP:
      cvt.u32.u64 %r1, %rd1;
      {
      .param .b32 argument;
      st.param.b32 [argument], %r1;
      .param .b32 result;
      call.uni (result), twice, (argument);
      ld.param.b32 %r2, [result];
      }
      cvt.s64.s32 %rd3, %r2;
      st.param.b64 [out], %rd3;
      ret;
      }
      .visible .entry kernel(.param .u64 memory)
      {
      .reg .pred %p<3>;
      .reg .b32 %r<9>;
      .reg .b64 %rd<9>;
      ld.param.u64 %rd1, [memory];
      mov.u32 %r1, %tid.x;
      mul.wide.u32 %rd2, %r1, 8;
      add.s64 %rd1, %rd1, %rd2;
      cvt.u64.u32 %rd3, %r1;
      mov.u64 %rd4, 20;
      BODY
      st.global.b64 [%rd1], %rd5;
      ret;
      }
      """;

  private static final String CALL =
      """
      {
      .param .b64 first;
      st.param.b64 [first+0], %rd3;
      .param .b64 second;
      st.param.b64 [second+0], %rd4;
      .param .b64 back;
      GUARD call.uni (back), larger, (first, second);
      ld.param.b64 %rd5, [back+0];
      }
      """;

  private static long[] run(String body) {
    GlobalMemory memory = new GlobalMemory(4096);
    long address = memory.allocate(32 * 8);
    PtxMachine machine = new PtxMachine(memory, FUNCTIONS.replace("BODY", body));
    Arguments arguments = new Arguments().add(address);
    machine.launch("kernel", Dim3.of(1), Dim3.of(32), 0, arguments, new Counters(false));
    long[] results = new long[32];
    memory.read(address, MemorySegment.ofArray(results));
    return results;
  }

  /** The larger of the lane's number and 20; twice that, where it is the lane's. */
  @Test
  void lanesReturnAtDifferentPlacesAndGoOnTogether() {
    long[] results = run(CALL.replace("GUARD", "") + " bar.sync 0;");
    for (int lane = 0; lane < 32; lane++) {
      assertEquals(lane > 20 ? 2 * lane : 20, results[lane]);
    }
  }

  @Test
  void everyCallHasRegistersOfItsOwn() {
    String again = "mov.u64 %rd3, %rd5;" + CALL.replace("GUARD", "");
    long[] results = run(CALL.replace("GUARD", "") + again);
    assertEquals(20, results[3]);
    assertEquals(4 * 31, results[31]);
  }

  @Test
  void aGuardKeepsLanesOut() {
    String guarded =
        "setp.lt.u32 %p1, %r1, 16;"
            + CALL.replace("GUARD", "@%p1")
                .replace("ld.param", "@!%p1 mov.b64 %rd5, 7; @%p1 ld.param");
    long[] results = run(guarded);
    assertEquals(20, results[15]);
    assertEquals(7, results[16]);
  }

  private static void assertRefused(String expected, String body) {
    String message = assertThrows(PtxException.class, () -> run(body)).getMessage();
    assertTrue(message.contains(expected), message);
  }

  @Test
  void whatCannotBeCalled() {
    assertRefused("no function smaller", CALL.replace("GUARD", "").replace("larger", "smaller"));
    assertRefused(
        "1 values for 2", CALL.replace("GUARD", "").replace("(first, second)", "(first)"));
    assertRefused("a function's name expected", "call.uni %rd1, (a);");
    assertRefused(
        "only .param variables",
        CALL.replace("GUARD", "").replace("(first, second)", "(first, 5)"));
    String recursive = FUNCTIONS.replace("call.uni (result), twice", "call.uni (result), larger");
    PtxMachine machine =
        new PtxMachine(
            new GlobalMemory(4096),
            recursive
                .replace("(argument);", "(argument, argument);")
                .replace("BODY", CALL.replace("GUARD", "")));
    assertTrue(
        assertThrows(PtxException.class, () -> machine.kernel("kernel"))
            .getMessage()
            .contains("larger calls itself"));
  }

  @Test
  void aKernelThatDoesNotEndIsGivenUp() {
    String text = FUNCTIONS.replace("BODY", "AGAIN: bra AGAIN; mov.u64 %rd5, 0;");
    PtxMachine machine = new PtxMachine(new GlobalMemory(4096), text).limit(1000);
    PtxException fault =
        assertThrows(
            PtxException.class,
            () ->
                machine.launch(
                    "kernel",
                    Dim3.of(1),
                    Dim3.of(32),
                    0,
                    new Arguments().add(0L),
                    new Counters(false)));
    assertTrue(fault.getMessage().contains("limit of instructions is spent"), fault.getMessage());
  }
}
