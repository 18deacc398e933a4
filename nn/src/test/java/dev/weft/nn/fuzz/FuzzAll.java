package dev.weft.nn.fuzz;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;

/** All readers in one process, for a run that is short: its start costs more than its inputs. */
public final class FuzzAll {
  /** A byte names one of them. */
  static final List<Class<?>> TARGETS =
      List.of(
          FuzzCheckpoints.class,
          FuzzShards.class,
          FuzzConfigs.class,
          FuzzTokenizerFiles.class,
          FuzzTexts.class,
          FuzzImages.class);

  private FuzzAll() {}

  /** One input: a byte that says whose input the rest is. */
  public static void fuzzerTestOneInput(byte[] input) throws IOException {
    if (input.length == 0) {
      return;
    }
    byte[] rest = Arrays.copyOfRange(input, 1, input.length);
    switch ((input[0] & 255) % TARGETS.size()) {
      case 0 -> FuzzCheckpoints.fuzzerTestOneInput(rest);
      case 1 -> FuzzShards.fuzzerTestOneInput(rest);
      case 2 -> FuzzConfigs.fuzzerTestOneInput(rest);
      case 3 -> FuzzTokenizerFiles.fuzzerTestOneInput(rest);
      case 4 -> FuzzTexts.fuzzerTestOneInput(rest);
      default -> FuzzImages.fuzzerTestOneInput(rest);
    }
  }
}
