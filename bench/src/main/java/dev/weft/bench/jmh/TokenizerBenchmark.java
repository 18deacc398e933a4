package dev.weft.bench.jmh;

import dev.weft.nn.text.BpeTrainer;
import dev.weft.nn.text.EncodingOptions;
import dev.weft.nn.text.Tokenizer;
import dev.weft.nn.text.WordPieceTrainer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Four megabytes of paragraphs like English to ids, on one thread, the cache of known words empty
 * at the start of each. What would make it lie: one repeated sentence, a cache that is full of just
 * this text's words, or a vocabulary in which every word is one piece.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 12)
@Measurement(iterations = 12)
@Fork(1)
public class TokenizerBenchmark {
  private static final int CHARACTERS = 4_000_000;
  private static final int TRAINING = 600_000;

  /**
   * {@code bert} and {@code clip} are trained here on text of the same kind, 8,000 tokens each;
   * anything else is a folder or file with a vocabulary.
   */
  @Param({"bert", "clip"})
  public String vocabulary;

  /** Whether offsets are asked for. */
  @Param({"false", "true"})
  public boolean offsets;

  private Path folder;
  private List<String> texts;
  private EncodingOptions options;
  private long bytes;
  private Tokenizer tokenizer;

  /** The text, and the vocabulary where it is trained. */
  @Setup(Level.Trial)
  public void prepare() throws IOException {
    texts = new EnglishText(1).paragraphs(CHARACTERS);
    bytes = texts.stream().mapToLong(text -> text.getBytes(StandardCharsets.UTF_8).length).sum();
    EncodingOptions all = EncodingOptions.DEFAULT.withTruncation(EncodingOptions.Truncation.NONE);
    options = offsets ? all.withOffsets() : all;
    folder = Path.of(vocabulary);
    if (!Files.exists(folder)) {
      folder = Files.createTempDirectory("weft-tokenizer");
      List<String> training = new EnglishText(2).paragraphs(TRAINING);
      Tokenizer trained =
          vocabulary.equals("clip")
              ? new BpeTrainer(8000).train(training)
              : new WordPieceTrainer(8000).train(training);
      trained.save(folder);
    }
  }

  /** A tokenizer that has not seen a word yet. */
  @Setup(Level.Invocation)
  public void forget() {
    tokenizer = Tokenizer.load(folder);
  }

  /** How much text there was, so that JMH gives megabytes a second as well. */
  @AuxCounters(AuxCounters.Type.EVENTS)
  @State(Scope.Thread)
  public static class Megabytes {
    /** Of UTF-8. */
    public double megabytes;
  }

  /** All paragraphs, each by itself. */
  @Benchmark
  public long tokens(Megabytes counted) {
    long tokens = 0;
    for (String text : texts) {
      tokens += tokenizer.encode(text, options).length();
    }
    counted.megabytes = bytes / 1e6;
    return tokens;
  }
}
