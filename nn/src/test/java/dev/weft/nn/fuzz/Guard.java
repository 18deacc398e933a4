package dev.weft.nn.fuzz;

import com.sun.management.ThreadMXBean;
import dev.weft.nn.checkpoint.CheckpointException;
import dev.weft.nn.image.ImageException;
import dev.weft.nn.text.TokenizerException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * What every input must keep to: no exception but those that the readers document, with one line of
 * text, no memory beyond a multiple of the input's size plus a constant, no more than some seconds.
 */
final class Guard {
  /** Tables, and the pixels that a picture may claim, whatever an input's size. */
  private static final long CONSTANT = 8L << 20;

  /**
   * All that is allocated counts, at whatever time: texts, trees, tables, each made of the last.
   */
  private static final long PER_BYTE = 300;

  /**
   * Set where the fuzzer runs: watching every comparison and regular expression takes memory of its
   * own, so only its heap's size is a limit there. What it kept is read once more without it.
   */
  static final String WATCHED = "weft.fuzz.watched";

  private static final boolean IS_WATCHED = Boolean.getBoolean(WATCHED);

  /** Of the processor, so that a machine which does other things is no finding. */
  private static final long NANOS = 5_000_000_000L;

  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  /** Reads what an input became. */
  @FunctionalInterface
  interface Reader {
    void read() throws IOException;
  }

  private Guard() {}

  /** A folder among the process's temporary ones. */
  static Path folder(String name) {
    try {
      return Files.createTempDirectory("weft-fuzz-" + name);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Runs a reader on an input of {@code size} bytes. */
  static void check(int size, Reader reader) {
    long limit = IS_WATCHED ? Long.MAX_VALUE : CONSTANT + PER_BYTE * size;
    long start = THREADS.getCurrentThreadCpuTime();
    // The first time may load classes, which takes more than any input.
    if (taken(reader) > limit) {
      long taken = taken(reader);
      if (taken > limit) {
        throw new AssertionError(taken + " bytes taken for an input of " + size);
      }
    }
    long nanos = THREADS.getCurrentThreadCpuTime() - start;
    if (nanos > NANOS) {
      throw new AssertionError(nanos / 1_000_000 + " ms for an input of " + size + " bytes");
    }
  }

  private static long taken(Reader reader) {
    long before = THREADS.getCurrentThreadAllocatedBytes();
    try {
      reader.read();
    } catch (CheckpointException | TokenizerException | ImageException e) {
      String message = e.getMessage();
      if (message == null || message.isBlank() || message.lines().count() != 1) {
        throw new AssertionError("not one line: " + message, e);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return THREADS.getCurrentThreadAllocatedBytes() - before;
  }

  /** Writes an input where readers look for it. */
  static void write(Path file, byte[] input, int from) {
    try {
      byte[] content = from == 0 ? input : Arrays.copyOfRange(input, from, input.length);
      Files.write(file, content);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
