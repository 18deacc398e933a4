package dev.weft.mp4sr.device;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.weft.cuda.CudaBackend;
import dev.weft.cuda.CudaProbe;
import dev.weft.cuda.CudaProvider;
import dev.weft.cuda.Traffic;
import dev.weft.nn.NormPlacement;
import dev.weft.nn.Placement;
import dev.weft.nn.TransformerConfig;
import dev.weft.nn.Weights;
import dev.weft.nn.bert.BertConfig;
import dev.weft.nn.bert.BertModel;
import dev.weft.nn.bert.BertPooling;
import dev.weft.nn.clip.ClipConfig;
import dev.weft.nn.clip.ClipModel;
import dev.weft.nn.text.BpeTrainer;
import dev.weft.nn.text.ClipBpe;
import dev.weft.nn.text.WordPieceTrainer;
import dev.weft.tensor.Backends;
import dev.weft.tensor.DType;
import dev.weft.tensor.Device;
import dev.weft.tensor.MemoryUse;
import dev.weft.tensor.Ops;
import dev.weft.tensor.RandomSource;
import dev.weft.tensor.Shape;
import dev.weft.tensor.Tensor;
import dev.weft.tensor.UnaryOp;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Whole models on {@code cuda:0}, which is the PTX machine here, beside the same on the processor.
 */
@Tag("machine")
class DeviceTest {
  private static final Device CUDA = Device.cuda(0);
  private static final int STEPS = 3;

  private static CudaBackend backend() {
    return (CudaBackend) Backends.of(CUDA);
  }

  @BeforeEach
  void needsADevice() {
    boolean isThere = System.getProperty(CudaProvider.PROPERTY) != null;
    assumeTrue(
        isThere || !CudaProbe.run().devices().isEmpty(),
        "no CUDA device here; -Dweft.cuda=machine takes the PTX machine");
  }

  private static void checkTraining(Function<Device, DeviceTraining> maker, int mostUploads) {
    DeviceTraining here = maker.apply(Device.CPU);
    DeviceTraining there = maker.apply(CUDA);
    assertEquals(CUDA, there.device());
    for (int step = 0; step < STEPS; step++) {
      Traffic before = backend().traffic();
      MemoryUse memory = backend().memory();
      double expected = here.step();
      assertEquals(expected, there.step(), 1e-4 * expected, "step " + step);
      Traffic traffic = backend().traffic().since(before);
      // All indices go up together, and all numbers of a step are read at once.
      // The first step brings two tables of addresses too, which stay.
      assertEquals(1, traffic.downloads(), traffic.toString());
      long uploads = step == 0 ? traffic.uploads() - 2 : traffic.uploads();
      assertTrue(uploads >= 1 && uploads <= mostUploads, traffic.toString());
      assertEquals(0, backend().memory().loanedBytes(), memory.toString());
    }
  }

  @Test
  void preTrainingStepsAreTheProcessors() {
    checkTraining(DeviceTraining::pretraining, 1);
  }

  @Test
  void fineTuningStepsAreTheProcessors() {
    checkTraining(DeviceTraining::finetuning, 1);
  }

  @Test
  void itemsThatLackAModalityGoUpWithTheOthers() {
    checkTraining(DeviceTraining::pretrainingWithGaps, 1);
  }

  /** Masks say which rows are of one history, so they go up too. */
  @Test
  void rowsOfOneHistoryAreLeftOut() {
    checkTraining(DeviceTraining::pretrainingWithoutOwnHistory, 11);
  }

  private static Tensor vectors(Device device) {
    List<String> texts = List.of("a red shoe", "a blue shoe for the winter", "a red shoe");
    TransformerConfig layers =
        TransformerConfig.builder(2, 16).heads(2).feedForwardSize(32).build();
    Placement.set(device);
    try {
      var wordPiece = new WordPieceTrainer(160).train(texts);
      Weights weights = Weights.random(DType.F32, new RandomSource(3)).constant();
      BertConfig config = BertConfig.of(wordPiece.vocabularySize(), layers);
      try (BertModel bert = BertModel.create(weights, config, wordPiece)) {
        return bert.embed(texts, BertPooling.MEAN);
      }
    } finally {
      Placement.set(Device.CPU);
    }
  }

  @Test
  void bertIsTheProcessors() {
    float[] expected = vectors(Device.CPU).toFloats();
    float[] actual = vectors(CUDA).toFloats();
    for (int i = 0; i < expected.length; i++) {
      assertEquals(expected[i], actual[i], 2e-5, "element " + i);
    }
  }

  private record ClipVectors(float[] texts, float[] images, Traffic ofTexts, Traffic ofImages) {}

  private static ClipVectors clip(Device device) {
    List<String> texts = List.of("a red shoe", "a blue shoe for the winter", "a red shoe");
    TransformerConfig layers =
        TransformerConfig.builder(2, 16)
            .heads(2)
            .activation(UnaryOp.QUICK_GELU)
            .norm(NormPlacement.PRE)
            .build();
    ClipBpe tokenizer = new BpeTrainer(600).train(texts);
    ClipConfig config =
        new ClipConfig(
            new ClipConfig.Text(tokenizer.vocabularySize(), 77, tokenizer.endId(), layers),
            new ClipConfig.Vision(16, 8, 3, layers),
            12);
    Tensor pixels =
        Ops.randomNormal(DType.F32, Shape.of(3, 3, 16, 16), new RandomSource(4).nextKey());
    Placement.set(device);
    try {
      Weights weights = Weights.random(DType.F32, new RandomSource(3)).constant();
      try (ClipModel clip = ClipModel.create(weights, config, tokenizer)) {
        Traffic start = backend().traffic();
        float[] ofTexts = clip.encodeText(texts).toFloats();
        Traffic between = backend().traffic();
        float[] ofImages = clip.encodePixels(pixels).toFloats();
        Traffic end = backend().traffic();
        return new ClipVectors(ofTexts, ofImages, between.since(start), end.since(between));
      }
    } finally {
      Placement.set(Device.CPU);
    }
  }

  /** Both towers; a batch's pixels go up at once and its vectors come down at once. */
  @Test
  void clipIsTheProcessors() {
    ClipVectors expected = clip(Device.CPU);
    ClipVectors actual = clip(CUDA);
    assertArrayEquals(expected.texts, actual.texts, 1e-4f);
    assertArrayEquals(expected.images, actual.images, 1e-4f);
    assertEquals(1, actual.ofTexts.downloads(), actual.ofTexts.toString());
    assertEquals(1, actual.ofImages.downloads(), actual.ofImages.toString());
    assertEquals(1, actual.ofImages.uploads(), actual.ofImages.toString());
    assertTrue(actual.ofTexts.uploads() <= 12, actual.ofTexts.toString());
  }
}
