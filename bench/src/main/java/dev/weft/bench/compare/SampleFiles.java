package dev.weft.bench.compare;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.weft.nn.text.WordPieceTrainer;
import java.awt.Color;
import java.awt.GradientPaint;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;

/**
 * Texts, a vocabulary and pictures that every engine reads from files: product titles and
 * descriptions of 3 to 60 invented words, as skewed as words are, and JPEG pictures of 480 × 360
 * with soft colours and a shape, so that ways to resize hardly differ.
 */
public final class SampleFiles {
  /** The sizes of CLIP's pictures are told to peers by these. */
  public static final int PICTURE = 224;

  private static final int WORDS = 3000;
  private static final int TEXTS = 256;
  private static final int PICTURES = 32;

  private SampleFiles() {}

  private static Path folder() {
    return Path.of(System.getProperty("weft.bench.models"));
  }

  /** A folder with {@code tokenizer.json}. */
  public static Path tokenizer() {
    return folder().resolve("tokenizer");
  }

  /** The first texts of the file, which is read each time. */
  public static List<String> texts(int count) {
    try (var lines = Files.lines(folder().resolve("texts.txt"))) {
      return lines.limit(count).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The first picture files. */
  public static List<Path> pictures(int count) {
    return IntStream.range(0, count).mapToObj(i -> folder().resolve(i + ".jpg")).toList();
  }

  /** FOLDER: writes all of it. */
  public static void main(String[] args) throws IOException {
    System.setProperty("weft.bench.models", args[0]);
    Files.createDirectories(folder());
    SplittableRandom random = new SplittableRandom(5);
    List<String> words = words(random);
    List<String> texts = new ArrayList<>();
    for (int i = 0; i < TEXTS; i++) {
      texts.add(text(words, random));
    }
    Files.write(folder().resolve("texts.txt"), texts);
    new WordPieceTrainer(WORDS).train(texts).save(tokenizer());
    writeJson(Files.readAllLines(tokenizer().resolve("vocab.txt")));
    for (Path file : pictures(PICTURES)) {
      ImageIO.write(picture(random), "jpg", file.toFile());
    }
  }

  /** The same vocabulary in the tokenizers library's own form. */
  private static void writeJson(List<String> vocabulary) throws IOException {
    Map<String, Integer> ids = new LinkedHashMap<>();
    vocabulary.forEach(token -> ids.put(token, ids.size()));
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("version", "1.0");
    json.put("added_tokens", List.of());
    json.put(
        "normalizer",
        Map.of(
            "type",
            "BertNormalizer",
            "clean_text",
            true,
            "handle_chinese_chars",
            true,
            "lowercase",
            true));
    json.put("pre_tokenizer", Map.of("type", "BertPreTokenizer"));
    json.put(
        "post_processor",
        Map.of(
            "type",
            "BertProcessing",
            "sep",
            List.of("[SEP]", ids.get("[SEP]")),
            "cls",
            List.of("[CLS]", ids.get("[CLS]"))));
    Map<String, Object> model = new LinkedHashMap<>();
    model.put("type", "WordPiece");
    model.put("unk_token", "[UNK]");
    model.put("continuing_subword_prefix", "##");
    model.put("max_input_chars_per_word", 100);
    model.put("vocab", ids);
    json.put("model", model);
    new ObjectMapper().writeValue(tokenizer().resolve("tokenizer.json").toFile(), json);
  }

  private static List<String> words(SplittableRandom random) {
    String[] syllables = {
      "ka", "ro", "ment", "ti", "sel", "an", "bri", "lo", "ver", "du", "en", "s"
    };
    List<String> words = new ArrayList<>();
    for (int i = 0; i < WORDS; i++) {
      StringBuilder word = new StringBuilder();
      for (int count = random.nextInt(1, 5); count > 0; count--) {
        word.append(syllables[random.nextInt(syllables.length)]);
      }
      words.add(word.toString());
    }
    return words;
  }

  /** Few titles are long; a word's frequency falls with its rank. */
  private static String text(List<String> words, SplittableRandom random) {
    int length = 3 + (int) (57 * Math.pow(random.nextDouble(), 3));
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < length; i++) {
      int rank = (int) (words.size() * Math.pow(random.nextDouble(), 4));
      text.append(i == 0 ? "" : i % 9 == 8 ? ", " : " ").append(words.get(rank));
    }
    return text.append('.').toString();
  }

  private static BufferedImage picture(SplittableRandom random) {
    BufferedImage image = new BufferedImage(480, 360, BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = image.createGraphics();
    graphics.setPaint(new GradientPaint(0, 0, colour(random), 480, 360, colour(random)));
    graphics.fillRect(0, 0, 480, 360);
    graphics.setPaint(new GradientPaint(480, 0, colour(random), 0, 360, colour(random)));
    graphics.fillOval(random.nextInt(200), random.nextInt(150), 240, 180);
    graphics.dispose();
    return image;
  }

  private static Color colour(SplittableRandom random) {
    return new Color(random.nextInt(256), random.nextInt(256), random.nextInt(256));
  }
}
