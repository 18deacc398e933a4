package dev.weft.mp4sr.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weft.nn.text.Encoding;
import dev.weft.nn.text.EncodingOptions;
import dev.weft.nn.text.EncodingOptions.Side;
import dev.weft.nn.text.Padding;
import dev.weft.nn.text.TokenBatch;
import dev.weft.nn.text.Tokenizer;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
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
      description =
          "Hugging Face folder of a BERT or CLIP model, or of its vocabulary alone; or a vocab.txt,"
              + " a tokenizer.json, OpenAI's bpe_simple_vocab_16e6.txt.gz.")
  Path model;

  @Option(
      names = "--input",
      paramLabel = "FILE",
      description = "Where the texts are (default: standard input).")
  Path input;

  @Mixin TokenOptions tokens;

  @Option(names = "--no-special-tokens", description = "The texts' own tokens only.")
  boolean noSpecialTokens;

  @Option(
      names = "--pad",
      paramLabel = "longest|N",
      description = "Fill the arrays up to the longest one, or to N tokens, with the padding id.")
  String pad;

  @Option(
      names = "--pad-multiple",
      paramLabel = "N",
      description = "Fill the arrays up to a multiple of N tokens.")
  Integer padMultiple;

  @Option(
      names = "--padding-side",
      paramLabel = "left|right",
      defaultValue = "right",
      description = "Where the filling goes (default: ${DEFAULT-VALUE}).")
  Side paddingSide;

  @Option(
      names = "--offsets",
      description = {
        "One JSON object a line instead: ids, tokens, type_ids, and offsets, for each token where",
        "in its text it begins and ends, in UTF-16 units; [0, 0] for the special tokens around it."
      })
  boolean offsets;

  @Override
  public void run() {
    EncodingOptions options = options();
    Padding padding = padding();
    Tokenizer tokenizer = Tokenizer.load(model);
    PrintWriter out = spec.commandLine().getOut();
    List<Encoding> kept = new ArrayList<>();
    TextLines.read(
        input,
        tokens.textsOnALine(),
        texts -> {
          Encoding encoding =
              tokenizer.encode(texts.getFirst(), tokens.pairs ? texts.get(1) : null, options);
          if (padding == null) {
            out.write((offsets ? described(tokenizer, encoding) : encoding) + "\n");
          } else {
            kept.add(encoding);
          }
        });
    if (padding != null) {
      requireRoom(kept, padding);
      for (int[] row : TokenBatch.pad(kept, padding, tokenizer.padId()).rows()) {
        out.write(Arrays.toString(row) + "\n");
      }
    }
    out.flush();
  }

  private EncodingOptions options() {
    EncodingOptions options = tokens.encoding();
    options = noSpecialTokens ? options.withoutSpecialTokens() : options;
    return offsets ? options.withOffsets() : options;
  }

  private Padding padding() {
    if (pad == null && padMultiple == null) {
      return null;
    }
    if (offsets) {
      throw new ParameterException(
          spec.commandLine(), "--pad and --pad-multiple do not go with --offsets");
    }
    if (padMultiple != null && padMultiple < 1) {
      throw new ParameterException(spec.commandLine(), "--pad-multiple: must be at least 1");
    }
    return new Padding(padLength(), padMultiple == null ? 1 : padMultiple, paddingSide);
  }

  /** 0 for the longest text's. */
  private int padLength() {
    if (pad == null || pad.equals("longest")) {
      return 0;
    }
    try {
      int length = Integer.parseInt(pad);
      if (length > 0) {
        return length;
      }
    } catch (NumberFormatException e) {
      // Said below.
    }
    throw new ParameterException(
        spec.commandLine(), "--pad: '" + pad + "' is neither longest nor a number from 1 on");
  }

  private static void requireRoom(List<Encoding> encodings, Padding padding) {
    for (int i = 0; i < encodings.size() && padding.length() > 0; i++) {
      if (encodings.get(i).length() > padding.length()) {
        throw new CliException(
            "text %d has %d tokens, more than --pad %d; --max-length cuts it"
                .formatted(i + 1, encodings.get(i).length(), padding.length()));
      }
    }
  }

  private static ObjectNode described(Tokenizer tokenizer, Encoding encoding) {
    ObjectNode line = JsonNodeFactory.instance.objectNode();
    ArrayNode ids = line.putArray("ids");
    ArrayNode pieces = line.putArray("tokens");
    ArrayNode types = line.putArray("type_ids");
    ArrayNode spans = line.putArray("offsets");
    for (int i = 0; i < encoding.length(); i++) {
      ids.add(encoding.ids()[i]);
      pieces.add(tokenizer.token(encoding.ids()[i]));
      types.add(encoding.typeIds()[i]);
      spans.addArray().add(encoding.start(i)).add(encoding.end(i));
    }
    return line;
  }
}
