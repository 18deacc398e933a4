package dev.weft.bench.peers;

import ai.djl.Model;
import ai.djl.huggingface.tokenizers.Encoding;
import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import ai.djl.modality.cv.Image;
import ai.djl.modality.cv.ImageFactory;
import ai.djl.modality.cv.util.NDImageUtils;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.ParameterStore;
import dev.weft.bench.compare.Inputs;
import dev.weft.bench.compare.Job;
import dev.weft.bench.compare.Kind;
import dev.weft.bench.compare.SampleFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/**
 * From files to vectors with PyTorch through DJL: the tokenizers library, batches by length with a
 * mask, DJL's pictures (ImageIO, PyTorch's bicubic resize), decoded by all threads.
 */
final class TorchFiles {
  /** As many as ours. */
  private static final int TOKENS = 4096;

  private static final double PADDING = 0.2;

  private static final float[] MEAN = {0.481455f, 0.457828f, 0.408211f};
  private static final float[] DEVIATION = {0.268630f, 0.261303f, 0.275777f};

  private final NDManager manager;

  TorchFiles(NDManager manager) {
    this.manager = manager;
  }

  Job texts(Kind.Texts it) {
    Model model = TorchScripts.load("bert_masked");
    try {
      HuggingFaceTokenizer tokenizer =
          HuggingFaceTokenizer.builder()
              .optTokenizerPath(SampleFiles.tokenizer())
              .optPadding(false)
              .build();
      return new Vectors(() -> texts(it, tokenizer, model));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private float[] texts(Kind.Texts it, HuggingFaceTokenizer tokenizer, Model model) {
    Encoding[] encodings = tokenizer.batchEncode(SampleFiles.texts(it.count()));
    List<Integer> order =
        IntStream.range(0, encodings.length)
            .boxed()
            .sorted(Comparator.comparingInt(i -> encodings[i].getIds().length))
            .toList();
    float[][] vectors = new float[encodings.length][];
    for (int from = 0, to = 1; to <= order.size(); to++) {
      if (to == order.size() || isFull(order.subList(from, to + 1), encodings)) {
        embed(encodings, order.subList(from, to), model, vectors);
        from = to;
      }
    }
    return Inputs.joined(List.of(vectors));
  }

  /**
   * Whether a batch should end before its last text: it would be too large, or more than a fifth of
   * it padding. Of the limits from 0.05 to 0.4 this one is the fastest here.
   */
  private static boolean isFull(List<Integer> batch, Encoding[] encodings) {
    int longest = encodings[batch.getLast()].getIds().length;
    int real = batch.stream().mapToInt(i -> encodings[i].getIds().length).sum();
    int padded = batch.size() * longest;
    return padded > TOKENS || padded - real > padded * PADDING;
  }

  private void embed(Encoding[] encodings, List<Integer> batch, Model model, float[][] vectors) {
    int length = encodings[batch.getLast()].getIds().length;
    long[] ids = new long[batch.size() * length];
    boolean[] mask = new boolean[ids.length];
    for (int row = 0; row < batch.size(); row++) {
      long[] own = encodings[batch.get(row)].getIds();
      System.arraycopy(own, 0, ids, row * length, own.length);
      for (int i = 0; i < own.length; i++) {
        mask[row * length + i] = true;
      }
    }
    try (NDManager inputs = manager.newSubManager()) {
      NDArray tokens = inputs.create(ids).reshape(batch.size(), length);
      NDArray real = inputs.create(mask, new Shape(batch.size(), 1, 1, length));
      float[] rows = forward(model, inputs, tokens, real);
      int width = rows.length / batch.size();
      for (int row = 0; row < batch.size(); row++) {
        float[] vector = new float[width];
        System.arraycopy(rows, row * width, vector, 0, width);
        vectors[batch.get(row)] = vector;
      }
    }
  }

  private static float[] forward(Model model, NDManager inputs, NDArray... arguments) {
    ParameterStore store = new ParameterStore(inputs, false);
    try (NDList result = model.getBlock().forward(store, new NDList(arguments), false)) {
      return result.get(0).toFloatArray();
    }
  }

  Job pictures(Kind.Pictures it) {
    Model model = TorchScripts.load("clip");
    List<Path> files = SampleFiles.pictures(it.count());
    return new Vectors(
        () -> {
          List<Image> images = files.parallelStream().map(TorchFiles::decode).toList();
          try (NDManager inputs = manager.newSubManager()) {
            List<NDArray> pixels = new ArrayList<>();
            images.forEach(image -> pixels.add(preprocess(image, inputs)));
            NDArray batch = NDArrays.stack(new NDList(pixels));
            return forward(model, inputs, batch);
          }
        });
  }

  private static Image decode(Path file) {
    try {
      return ImageFactory.getInstance().fromFile(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static NDArray preprocess(Image image, NDManager inputs) {
    int size = SampleFiles.PICTURE;
    int width = image.getWidth() * size / image.getHeight();
    NDArray array = image.toNDArray(inputs, Image.Flag.COLOR);
    NDArray resized = NDImageUtils.resize(array, width, size, Image.Interpolation.BICUBIC);
    NDArray cropped = NDImageUtils.centerCrop(resized, size, size);
    return NDImageUtils.normalize(NDImageUtils.toTensor(cropped), MEAN, DEVIATION);
  }

  /** A work that ends with vectors in Java's hands. */
  private record Vectors(Supplier<float[]> work) implements Job {
    @Override
    public void run() {
      var _ = work.get();
    }

    @Override
    public float[] result() {
      return work.get();
    }
  }
}
