package dev.weft.mp4sr.cli;

import dev.weft.nn.text.EncodingOptions;
import dev.weft.nn.text.EncodingOptions.Side;
import dev.weft.nn.text.EncodingOptions.Truncation;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** How texts become tokens, where a user may choose. */
final class TokenOptions {
  @Spec(Spec.Target.MIXEE)
  CommandSpec spec;

  @Option(names = "--pairs", description = "Pairs of texts: one JSON array of two strings a line.")
  boolean pairs;

  @Option(
      names = "--max-length",
      paramLabel = "N",
      description = "The most tokens, special ones included (default: the model's).")
  int maxLength;

  @Option(
      names = "--truncation",
      paramLabel = "KIND",
      defaultValue = "longest_first",
      description =
          "What is cut: longest_first, only_first, only_second, none (default: ${DEFAULT-VALUE}).")
  Truncation truncation;

  @Option(
      names = "--truncation-side",
      paramLabel = "left|right",
      description = "Which end is cut (default: what the folder says, else right).")
  Side side;

  /** The choice, for texts between their special tokens. */
  EncodingOptions encoding() {
    if (maxLength < 0) {
      throw new ParameterException(spec.commandLine(), "--max-length: must be at least 1");
    }
    return new EncodingOptions(maxLength, truncation, side, true, false);
  }

  /** How many texts stand on a line. */
  int textsOnALine() {
    return pairs ? 2 : 1;
  }
}
