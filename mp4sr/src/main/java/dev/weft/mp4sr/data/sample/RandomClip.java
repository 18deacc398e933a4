package dev.weft.mp4sr.data.sample;

import dev.weft.mp4sr.data.DataException;
import dev.weft.mp4sr.data.sample.WideWeights.Gains;
import dev.weft.nn.Linear;
import dev.weft.nn.NormPlacement;
import dev.weft.nn.TransformerConfig;
import dev.weft.nn.clip.ClipConfig;
import dev.weft.nn.clip.ClipModel;
import dev.weft.nn.image.ClipPreprocessor;
import dev.weft.nn.image.ImageException;
import dev.weft.nn.image.Images;
import dev.weft.nn.text.BpeTrainer;
import dev.weft.nn.text.ClipBpe;
import dev.weft.tensor.RandomSource;
import dev.weft.tensor.Tensor;
import dev.weft.tensor.UnaryOp;
import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.apache.commons.math3.linear.MatrixUtils;
import org.apache.commons.math3.linear.RealMatrix;

/**
 * A CLIP with random weights, fitted so that what tells pictures apart (and stays when they are
 * moved or mirrored) and what tells words apart fill the same few directions of their space.
 */
final class RandomClip {
  private static final int VOCABULARY = 2500;
  private static final int HIDDEN = 128;
  private static final int IMAGE_SIZE = 48;
  private static final int PATCH_SIZE = 6;

  /**
   * More keep more of a picture, fewer keep it apart from noise: of 15 words only so much shows.
   */
  private static final int DIRECTIONS = 18;

  private static final int PICTURES = 400;
  private static final int VARIANTS = 3;
  private static final Gains GAINS = new Gains(1, 0.02, 0.1, 0.5, 1, 1);

  private final ClipModel clip;
  private final Random random;

  private RandomClip(ClipModel clip, Random random) {
    this.clip = clip;
    this.random = random;
  }

  /**
   * Writes the folder.
   *
   * @param texts to learn the vocabulary from
   * @param words to be told apart
   * @param pictures to be told apart; unreadable ones are passed over
   */
  static void write(
      Path folder, List<String> texts, List<String> words, List<Path> pictures, long seed) {
    ClipPreprocessor preprocessor = ClipPreprocessor.ofSize(IMAGE_SIZE);
    Tensor pixels = preprocessor.preprocess(readable(pictures));
    ClipBpe tokenizer = new BpeTrainer(VOCABULARY).train(texts);
    // Its own stream, so that it does not share numbers with the BERT of the same seed.
    WideWeights weights = new WideWeights(new RandomSource(~seed), GAINS);
    try (ClipModel clip = ClipModel.create(weights, config(tokenizer), tokenizer)) {
      new RandomClip(clip, Streams.of(seed, "clip", 0)).fit(pixels, words);
      clip.save(folder);
      preprocessor.save(folder);
    }
  }

  private static ClipConfig config(ClipBpe tokenizer) {
    TransformerConfig layers =
        TransformerConfig.builder(2, HIDDEN)
            .heads(2)
            .feedForwardSize(4 * HIDDEN)
            .activation(UnaryOp.QUICK_GELU)
            .norm(NormPlacement.PRE)
            .epsilon(1e-5)
            .build();
    return new ClipConfig(
        new ClipConfig.Text(
            tokenizer.vocabularySize(), ClipBpe.MAX_LENGTH, tokenizer.endId(), layers),
        new ClipConfig.Vision(IMAGE_SIZE, PATCH_SIZE, 3, layers),
        HIDDEN);
  }

  private static List<BufferedImage> readable(List<Path> pictures) {
    List<BufferedImage> images = new ArrayList<>();
    int unreadable = 0;
    for (Path picture : pictures) {
      if (images.size() == PICTURES) {
        break;
      }
      try {
        images.add(Images.read(picture));
      } catch (ImageException e) {
        unreadable++;
      }
    }
    if (images.size() < 2) {
      throw new DataException(
          "sample encoders: %d readable pictures and %d unreadable ones; CLIP needs at least two"
              .formatted(images.size(), unreadable));
    }
    return images;
  }

  private void fit(Tensor pixels, List<String> words) {
    RealMatrix turn = Calibration.turn(HIDDEN, DIRECTIONS, random);
    Linear imageProjection = clip.network().vision().projection();
    Linear textProjection = clip.network().text().projection();
    // With the identity for a projection, the encoders give what comes before it.
    RealMatrix identity = MatrixUtils.createRealIdentityMatrix(HIDDEN);
    Calibration.set(imageProjection.weight().value(), identity);
    Calibration.set(textProjection.weight().value(), identity);

    Calibration.standardise(clip.network().vision().postNorm(), clip.encodePixels(pixels));
    List<Tensor> variants = new ArrayList<>(List.of(clip.encodePixels(pixels)));
    for (int i = 0; i < VARIANTS; i++) {
      variants.add(clip.encodePixels(PictureShift.of(pixels, random)));
    }
    RealMatrix pictures = Calibration.steady(variants, DIRECTIONS);
    Calibration.set(imageProjection.weight().value(), turn.multiply(pictures));

    Calibration.standardise(clip.network().text().finalNorm(), clip.encodeText(words));
    RealMatrix principal = Calibration.principal(clip.encodeText(words), DIRECTIONS);
    Calibration.set(textProjection.weight().value(), turn.multiply(principal));
  }
}
