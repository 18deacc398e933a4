package dev.weft.bench.peers;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.weft.bench.compare.Inputs;
import dev.weft.bench.compare.Job;
import dev.weft.bench.compare.Kind;
import dev.weft.bench.compare.Kind.Pass;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** PyTorch (MKL, oneDNN) through DJL: array operations, and {@link TorchScripts}. */
public final class PyTorchEngine implements dev.weft.bench.compare.Engine {
  private static final float EPSILON = 1e-5f;

  private final Engine engine;
  private final NDManager manager;
  private final TorchScripts scripts;

  /** Starts it with the threads that {@code OMP_NUM_THREADS} says. */
  public PyTorchEngine() {
    String threads = System.getenv("OMP_NUM_THREADS");
    System.setProperty("ai.djl.pytorch.num_threads", threads);
    System.setProperty("ai.djl.pytorch.num_interop_threads", "1");
    engine = Engine.getEngine("PyTorch");
    manager = NDManager.newBaseManager();
    scripts = new TorchScripts(engine, manager);
  }

  @Override
  public Map<String, String> versions() {
    return Map.of("PyTorch", engine.getVersion(), "DJL", Engine.getDjlVersion());
  }

  @Override
  public Optional<Job> open(Kind kind) {
    return switch (kind) {
      case Kind.Matmul it -> matmul(it);
      case Kind.Softmax it when it.pass() == Pass.FORWARD -> softmax(it);
      case Kind.LayerNorm it when it.pass() == Pass.FORWARD -> layerNorm(it);
      case Kind.Gelu it when it.pass() == Pass.FORWARD -> gelu(it);
      case Kind.Copy it -> copy(it);
      case Kind.Texts it -> Optional.of(new TorchFiles(manager).texts(it));
      case Kind.Pictures it -> Optional.of(new TorchFiles(manager).pictures(it));
      case Kind.FmaPeak _ -> Optional.empty();
      default -> Optional.of(scripts.open(kind));
    };
  }

  private Optional<Job> matmul(Kind.Matmul it) {
    NDArray a = batched(1, it.batch(), it.m(), it.k());
    NDArray b = batched(2, it.batch(), it.k(), it.n());
    return job(() -> a.matMul(b));
  }

  private NDArray batched(int index, int batch, int rows, int columns) {
    return batch == 1 ? normal(index, rows, columns) : normal(index, batch, rows, columns);
  }

  private Optional<Job> softmax(Kind.Softmax it) {
    NDArray x = normal(1, it.rows(), it.columns());
    return job(() -> x.softmax(1));
  }

  private Optional<Job> layerNorm(Kind.LayerNorm it) {
    NDArray x = normal(1, it.rows(), it.columns());
    NDArray gamma = normal(2, it.columns());
    NDArray beta = normal(3, it.columns());
    Shape normalized = new Shape(it.columns());
    return job(
        () ->
            x.getNDArrayInternal()
                .layerNorm(x, normalized, gamma, beta, EPSILON)
                .singletonOrThrow());
  }

  private Optional<Job> gelu(Kind.Gelu it) {
    NDArray x = normal(1, it.rows(), it.columns());
    return job(() -> x.getNDArrayInternal().gelu());
  }

  private Optional<Job> copy(Kind.Copy it) {
    NDArray x = normal(1, it.rows(), it.columns());
    return job(x::duplicate);
  }

  private NDArray normal(int index, long... dims) {
    Shape shape = new Shape(dims);
    return manager.create(Inputs.normal(index, (int) shape.size()), shape);
  }

  private static Optional<Job> job(Supplier<NDArray> work) {
    return Optional.of(new ArrayJob(work));
  }

  /** A work with one result, closed as DJL's users close it. */
  private record ArrayJob(Supplier<NDArray> work) implements Job {
    @Override
    public void run() {
      work.get().close();
    }

    @Override
    public float[] result() {
      try (NDArray result = work.get()) {
        return result.toFloatArray();
      }
    }
  }
}
