package dev.weft.mp4sr.cli;

import dev.weft.nn.bert.BertEncoding;
import dev.weft.nn.bert.BertModel;
import dev.weft.nn.checkpoint.SafeTensors;
import dev.weft.nn.clip.ClipEncoding;
import dev.weft.nn.clip.ClipModel;
import dev.weft.nn.text.Encoding;
import dev.weft.nn.text.EncodingOptions;
import dev.weft.nn.text.TokenBatch;
import dev.weft.nn.text.Tokenizer;
import dev.weft.tensor.DType;
import dev.weft.tensor.Ops;
import dev.weft.tensor.Tensor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code mp4sr encode text}. */
@Command(
    name = "text",
    description = {
      "BERT: input_ids, attention_mask, last_hidden_state, pooler_output, for pairs"
          + " token_type_ids;",
      "CLIP: input_ids, attention_mask, text_embeds (not normalised);",
      "without a projection: last_hidden_state, pooler_output."
    })
final class EncodeTextCommand implements Runnable {
  @Mixin CommonOptions common;

  @Option(
      names = "--model",
      required = true,
      paramLabel = "DIR",
      description = "Hugging Face folder of a BERT or CLIP model.")
  Path model;

  @Option(
      names = "--input",
      required = true,
      paramLabel = "texts.jsonl",
      description = "One JSON string a line, or with --pairs an array of two.")
  Path input;

  @Option(
      names = "--output",
      required = true,
      paramLabel = "out.safetensors",
      description = "Where the tensors go.")
  Path output;

  @Mixin TokenOptions options;
  @Mixin EncodeDetails details;

  @Override
  public void run() {
    EncodingOptions how = options.encoding();
    ModelKind kind = ModelKind.of(model);
    if (options.pairs && kind != ModelKind.BERT) {
      throw new CliException(model + ": is a CLIP model; --pairs needs one that takes pairs, BERT");
    }
    List<List<String>> texts = TextLines.read(input, options.textsOnALine());
    if (texts.isEmpty()) {
      throw new CliException(input + ": holds no text");
    }
    Map<String, Tensor> made = kind == ModelKind.BERT ? bert(texts, how) : clip(texts, how);
    SafeTensors.write(output, made, Map.of());
  }

  private List<Encoding> encode(
      Tokenizer tokenizer, List<List<String>> texts, EncodingOptions how, int positions) {
    List<Encoding> encodings = new ArrayList<>();
    for (List<String> line : texts) {
      Encoding encoding =
          tokenizer.encode(line.getFirst(), options.pairs ? line.get(1) : null, how);
      encodings.add(encoding);
      if (encoding.length() > positions) {
        throw new CliException(
            "%s: text %d has %d tokens, and the model of %s takes %d; cut it with --max-length %d"
                    .formatted(
                        input, encodings.size(), encoding.length(), model, positions, positions)
                + " and a --truncation other than none");
      }
    }
    return encodings;
  }

  private Map<String, Tensor> bert(List<List<String>> texts, EncodingOptions how) {
    try (BertModel bert = BertModel.load(model)) {
      BertEncoding encoding =
          bert.encodeTokens(
              encode(bert.tokenizer(), texts, how, bert.config().maxPositions()), details.asked());
      Map<String, Tensor> tensors = tokens(encoding.tokens());
      if (options.pairs) {
        tensors.put("token_type_ids", Ops.cast(encoding.tokens().typeIds(), DType.I64));
      }
      tensors.put("last_hidden_state", encoding.lastHiddenState());
      if (encoding.poolerOutput() != null) {
        tensors.put("pooler_output", encoding.poolerOutput());
      }
      EncodeDetails.put(tensors, encoding.hiddenStates(), encoding.attentionMaps());
      return tensors;
    }
  }

  /** CLIP's ids go to the model's full length, with 0 after the end token. */
  private Map<String, Tensor> clip(List<List<String>> texts, EncodingOptions how) {
    try (ClipModel clip = ClipModel.load(model)) {
      Tokenizer tokenizer = clip.tokenizer();
      if (clip.config().text() != null && tokenizer == null) {
        tokenizer = Tokenizer.load(model); // Says which files it has looked for.
      }
      if (tokenizer == null) {
        throw new CliException(
            model + ": is an image encoder alone; texts need a whole CLIP model");
      }
      int positions = clip.config().text().maxPositions();
      List<Encoding> encodings = encode(tokenizer, texts, how, positions);
      int longest = encodings.stream().mapToInt(Encoding::length).max().orElse(0);
      int length = Math.max(tokenizer.maxLength(), longest);
      TokenBatch batch = TokenBatch.padTo(encodings, length, 0);
      Map<String, Tensor> tensors = tokens(batch);
      boolean isProjected = clip.network().text().projection() != null;
      if (isProjected) {
        tensors.put("text_embeds", clip.encodeTokens(encodings));
      }
      if (!isProjected || details.asked().length > 0) {
        ClipEncoding states = clip.inspectTokens(batch.inputIds(), details.asked());
        tensors.put("last_hidden_state", states.lastHiddenState());
        tensors.put("pooler_output", states.pooled());
        EncodeDetails.put(tensors, states.hiddenStates(), states.attentionMaps());
      }
      return tensors;
    }
  }

  private static Map<String, Tensor> tokens(TokenBatch batch) {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    tensors.put("input_ids", Ops.cast(batch.inputIds(), DType.I64));
    tensors.put("attention_mask", Ops.cast(batch.attentionMask(), DType.I64));
    return tensors;
  }
}
