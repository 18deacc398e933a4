package dev.weft.bench.device;

import dev.weft.autograd.NoGrad;
import dev.weft.bench.compare.Inputs;
import dev.weft.bench.compare.Models;
import dev.weft.bench.device.SpeedRun.Subject;
import dev.weft.cuda.CudaBackend;
import dev.weft.cuda.CudaGraph;
import dev.weft.mp4sr.model.TrainingBatch;
import dev.weft.nn.Mode;
import dev.weft.nn.Placement;
import dev.weft.nn.TransformerConfig;
import dev.weft.nn.Weights;
import dev.weft.nn.bert.BertConfig;
import dev.weft.nn.bert.BertNetwork;
import dev.weft.nn.bert.BertOutput;
import dev.weft.tensor.AdamOptions;
import dev.weft.tensor.AttentionInputs;
import dev.weft.tensor.AttentionOps;
import dev.weft.tensor.DType;
import dev.weft.tensor.Device;
import dev.weft.tensor.LayerNormInputs;
import dev.weft.tensor.LayerNormOps;
import dev.weft.tensor.MatmulTail;
import dev.weft.tensor.RandomKey;
import dev.weft.tensor.RandomSource;
import dev.weft.tensor.Scope;
import dev.weft.tensor.Shape;
import dev.weft.tensor.Tensor;
import dev.weft.tensor.UnaryOp;
import java.util.List;

/**
 * What {@link SpeedRun} measures; {@code bench/peers/device.py} has the same under the same names.
 */
final class SpeedSubjects {
  /** Makes a subject with its operands on the device. */
  interface Maker {
    Subject make();
  }

  private final CudaBackend on;
  private final boolean isToy;

  private SpeedSubjects(CudaBackend on, boolean isToy) {
    this.on = on;
    this.isToy = isToy;
  }

  static List<Maker> all(CudaBackend on, boolean isToy) {
    SpeedSubjects it = new SpeedSubjects(on, isToy);
    return List.of(
        it::copy,
        it::softmax,
        it::layerNorm,
        it::gelu,
        it::adam,
        () -> it.product("matmul BF16", DType.BF16),
        () -> it.product("matmul F32", DType.F32),
        () -> it.attention(false),
        () -> it.attention(true),
        () -> it.bert(false),
        () -> it.bert(true),
        it::step);
  }

  private int size(int full, int toy) {
    return isToy ? toy : full;
  }

  private Tensor empty(DType type, int... dims) {
    Shape shape = Shape.of(dims);
    return Tensor.over(on.allocate(type, shape.numel(), false), shape, 0);
  }

  private Tensor normal(DType type, int... dims) {
    Tensor wide = empty(DType.F32, dims);
    on.randomNormal(new RandomKey(1, 1), wide);
    if (type == DType.F32) {
      return wide;
    }
    Tensor narrow = empty(type, dims);
    on.copy(wide, narrow);
    return narrow;
  }

  private static double bytes(Tensor x, double times) {
    return times * x.numel() * x.dtype().byteSize();
  }

  /** What memory gives where nothing is computed: the measure of the kernels below. */
  private Subject copy() {
    Tensor x = normal(DType.F32, size(1 << 26, 1 << 10));
    Tensor out = empty(DType.F32, x.numel());
    return new Subject("copy", bytes(x, 2), "GB/s", () -> on.copy(x, out));
  }

  private Subject softmax() {
    Tensor x = normal(DType.F32, size(65536, 8), size(1024, 64));
    Tensor out = empty(DType.F32, x.dim(0), x.dim(1));
    return new Subject("softmax", bytes(x, 2), "GB/s", () -> on.softmax(x, out));
  }

  private Subject layerNorm() {
    Tensor x = normal(DType.F32, size(65536, 8), size(1024, 64));
    int rows = x.dim(0);
    Tensor out = empty(DType.F32, rows, x.dim(1));
    var in =
        new LayerNormInputs(
            x, null, normal(DType.F32, x.dim(1)), normal(DType.F32, x.dim(1)), 1e-5);
    var to = new LayerNormOps.Result(x, out, empty(DType.F32, rows), empty(DType.F32, rows));
    return new Subject("layer norm", bytes(x, 2), "GB/s", () -> on.layerNorm(in, to));
  }

  private Subject gelu() {
    Tensor x = normal(DType.F32, size(1 << 26, 1 << 10));
    Tensor out = empty(DType.F32, x.numel());
    return new Subject("gelu", bytes(x, 2), "GB/s", () -> on.unary(UnaryOp.GELU, x, out));
  }

  /** Weight, gradient and two moments come, all but the gradient go back. */
  private Subject adam() {
    Tensor weight = normal(DType.F32, size(1 << 25, 1 << 10));
    Tensor gradient = normal(DType.F32, weight.numel());
    Tensor m = empty(DType.F32, weight.numel());
    Tensor v = empty(DType.F32, weight.numel());
    on.fill(m, 0);
    on.fill(v, 0);
    AdamOptions options = new AdamOptions(1e-3, 0.9, 0.999, 1e-8, 0.01, true, 1);
    return new Subject(
        "AdamW", bytes(weight, 7), "GB/s", () -> on.adamStep(options, weight, gradient, m, v));
  }

  /** Square factors of a type, sums and result in F32. */
  private Subject product(String name, DType type) {
    int n = size(4096, 48);
    Tensor a = normal(type, n, n);
    Tensor b = normal(type, n, n);
    Tensor out = empty(DType.F32, n, n);
    Runnable work = () -> on.matmul(a, b, MatmulTail.NONE, out);
    work.run();
    return new Subject(name, 2.0 * n * n * n, "TFLOP/s", work);
  }

  private Subject attention(boolean isBackward) {
    int length = size(512, 16);
    Tensor[] qkv = new Tensor[3];
    for (int i = 0; i < 3; i++) {
      qkv[i] = normal(DType.F32, size(8, 1), size(12, 2), length, 64);
    }
    AttentionInputs in = new AttentionInputs(qkv[0], qkv[1], qkv[2], null, 0.125, 0, null);
    double operations = 4.0 * qkv[0].numel() * length;
    if (!isBackward) {
      return new Subject(
          "attention forward", operations, "TFLOP/s", scoped(() -> AttentionOps.attention(in)));
    }
    AttentionOps.Result result = AttentionOps.attention(in);
    Tensor gradient = normal(DType.F32, qkv[0].shape().dims());
    return new Subject(
        "attention backward",
        2.5 * operations,
        "TFLOP/s",
        scoped(() -> AttentionOps.attentionBackward(in, result, gradient)));
  }

  private static Runnable scoped(Runnable work) {
    return () -> {
      try (var _ = Scope.open();
          var _ = NoGrad.open()) {
        work.run();
      }
    };
  }

  private static <T> T onDevice(java.util.function.Supplier<T> maker) {
    Placement.set(Part.CUDA);
    try {
      return maker.get();
    } finally {
      Placement.set(Device.CPU);
    }
  }

  /** BERT-base over 64 texts of 128 tokens, no padding; as a graph, without the host's part. */
  private Subject bert(boolean isGraph) {
    int batch = size(64, 2);
    int length = size(128, 8);
    BertNetwork network = onDevice(this::network);
    int[] tokens = Inputs.integers(1, batch * length, 0, 1000);
    Tensor ids = Tensor.of(tokens, batch, length).to(Part.CUDA);
    if (isGraph) {
      CudaGraph graph = on.capture(() -> states(network, ids));
      return new Subject("BERT-base 64×128, graph", 0, "1/s", graph::replay, graph::close);
    }
    return new Subject("BERT-base 64×128", 0, "1/s", scoped(() -> states(network, ids)));
  }

  private static List<Tensor> states(BertNetwork network, Tensor ids) {
    try (var _ = NoGrad.open()) {
      BertOutput output = network.forward(ids, null, Mode.inference());
      return List.of(output.lastHiddenState().value(), output.poolerOutput().value());
    }
  }

  private BertNetwork network() {
    if (!isToy) {
      return Models.bert();
    }
    TransformerConfig layers =
        TransformerConfig.builder(2, 16).heads(2).feedForwardSize(32).build();
    Weights weights = Weights.random(DType.F32, new RandomSource(3)).constant();
    return BertNetwork.create(weights, BertConfig.of(1000, layers));
  }

  /** A step of pre-training, always on the same histories. */
  private Subject step() {
    TrainingCurve.Size size = isToy ? TrainingCurve.Size.tiny() : TrainingCurve.Size.full();
    TrainingCurve curve = TrainingCurve.on(Part.CUDA, TrainingCurve.Phase.PRETRAINING, size, 0.2);
    TrainingBatch batch = curve.batch();
    return new Subject("M²SE step 1024", 0, "1/s", () -> curve.step(batch));
  }
}
