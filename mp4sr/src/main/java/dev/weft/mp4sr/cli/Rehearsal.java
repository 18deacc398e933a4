package dev.weft.mp4sr.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * The commands that read a model, answer and end, all run once on a small sample. The launcher does
 * this after a build with {@code -XX:AOTCacheOutput}, so that Java keeps the classes they need in
 * the form in which it runs them: later processes start that much sooner.
 */
public final class Rehearsal {
  private Rehearsal() {}

  /** Runs the commands; ends with 1 where one fails, which nobody but the launcher sees. */
  public static void main(String[] args) throws IOException {
    System.exit(run() ? 0 : 1);
  }

  /** Whether all went well. */
  static boolean run() throws IOException {
    Path folder = Files.createTempDirectory("mp4sr-rehearsal");
    try {
      return rehearse(folder);
    } finally {
      try (Stream<Path> files = Files.walk(folder)) {
        files.sorted(Comparator.reverseOrder()).forEach(file -> file.toFile().delete());
      }
    }
  }

  private static boolean rehearse(Path folder) throws IOException {
    String sample = folder.toString();
    String bert = folder.resolve("encoders/bert").toString();
    String clip = folder.resolve("encoders/clip").toString();
    String texts =
        Files.writeString(folder.resolve("texts.jsonl"), "\"Red shoes, caf\u00E9\"\n").toString();
    String out = folder.resolve("out.safetensors").toString();
    if (!succeeds("sample", "--products", "24", "--users", "40", "--output", sample)) {
      return false;
    }
    String picture = aPicture(folder);
    return Stream.of(
            List.of("tokenize", "--model", bert, "--input", texts),
            List.of("tokenize", "--model", clip, "--input", texts, "--offsets"),
            List.of("encode", "text", "--model", bert, "--input", texts, "--output", out),
            List.of("encode", "text", "--model", clip, "--input", texts, "--output", out),
            List.of("encode", "image", "--model", clip, "--output", out, picture),
            List.of("info", "--model", out))
        .allMatch(command -> succeeds(command.toArray(String[]::new)));
  }

  private static boolean succeeds(String... command) {
    PrintWriter nowhere = new PrintWriter(new StringWriter());
    return Main.run(command, nowhere, nowhere) == 0;
  }

  private static String aPicture(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files
          .map(Path::toString)
          .filter(name -> name.endsWith(".jpg") || name.endsWith(".png"))
          .findFirst()
          .orElseThrow();
    }
  }
}
