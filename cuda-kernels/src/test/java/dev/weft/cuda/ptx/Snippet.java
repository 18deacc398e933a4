package dev.weft.cuda.ptx;

import java.lang.foreign.MemorySegment;

/**
 * Runs a few instructions in one warp. What they leave in {@code %rd2} is the result of each lane;
 * {@code %rd1} points to 4096 bytes of memory of which the first 256 receive the results.
 */
final class Snippet {
  private static final String HEAD =
      """
      .version 7.8
      .target sm_80
      .address_size 64
      .visible .entry snippet(.param .u64 memory)
      {
      .reg .pred %p<9>;
      .reg .b16 %h<20>;
      .reg .b32 %r<40>;
      .reg .f32 %f<40>;
      .reg .b64 %rd<20>;
      .reg .f64 %fd<20>;
      .shared .align 16 .b8 tile[1024];
      .local .align 8 .b8 depot[64];
      ld.param.u64 %rd1, [memory];
      mov.u32 %r39, %laneid;
      mul.wide.u32 %rd19, %r39, 8;
      add.s64 %rd19, %rd1, %rd19;
      """;

  private static final String TAIL = "\nst.global.b64 [%rd19], %rd2;\nret;\n}\n";

  /** Lines before the snippet's first. */
  static final int LINES_BEFORE = HEAD.split("\n").length;

  private Snippet() {}

  static String text(String body) {
    return HEAD + body + TAIL;
  }

  /** The results of all lanes. */
  static long[] lanes(String body) {
    return run(body, 32, new Counters(true));
  }

  /** The result of the first lane. */
  static long one(String body) {
    return run(body, 1, new Counters(false))[0];
  }

  static long[] run(String body, int threads, Counters counters) {
    GlobalMemory memory = new GlobalMemory(1 << 20);
    long address = memory.allocate(4096);
    memory.write(address, MemorySegment.ofArray(new byte[2048]));
    PtxMachine machine = new PtxMachine(memory, text(body));
    Arguments arguments = new Arguments().add(address);
    machine.launch("snippet", Dim3.of(1), Dim3.of(threads), 0, arguments, counters);
    long[] results = new long[Math.min(threads, 32)];
    memory.read(address, MemorySegment.ofArray(results));
    return results;
  }
}
