package dev.weft.mp4sr.cli;

import dev.weft.nn.bert.BertEncoding;
import dev.weft.nn.bert.BertModel;
import dev.weft.nn.checkpoint.SafeTensors;
import dev.weft.nn.clip.ClipEncoding;
import dev.weft.nn.clip.ClipModel;
import dev.weft.nn.text.TokenBatch;
import dev.weft.nn.text.Tokenizer;
import dev.weft.tensor.DType;
import dev.weft.tensor.Ops;
import dev.weft.tensor.Tensor;
import java.nio.file.Path;
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
      "BERT: input_ids, attention_mask, last_hidden_state, pooler_output;",
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
      description = "One JSON string a line.")
  Path input;

  @Option(
      names = "--output",
      required = true,
      paramLabel = "out.safetensors",
      description = "Where the tensors go.")
  Path output;

  @Mixin EncodeDetails details;

  @Override
  public void run() {
    ModelKind kind = ModelKind.of(model);
    List<String> texts = TextLines.read(input);
    if (texts.isEmpty()) {
      throw new CliException(input + ": holds no text");
    }
    SafeTensors.write(output, kind == ModelKind.BERT ? bert(texts) : clip(texts), Map.of());
  }

  private Map<String, Tensor> bert(List<String> texts) {
    try (BertModel bert = BertModel.load(model)) {
      BertEncoding encoding = bert.encode(texts, details.asked());
      Map<String, Tensor> tensors = tokens(encoding.tokens());
      tensors.put("last_hidden_state", encoding.lastHiddenState());
      if (encoding.poolerOutput() != null) {
        tensors.put("pooler_output", encoding.poolerOutput());
      }
      EncodeDetails.put(tensors, encoding.hiddenStates(), encoding.attentionMaps());
      return tensors;
    }
  }

  /** CLIP's ids go to the model's full length, with 0 after the end token. */
  private Map<String, Tensor> clip(List<String> texts) {
    try (ClipModel clip = ClipModel.load(model)) {
      Tokenizer tokenizer = clip.tokenizer();
      if (tokenizer == null) {
        throw new CliException(
            model + ": is an image encoder alone; texts need a whole CLIP model");
      }
      TokenBatch batch = TokenBatch.padTo(tokenizer.encodeAll(texts), tokenizer.maxLength(), 0);
      Map<String, Tensor> tensors = tokens(batch);
      boolean isProjected = clip.network().text().projection() != null;
      if (isProjected) {
        tensors.put("text_embeds", clip.encodeText(texts));
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
