package dev.weft.bench.peers;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.SessionOptions;
import dev.weft.bench.compare.Engine;
import dev.weft.bench.compare.Inputs;
import dev.weft.bench.compare.Job;
import dev.weft.bench.compare.Kind;
import dev.weft.bench.compare.Kind.Pass;
import dev.weft.bench.compare.Models;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** ONNX Runtime, all its optimizations on; it has no backward passes. */
public final class OnnxRuntimeEngine implements Engine {
  private final OrtEnvironment environment = OrtEnvironment.getEnvironment();

  @Override
  public Map<String, String> versions() {
    return Map.of("ONNX Runtime", environment.getVersion());
  }

  @Override
  public Optional<Job> open(Kind kind) {
    try {
      return switch (kind) {
        case Kind.Matmul it -> matmul(it);
        case Kind.Softmax it when it.pass() == Pass.FORWARD ->
            session("softmax", Map.of("x", normal(1, it.rows(), it.columns())));
        case Kind.Gelu it when it.pass() == Pass.FORWARD ->
            session("gelu", Map.of("x", normal(1, it.rows(), it.columns())));
        case Kind.LayerNorm it when it.pass() == Pass.FORWARD -> layerNorm(it);
        case Kind.Bert it -> session("bert", Map.of("x", tokens(it)));
        case Kind.ClipImage it -> session("clip", Map.of("x", pixels(it)));
        default -> Optional.empty();
      };
    } catch (OrtException e) {
      throw new IllegalStateException("ONNX Runtime: " + kind, e);
    }
  }

  private Optional<Job> matmul(Kind.Matmul it) throws OrtException {
    if (it.batch() == 1) {
      return session(
          "matmul_2", Map.of("a", normal(1, it.m(), it.k()), "b", normal(2, it.k(), it.n())));
    }
    return session(
        "matmul_3",
        Map.of(
            "a", normal(1, it.batch(), it.m(), it.k()),
            "b", normal(2, it.batch(), it.k(), it.n())));
  }

  private Optional<Job> layerNorm(Kind.LayerNorm it) throws OrtException {
    return session(
        "layer_norm",
        Map.of(
            "x", normal(1, it.rows(), it.columns()),
            "gamma", normal(2, it.columns()),
            "beta", normal(3, it.columns())));
  }

  private OnnxTensor tokens(Kind.Bert it) throws OrtException {
    long[] ids = Inputs.longs(Models.tokens(it));
    return OnnxTensor.createTensor(
        environment, LongBuffer.wrap(ids), new long[] {it.batch(), it.length()});
  }

  private OnnxTensor pixels(Kind.ClipImage it) throws OrtException {
    return OnnxTensor.createTensor(
        environment, FloatBuffer.wrap(Models.pixels(it)), new long[] {it.batch(), 3, 224, 224});
  }

  private OnnxTensor normal(int index, long... dims) throws OrtException {
    long length = 1;
    for (long dim : dims) {
      length *= dim;
    }
    float[] values = Inputs.normal(index, (int) length);
    return OnnxTensor.createTensor(environment, FloatBuffer.wrap(values), dims);
  }

  private Optional<Job> session(String name, Map<String, OnnxTensor> inputs) throws OrtException {
    Path file = Path.of(System.getProperty("weft.bench.models"), name + ".onnx");
    SessionOptions options = new SessionOptions();
    options.setOptimizationLevel(SessionOptions.OptLevel.ALL_OPT);
    options.setIntraOpNumThreads(Integer.parseInt(System.getenv("OMP_NUM_THREADS")));
    options.setInterOpNumThreads(1);
    OrtSession session = environment.createSession(file.toString(), options);
    return Optional.of(new SessionJob(session, new LinkedHashMap<>(inputs)));
  }

  /** A model with its inputs. */
  private record SessionJob(OrtSession session, Map<String, OnnxTensor> inputs) implements Job {
    @Override
    public void run() {
      try (OrtSession.Result _ = session.run(inputs)) {
        // Its results are given back.
      } catch (OrtException e) {
        throw new IllegalStateException(e);
      }
    }

    @Override
    public float[] result() {
      try (OrtSession.Result results = session.run(inputs)) {
        List<float[]> parts = new ArrayList<>();
        for (var result : results) {
          FloatBuffer buffer = ((OnnxTensor) result.getValue()).getFloatBuffer();
          float[] values = new float[buffer.remaining()];
          buffer.get(values);
          parts.add(values);
        }
        return Inputs.joined(parts);
      } catch (OrtException e) {
        throw new IllegalStateException(e);
      }
    }
  }
}
