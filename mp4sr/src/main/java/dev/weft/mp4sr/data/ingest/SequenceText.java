package dev.weft.mp4sr.data.ingest;

import dev.weft.mp4sr.ProgressListener;
import dev.weft.mp4sr.data.DataException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;

/**
 * The text form of SASRec and S3-Rec: a line {@code user item item …} for each user, in order of
 * time. Nothing is known of the items but their ids.
 */
public final class SequenceText {
  private SequenceText() {}

  /**
   * Reads sequences; a user with two lines is an error.
   *
   * @throws DataException naming file and line
   */
  public static IngestResult read(Path file, IngestOptions options, ProgressListener progress) {
    BadLines badLines = new BadLines(options.maxBadLines());
    InteractionLog log = new InteractionLog();
    Set<String> users = new HashSet<>();
    long read;
    try (TextLines lines = TextLines.open(file, progress)) {
      for (String text = lines.next(); text != null; text = lines.next()) {
        if (text.isBlank()) {
          continue;
        }
        try {
          addLine(lines, text.strip().split("\\s+"), users, log);
        } catch (MalformedLine e) {
          badLines.add(e);
        }
      }
      read = lines.number();
    }
    Source source = new Source("sequence-text", file, null, read, badLines);
    return new DatasetBuilder(log, options, false).build(source, catalogue -> {});
  }

  private static void addLine(
      TextLines lines, String[] words, Set<String> users, InteractionLog log) {
    if (words.length < 2) {
      throw lines.error(
          "user " + Quoted.of(words[0]) + " has no items; a line is `user item item ...`");
    }
    if (!users.add(words[0])) {
      throw lines.error("user " + Quoted.of(words[0]) + " has a line already");
    }
    for (int i = 1; i < words.length; i++) {
      log.add(words[0], words[i], i);
    }
  }
}
