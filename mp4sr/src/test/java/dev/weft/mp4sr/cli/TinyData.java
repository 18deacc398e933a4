package dev.weft.mp4sr.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;

/** A dataset of 12 items and 20 users, ingested from sequences. */
final class TinyData {
  private TinyData() {}

  static Path write(Path data) throws IOException {
    SplittableRandom random = new SplittableRandom(1);
    StringBuilder lines = new StringBuilder();
    for (int user = 0; user < 20; user++) {
      lines.append('u').append(user);
      for (int i = 0, item = random.nextInt(12); i < 7; i++, item = (item + 1 + i % 2) % 12) {
        lines.append(" i").append(item);
      }
      lines.append('\n');
    }
    Path log = Files.writeString(data.resolveSibling("log.txt"), lines);
    CliRunner ran =
        CliRunner.run(
            "ingest",
            "--format",
            "sequences",
            "--input",
            log.toString(),
            "--output",
            data.toString());
    if (ran.code() != 0) {
      throw new IllegalStateException(ran.err());
    }
    return data;
  }
}
