package dev.weft.bench.peers;

import dev.weft.bench.compare.Engine;
import dev.weft.bench.compare.Inputs;
import dev.weft.bench.compare.Job;
import dev.weft.bench.compare.Kind;
import dev.weft.bench.compare.Kind.Pass;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.function.Supplier;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * ND4J with OpenBLAS. Its GELU is an approximation and its layer norm refuses these shapes, so that
 * it has neither here.
 */
public final class Nd4jEngine implements Engine {
  private static final String VERSION = "/META-INF/maven/org.nd4j/nd4j-api/pom.properties";

  @Override
  public Map<String, String> versions() {
    try (InputStream file = Nd4j.class.getResourceAsStream(VERSION)) {
      Properties properties = new Properties();
      properties.load(file);
      return Map.of("ND4J", properties.getProperty("version"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public Optional<Job> open(Kind kind) {
    return switch (kind) {
      case Kind.Matmul it when it.batch() == 1 -> matmul(it);
      case Kind.Softmax it when it.pass() == Pass.FORWARD -> softmax(it);
      case Kind.Copy it -> copy(it);
      default -> Optional.empty();
    };
  }

  private static Optional<Job> matmul(Kind.Matmul it) {
    INDArray a = normal(1, it.m(), it.k());
    INDArray b = normal(2, it.k(), it.n());
    return job(() -> a.mmul(b));
  }

  private static Optional<Job> softmax(Kind.Softmax it) {
    INDArray x = normal(1, it.rows(), it.columns());
    return job(() -> Nd4j.nn().softmax(x, 1));
  }

  private static Optional<Job> copy(Kind.Copy it) {
    INDArray x = normal(1, it.rows(), it.columns());
    return job(x::dup);
  }

  private static INDArray normal(int index, long... dims) {
    long length = 1;
    for (long dim : dims) {
      length *= dim;
    }
    return Nd4j.create(Inputs.normal(index, (int) length), dims, 'c').castTo(DataType.FLOAT);
  }

  private static Optional<Job> job(Supplier<INDArray> work) {
    return Optional.of(new ArrayJob(work));
  }

  /** A work with one result. */
  private record ArrayJob(Supplier<INDArray> work) implements Job {
    @Override
    public void run() {
      work.get().close();
    }

    @Override
    public float[] result() {
      try (INDArray result = work.get()) {
        return result.dup('c').data().asFloat();
      }
    }
  }
}
