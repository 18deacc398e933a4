package dev.weft.bench.compare;

import dev.weft.bench.compare.Kind.Pass;
import dev.weft.tensor.Backends;
import dev.weft.tensor.Device;
import dev.weft.tensor.LayerNormInputs;
import dev.weft.tensor.LayerNormOps;
import dev.weft.tensor.Ops;
import dev.weft.tensor.Tensor;
import dev.weft.tensor.UnaryOp;
import java.util.Map;
import java.util.Optional;

/** Ours, by the calls that our users make. */
public final class WeftEngine implements Engine {
  /** Of layer normalisation, here and in the peers' models. */
  static final double EPSILON = 1e-5;

  @Override
  public Map<String, String> versions() {
    return Map.of("backend", Backends.of(Device.CPU).name());
  }

  @Override
  public Optional<Job> open(Kind kind) {
    return switch (kind) {
      case Kind.Matmul it -> Optional.of(matmul(it));
      case Kind.Softmax it ->
          Optional.of(it.pass() == Pass.FORWARD ? softmax(it) : softmaxBackward(it));
      case Kind.LayerNorm it ->
          Optional.of(it.pass() == Pass.FORWARD ? layerNorm(it) : layerNormBackward(it));
      case Kind.Gelu it -> Optional.of(it.pass() == Pass.FORWARD ? gelu(it) : geluBackward(it));
      case Kind.Copy it -> Optional.of(copy(it));
      case Kind.FmaPeak _ -> fmaPeak();
      case Kind.Bert it -> Optional.of(WeftModels.bert(it));
      case Kind.ClipImage it -> Optional.of(WeftModels.clip(it));
      case Kind.Texts it -> Optional.of(WeftFiles.texts(it));
      case Kind.Pictures it -> Optional.of(WeftFiles.pictures(it));
      case Kind.M2seStep it -> Optional.of(StepJob.m2se(it.dropout()));
      case Kind.SasRecStep it -> Optional.of(StepJob.sasRec(it.dropout()));
    };
  }

  private static Job matmul(Kind.Matmul it) {
    Tensor a = batched(1, it.batch(), it.m(), it.k());
    Tensor b = batched(2, it.batch(), it.k(), it.n());
    return new TensorJob(() -> Ops.matmul(a, b));
  }

  private static Tensor batched(int index, int batch, int rows, int columns) {
    Tensor all = normal(index, batch, rows, columns);
    return batch == 1 ? all.reshape(rows, columns) : all;
  }

  private static Job softmax(Kind.Softmax it) {
    Tensor x = normal(1, it.rows(), it.columns());
    return new TensorJob(() -> Ops.softmax(x, -1));
  }

  private static Job softmaxBackward(Kind.Softmax it) {
    Tensor y = Ops.softmax(normal(1, it.rows(), it.columns()), -1);
    Tensor gradient = normal(2, it.rows(), it.columns());
    return new TensorJob(
        () -> {
          Tensor dx = Ops.emptyLike(y);
          Backends.of(Device.CPU).softmaxBackward(y, gradient, dx);
          return dx;
        });
  }

  private static Job layerNorm(Kind.LayerNorm it) {
    LayerNormInputs in = layerNormInputs(it);
    return new TensorJob(() -> LayerNormOps.layerNorm(in).output());
  }

  private static Job layerNormBackward(Kind.LayerNorm it) {
    LayerNormInputs in = layerNormInputs(it);
    Tensor gradient = normal(4, it.rows(), it.columns());
    LayerNormOps.Result saved = LayerNormOps.layerNorm(in);
    return new TensorJob(() -> LayerNormOps.layerNormBackward(in.gamma(), saved, gradient).dx());
  }

  private static LayerNormInputs layerNormInputs(Kind.LayerNorm it) {
    Tensor x = normal(1, it.rows(), it.columns());
    Tensor gamma = normal(2, it.columns());
    Tensor beta = normal(3, it.columns());
    return new LayerNormInputs(x, null, gamma, beta, EPSILON);
  }

  private static Job gelu(Kind.Gelu it) {
    Tensor x = normal(1, it.rows(), it.columns());
    return new TensorJob(() -> Ops.unary(UnaryOp.GELU, x));
  }

  private static Job geluBackward(Kind.Gelu it) {
    Tensor x = normal(1, it.rows(), it.columns());
    Tensor gradient = normal(2, it.rows(), it.columns());
    return new TensorJob(() -> Ops.unaryBackward(UnaryOp.GELU, x, gradient));
  }

  private static Job copy(Kind.Copy it) {
    Tensor x = normal(1, it.rows(), it.columns());
    return new TensorJob(() -> Ops.copy(x));
  }

  private static Optional<Job> fmaPeak() {
    boolean vectors = ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent();
    return vectors ? Optional.of(new FmaPeak()) : Optional.empty();
  }

  private static Tensor normal(int index, int... dims) {
    int length = 1;
    for (int dim : dims) {
      length *= dim;
    }
    return Tensor.of(Inputs.normal(index, length), dims);
  }
}
