package dev.weft.mp4sr.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code mp4sr encode}: texts and images to vectors. */
@Command(
    name = "encode",
    description = "Turn texts or images into vectors with BERT or CLIP.",
    subcommands = {EncodeTextCommand.class, EncodeImageCommand.class})
final class EncodeCommand implements Runnable {
  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help.")
  boolean help;

  @Spec CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "name what to encode: text or image");
  }
}
