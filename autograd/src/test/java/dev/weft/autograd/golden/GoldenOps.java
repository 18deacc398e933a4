package dev.weft.autograd.golden;

import static dev.weft.autograd.op.Add.add;
import static dev.weft.autograd.op.Attention.attention;
import static dev.weft.autograd.op.Concat.concat;
import static dev.weft.autograd.op.CrossEntropy.crossEntropy;
import static dev.weft.autograd.op.Divide.divide;
import static dev.weft.autograd.op.Embedding.embedding;
import static dev.weft.autograd.op.IndexSelect.indexSelect;
import static dev.weft.autograd.op.InfoNce.infoNce;
import static dev.weft.autograd.op.L2Normalize.l2Normalize;
import static dev.weft.autograd.op.LayerNorm.layerNorm;
import static dev.weft.autograd.op.Linear.linear;
import static dev.weft.autograd.op.LogSoftmax.logSoftmax;
import static dev.weft.autograd.op.LogSumExp.logSumExp;
import static dev.weft.autograd.op.Matmul.matmul;
import static dev.weft.autograd.op.MatmulTransposed.matmulTransposed;
import static dev.weft.autograd.op.Max.max;
import static dev.weft.autograd.op.Mean.mean;
import static dev.weft.autograd.op.Multiply.multiply;
import static dev.weft.autograd.op.Permute.permute;
import static dev.weft.autograd.op.Reshape.reshape;
import static dev.weft.autograd.op.Slice.slice;
import static dev.weft.autograd.op.Softmax.softmax;
import static dev.weft.autograd.op.Subtract.subtract;
import static dev.weft.autograd.op.Sum.sum;
import static dev.weft.autograd.op.Transpose.transpose;
import static dev.weft.autograd.op.Unary.unary;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weft.autograd.Variable;
import dev.weft.autograd.op.Reduction;
import dev.weft.tensor.Tensor;
import dev.weft.tensor.UnaryOp;
import java.util.List;
import java.util.Locale;

/** The manifest's op names, bound to ours. */
final class GoldenOps {
  private GoldenOps() {}

  static Variable apply(String op, Arguments args, List<Variable> in, List<Tensor> indices) {
    Variable x = in.get(0);
    return switch (op) {
      case "add" -> add(x, in.get(1));
      case "sub" -> subtract(x, in.get(1));
      case "mul" -> multiply(x, in.get(1));
      case "div" -> divide(x, in.get(1));
      case "matmul" -> matmul(x, in.get(1));
      case "matmul_transposed_b" -> matmulTransposed(x, in.get(1));
      case "linear" -> linear(x, in.get(1), in.size() > 2 ? in.get(2) : null);
      case "softmax" -> softmax(x, axis(args));
      case "log_softmax" -> logSoftmax(x, axis(args));
      case "logsumexp" -> kept(args, x, logSumExp(x, axis(args)));
      case "sum" -> sum(x, args.flag("keepdim"), args.integers("axis"));
      case "mean" -> mean(x, args.flag("keepdim"), args.integers("axis"));
      case "max" -> max(x, args.flag("keepdim"), axis(args));
      case "layer_norm" -> layerNorm(x, in.get(1), in.get(2), args.get("eps").asDouble());
      case "cross_entropy" -> crossEntropy(x, indices.get(0), reduction(args));
      case "info_nce_cosine" -> infoNce(x, in.get(1), args.get("temperature").asDouble());
      case "embedding" -> embedding(x, indices.get(0));
      case "index_select" -> indexSelect(x, axis(args), indices.get(0));
      case "concat" -> concat(in, axis(args));
      case "transpose" -> transpose(x, args.get("axis0").asInt(), args.get("axis1").asInt());
      case "slice" -> slices(x, args.get("ranges"));
      case "l2_normalize" -> l2Normalize(x, axis(args), args.get("eps").asDouble());
      case "attention" -> attentionCase(args, in, indices);
      case "transformer_encoder_layer_post_norm" -> GoldenEncoderLayer.apply(args, in);
      default -> unary(function(op), x);
    };
  }

  /** The function of a unary op's or an activation's name. */
  static UnaryOp function(String op) {
    return switch (op) {
      case "gelu_erf", "gelu" -> UnaryOp.GELU;
      case "neg" -> UnaryOp.NEGATE;
      case "reshape", "permute", "expand", "where", "dropout" ->
          throw new IllegalArgumentException("no golden form of " + op + " is known");
      default -> UnaryOp.valueOf(op.toUpperCase(Locale.ROOT));
    };
  }

  private static int axis(Arguments args) {
    return args.get("axis").asInt();
  }

  private static Variable kept(Arguments args, Variable x, Variable folded) {
    boolean keep = args.flag("keepdim");
    return keep ? reshape(folded, x.shape().with(axis(args), 1).dims()) : folded;
  }

  private static Reduction reduction(Arguments args) {
    return Reduction.valueOf(args.text("reduction", "mean").toUpperCase(Locale.ROOT));
  }

  private static Variable slices(Variable x, JsonNode ranges) {
    Variable result = x;
    for (int axis = 0; axis < ranges.size(); axis++) {
      JsonNode range = ranges.get(axis);
      result = slice(result, axis, range.get(0).asInt(), range.get(1).asInt());
    }
    return result;
  }

  private static Variable attentionCase(Arguments args, List<Variable> in, List<Tensor> indices) {
    Variable q = in.get(0);
    args.skip("layout");
    args.skip("key_padding_mask");
    int seqK = in.get(1).dim(2);
    Tensor mask = indices.isEmpty() ? null : indices.get(0).reshape(q.dim(0), 1, 1, seqK);
    if (args.flag("causal")) {
      mask = causal(q.dim(0), q.dim(2), seqK, mask);
    }
    double scale = args.number("scale", 1 / Math.sqrt(q.dim(3)));
    return attention(q, in.get(1), in.get(2), mask, scale, 0, null);
  }

  private static Tensor causal(int batch, int seqQ, int seqK, Tensor padding) {
    long[] attends = padding == null ? null : padding.toLongs();
    boolean[] mask = new boolean[batch * seqQ * seqK];
    for (int i = 0; i < mask.length; i++) {
      int query = i / seqK % seqQ;
      int key = i % seqK;
      boolean padded = attends != null && attends[i / (seqK * seqQ) * seqK + key] == 0;
      mask[i] = key <= query && !padded;
    }
    return Tensor.of(mask, batch, 1, seqQ, seqK);
  }

  /** [batch, seq, heads · headDim] to [batch, heads, seq, headDim]. */
  static Variable splitHeads(Variable x, int heads) {
    Variable split = reshape(x, x.dim(0), x.dim(1), heads, x.dim(2) / heads);
    return permute(split, 0, 2, 1, 3);
  }

  /** [batch, heads, seq, headDim] to [batch, seq, heads · headDim]. */
  static Variable joinHeads(Variable x) {
    return reshape(permute(x, 0, 2, 1, 3), x.dim(0), x.dim(2), x.dim(1) * x.dim(3));
  }
}
