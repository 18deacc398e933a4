package dev.weft.autograd.golden;

import static dev.weft.autograd.op.Add.add;
import static dev.weft.autograd.op.Attention.attention;
import static dev.weft.autograd.op.LayerNorm.layerNorm;
import static dev.weft.autograd.op.Linear.linear;
import static dev.weft.autograd.op.Slice.slice;
import static dev.weft.autograd.op.Unary.unary;

import dev.weft.autograd.Variable;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A Transformer encoder layer with the norms after the sums, from the ops of this module. */
final class GoldenEncoderLayer {
  private GoldenEncoderLayer() {}

  static Variable apply(Arguments args, List<Variable> in) {
    Map<String, Variable> parameters = new HashMap<>();
    for (int i = 1; i < in.size(); i++) {
      parameters.put(args.get("parameters").get(i - 1).asText(), in.get(i));
    }
    Variable x = in.get(0);
    double epsilon = args.get("eps").asDouble();
    Variable attended = selfAttention(x, args.get("heads").asInt(), parameters);
    Variable hidden = norm(add(x, attended), "norm1", epsilon, parameters);
    Variable wide = project(hidden, "linear1", parameters);
    Variable active = unary(GoldenOps.function(args.get("activation").asText()), wide);
    Variable narrow = project(active, "linear2", parameters);
    return norm(add(hidden, narrow), "norm2", epsilon, parameters);
  }

  private static Variable selfAttention(Variable x, int heads, Map<String, Variable> parameters) {
    Variable weight = parameters.get("self_attn.in_proj_weight");
    Variable queryKeyValue = linear(x, weight, parameters.get("self_attn.in_proj_bias"));
    int width = x.dim(2);
    Variable q = GoldenOps.splitHeads(slice(queryKeyValue, -1, 0, width), heads);
    Variable k = GoldenOps.splitHeads(slice(queryKeyValue, -1, width, 2 * width), heads);
    Variable v = GoldenOps.splitHeads(slice(queryKeyValue, -1, 2 * width, 3 * width), heads);
    double scale = 1 / Math.sqrt((double) width / heads);
    Variable context = GoldenOps.joinHeads(attention(q, k, v, null, scale, 0, null));
    return project(context, "self_attn.out_proj", parameters);
  }

  private static Variable project(Variable x, String name, Map<String, Variable> parameters) {
    return linear(x, parameters.get(name + ".weight"), parameters.get(name + ".bias"));
  }

  private static Variable norm(
      Variable x, String name, double epsilon, Map<String, Variable> parameters) {
    return layerNorm(x, parameters.get(name + ".weight"), parameters.get(name + ".bias"), epsilon);
  }
}
