package dev.weft.mp4sr.cli;

import dev.weft.nn.text.Tokenizer;
import java.io.PrintWriter;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code mp4sr tokenize}: texts to the ids that a model would see. */
@Command(
    name = "tokenize",
    description = {
      "Turn texts into token ids: one JSON string a line in, one JSON array of ids a line out,",
      "with the model's special tokens, cut to its maximum length."
    })
final class TokenizeCommand implements Runnable {
  @Mixin CommonOptions common;
  @Spec CommandSpec spec;

  @Option(
      names = "--model",
      required = true,
      paramLabel = "DIR",
      description = "Hugging Face folder of a BERT or CLIP model, or of its vocabulary alone.")
  Path model;

  @Option(
      names = "--input",
      paramLabel = "FILE",
      description = "Where the texts are (default: standard input).")
  Path input;

  @Override
  public void run() {
    Tokenizer tokenizer = Tokenizer.load(model);
    PrintWriter out = spec.commandLine().getOut();
    TextLines.read(input, text -> out.write(tokenizer.encode(text) + "\n"));
    out.flush();
  }
}
