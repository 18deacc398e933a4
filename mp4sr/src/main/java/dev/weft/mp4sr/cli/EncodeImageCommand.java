package dev.weft.mp4sr.cli;

import dev.weft.mp4sr.ProgressListener;
import dev.weft.nn.checkpoint.SafeTensors;
import dev.weft.nn.clip.ClipEncoding;
import dev.weft.nn.clip.ClipModel;
import dev.weft.nn.image.ClipPreprocessor;
import dev.weft.nn.image.Images;
import dev.weft.tensor.DType;
import dev.weft.tensor.Device;
import dev.weft.tensor.Ops;
import dev.weft.tensor.Scope;
import dev.weft.tensor.Shape;
import dev.weft.tensor.Tensor;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code mp4sr encode image}. */
@Command(
    name = "image",
    description = {
      "CLIP: pixel_values and image_embeds (not normalised), in the order given;",
      "without a projection: pixel_values, last_hidden_state, pooler_output."
    })
final class EncodeImageCommand implements Runnable {
  /** Pictures that are read before progress is shown. */
  private static final int BATCH = 16;

  @Mixin CommonOptions common;

  @Option(
      names = "--model",
      required = true,
      paramLabel = "DIR",
      description = "Hugging Face folder of a CLIP model.")
  Path model;

  @Option(
      names = "--output",
      required = true,
      paramLabel = "out.safetensors",
      description = "Where the tensors go.")
  Path output;

  @Option(
      names = "--max-pixels",
      paramLabel = "N",
      description = "Refuse larger pictures (default: ${DEFAULT-VALUE}, Pillow's limit).")
  long maxPixels = Images.MAX_PIXELS;

  @Parameters(
      arity = "1..*",
      paramLabel = "IMAGE",
      description = "Picture files: JPEG, PNG, GIF, WebP, BMP.")
  List<Path> images;

  @Mixin EncodeDetails details;

  @Override
  public void run() {
    if (ModelKind.of(model) != ModelKind.CLIP) {
      throw new CliException(model + ": is a BERT model; images need a CLIP model");
    }
    try (ClipModel clip = ClipModel.load(model)) {
      if (clip.preprocessor() == null) {
        throw new CliException(model + ": is a text encoder alone; images need a whole CLIP model");
      }
      Tensor pixels = pixels(clip.preprocessor(), TerminalProgress.create());
      Map<String, Tensor> tensors = new LinkedHashMap<>();
      tensors.put("pixel_values", pixels);
      boolean isProjected = clip.network().vision().projection() != null;
      if (isProjected && details.asked().length == 0) {
        tensors.put("image_embeds", clip.encodePixels(pixels));
      } else {
        ClipEncoding states = clip.inspectPixels(pixels, details.asked());
        if (isProjected) {
          tensors.put("image_embeds", states.embedding());
        }
        tensors.put("last_hidden_state", states.lastHiddenState());
        tensors.put("pooler_output", states.pooled());
        EncodeDetails.put(tensors, states.hiddenStates(), states.attentionMaps());
      }
      SafeTensors.write(output, tensors, Map.of());
    }
  }

  /** A few pictures in memory at a time, besides what comes out. */
  private Tensor pixels(ClipPreprocessor preprocessor, ProgressListener progress) {
    Shape shape = Shape.of(images.size(), 3, preprocessor.height(), preprocessor.width());
    Tensor pixels = Tensor.empty(DType.F32, shape, Device.CPU);
    progress.start("reading pictures", images.size());
    try {
      for (int from = 0; from < images.size(); from += BATCH) {
        int to = Math.min(images.size(), from + BATCH);
        try (var _ = Scope.open()) {
          Tensor batch = preprocessor.preprocessFiles(images.subList(from, to), maxPixels);
          Ops.copyInto(pixels.slice(0, from, to), batch);
        }
        progress.step(to);
      }
    } finally {
      progress.end();
    }
    return pixels;
  }
}
