package dev.weft.mp4sr.data.ingest;

import dev.weft.mp4sr.ProgressListener;
import dev.weft.mp4sr.data.DataException;
import java.nio.file.Path;

/**
 * The text form of SASRec and S3-Rec: a line {@code user item item …} for each user, in order of
 * time; or, as SASRec's own files are, a line {@code user item} for each interaction, a user's in
 * order of time. What is known of the items, if anything, stands in a JSON file of attributes.
 */
public final class SequenceText {
  private final InteractionLog log = new InteractionLog();

  /** Whether every line so far was a pair: a user may then have several. */
  private boolean onlyPairs = true;

  private boolean hasRepeats;

  private SequenceText() {}

  /**
   * Reads sequences; a user with two lines is an error, unless all lines are pairs.
   *
   * @throws DataException naming file and line
   */
  public static IngestResult read(Path file, IngestOptions options, ProgressListener progress) {
    return read(file, null, options, progress);
  }

  /**
   * Reads sequences and, where {@code attributes} is not null, a JSON object from item ids to lists
   * of attributes, as S3-Rec has it; they become the item's text.
   *
   * @throws DataException naming file and line
   */
  public static IngestResult read(
      Path file, Path attributes, IngestOptions options, ProgressListener progress) {
    BadLines badLines = new BadLines(options.maxBadLines());
    SequenceText reader = new SequenceText();
    long read;
    try (TextLines lines = TextLines.open(file, progress)) {
      for (String text = lines.next(); text != null; text = lines.next()) {
        if (text.isBlank()) {
          continue;
        }
        try {
          reader.addLine(lines, text.strip().split("\\s+"));
        } catch (MalformedLine e) {
          badLines.add(e);
        }
      }
      read = lines.number();
    }
    Source source = new Source("sequence-text", file, attributes, read, badLines);
    return new DatasetBuilder(reader.log, options, false)
        .build(
            source,
            catalogue -> {
              if (attributes != null) {
                ItemAttributes.read(attributes, catalogue, progress);
              }
            });
  }

  private void addLine(TextLines lines, String[] words) {
    if (words.length < 2) {
      throw lines.error(
          "user " + Quoted.of(words[0]) + " has no items; a line is `user item item ...`");
    }
    boolean isPair = words.length == 2;
    boolean isKnown = log.users().find(words[0]) >= 0;
    if (isKnown && !(isPair && onlyPairs)) {
      throw lines.error("user " + Quoted.of(words[0]) + " has a line already");
    }
    if (!isPair && hasRepeats) {
      throw lines.error("more than `user item`, which all lines before it are");
    }
    onlyPairs &= isPair;
    hasRepeats |= isKnown;
    for (int i = 1; i < words.length; i++) {
      // Of pairs, the line is the time.
      double time = isPair ? (double) lines.number() : i;
      log.add(lines.fitting("user", words[0]), lines.fitting("item", words[i]), time);
    }
  }
}
