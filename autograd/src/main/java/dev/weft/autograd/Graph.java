package dev.weft.autograd;

import dev.weft.tensor.Ops;
import dev.weft.tensor.Scope;
import dev.weft.tensor.Tensor;
import dev.weft.tensor.TensorException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;

/**
 * The record of how variables came from one another, and its walk backwards (reverse-mode automatic
 * differentiation; Griewank and Walther, "Evaluating Derivatives", ch. 3).
 */
public final class Graph {
  private static final AtomicLong NEXT_NUMBER = new AtomicLong();

  private Graph() {}

  /**
   * One op that was applied.
   *
   * @param number grows with time, so a node's inputs have smaller numbers
   * @param op name of the op
   * @param inputs what it was applied to
   * @param vjp how gradients go back through it
   */
  public record Node(long number, String op, List<Variable> inputs, Vjp vjp) {}

  /**
   * Wraps an op's output and, where a gradient may be asked for, remembers how to go back. Every
   * differentiable op ends with this call.
   */
  public static Variable record(String op, Tensor output, Vjp vjp, Variable... inputs) {
    if (!remembers(inputs)) {
      return Variable.of(output);
    }
    return new Variable(
        output, true, new Node(NEXT_NUMBER.getAndIncrement(), op, List.of(inputs), vjp));
  }

  /**
   * Whether an op on these inputs will be asked for gradients; where not, it may leave out what
   * only its backward pass needs. Null inputs count for nothing.
   */
  public static boolean remembers(Variable... inputs) {
    boolean requiresGrad = false;
    for (Variable input : inputs) {
      requiresGrad |= input != null && input.requiresGrad();
    }
    return requiresGrad && !NoGrad.isActive();
  }

  /** Adds to each leaf's gradient the one of {@code Σ output · cotangent}. */
  static void backward(Variable output, Tensor cotangent) {
    check(output, cotangent);
    // Leaves keep copies, so everything the walk allocates can be recycled at its end.
    try (Scope _ = Scope.open()) {
      walk(output, cotangent, Set.of(), Variable::accumulateGrad);
    }
  }

  /**
   * The gradients of {@code Σ output · cotangent} by some variables, where the walk ends; their own
   * {@link Variable#grad} stays as it is. Zeros where the output does not depend on one.
   *
   * @throws TensorException when the output depends on a leaf that is not among them
   */
  public static Tensor[] gradients(Variable output, Tensor cotangent, List<Variable> variables) {
    check(output, cotangent);
    Set<Variable> ends = Collections.newSetFromMap(new IdentityHashMap<>());
    ends.addAll(variables);
    IdentityHashMap<Variable, Tensor> found = new IdentityHashMap<>();
    try (Scope scope = Scope.open()) {
      walk(output, cotangent, ends, found::put);
      Tensor[] gradients = new Tensor[variables.size()];
      for (int i = 0; i < gradients.length; i++) {
        Variable by = variables.get(i);
        Tensor gradient = found.get(by);
        gradients[i] =
            scope.keep(
                gradient == null
                    ? Tensor.full(by.dtype(), by.shape(), by.value().device(), 0)
                    : gradient);
      }
      found.keySet().removeAll(ends);
      if (!found.isEmpty()) {
        throw new TensorException(
            "gradients: " + output + " also depends on " + found.keySet().iterator().next());
      }
      return gradients;
    }
  }

  private static void check(Variable output, Tensor cotangent) {
    if (!output.requiresGrad()) {
      throw new TensorException(
          "backward: " + output + " depends on no parameter, or was computed under NoGrad");
    }
    if (!cotangent.shape().equals(output.shape()) || cotangent.dtype() != output.dtype()) {
      throw new TensorException("backward: cotangent is " + cotangent + " for output " + output);
    }
  }

  private static void walk(
      Variable output, Tensor cotangent, Set<Variable> ends, BiConsumer<Variable, Tensor> atEnd) {
    IdentityHashMap<Variable, Sum> gradients = new IdentityHashMap<>();
    gradients.put(output, new Sum(cotangent, false));
    // Falling numbers: when a variable's turn comes, everything that used it has had its own.
    for (Variable variable : reachable(output, ends)) {
      Sum gradient = gradients.remove(variable);
      if (variable.node() == null || ends.contains(variable)) {
        atEnd.accept(variable, gradient.total);
      } else {
        propagate(variable.node(), gradient.total, gradients);
      }
    }
  }

  private static void propagate(
      Node node, Tensor gradOutput, IdentityHashMap<Variable, Sum> gradients) {
    Sum[] terms = apply(node, gradOutput);
    for (int i = 0; i < terms.length; i++) {
      Variable input = node.inputs().get(i);
      Sum sum = gradients.get(input);
      if (terms[i] != null && sum == null) {
        gradients.put(input, terms[i]);
      } else if (terms[i] != null) {
        sum.add(terms[i]);
      }
    }
  }

  /**
   * The inputs' gradients, null where none is needed; what else the op allocated is recycled at
   * once.
   */
  private static Sum[] apply(Node node, Tensor gradOutput) {
    List<Variable> inputs = node.inputs();
    boolean[] needed = new boolean[inputs.size()];
    for (int i = 0; i < needed.length; i++) {
      needed[i] = inputs.get(i).requiresGrad();
    }
    try (Scope scratch = Scope.open()) {
      Tensor[] gradInputs = node.vjp().apply(gradOutput, needed);
      Sum[] terms = new Sum[needed.length];
      for (int i = 0; i < needed.length; i++) {
        if (needed[i]) {
          check(node, i, gradInputs[i]);
          int before = scratch.size();
          scratch.keep(gradInputs[i]);
          boolean fresh = scratch.size() < before && !isShared(gradInputs, i);
          terms[i] = new Sum(gradInputs[i], fresh && gradInputs[i].isContiguous());
        }
      }
      return terms;
    }
  }

  private static void check(Node node, int number, Tensor gradient) {
    Variable input = node.inputs().get(number);
    if (gradient == null
        || !gradient.shape().equals(input.shape())
        || gradient.dtype() != input.dtype()) {
      throw new TensorException(
          node.op() + ": gradient of input " + number + " is " + gradient + " for " + input);
    }
  }

  private static boolean isShared(Tensor[] gradients, int number) {
    for (int i = 0; i < gradients.length; i++) {
      boolean other = i != number && gradients[i] != null;
      if (other && gradients[i].storage().equals(gradients[number].storage())) {
        return true;
      }
    }
    return false;
  }

  /**
   * Every variable the output depends on that needs a gradient, latest first, leaves last; nothing
   * behind {@code ends}.
   */
  private static List<Variable> reachable(Variable output, Set<Variable> ends) {
    IdentityHashMap<Variable, Boolean> seen = new IdentityHashMap<>();
    List<Variable> found = new ArrayList<>(List.of(output));
    seen.put(output, true);
    for (int i = 0; i < found.size(); i++) {
      Node node = ends.contains(found.get(i)) ? null : found.get(i).node();
      for (Variable input : node == null ? List.<Variable>of() : node.inputs()) {
        if (input.requiresGrad() && seen.put(input, true) == null) {
          found.add(input);
        }
      }
    }
    found.sort(Comparator.comparingLong(Graph::number).reversed());
    return found;
  }

  private static long number(Variable variable) {
    return variable.node() == null ? -1 : variable.node().number();
  }

  /** A sum of gradients, written to in place only where nothing else can see its memory. */
  private static final class Sum {
    private Tensor total;
    private boolean owned;

    Sum(Tensor first, boolean owned) {
      this.total = first;
      this.owned = owned;
    }

    void add(Sum term) {
      if (owned) {
        Ops.addInto(total, term.total);
      } else if (term.owned) {
        Ops.addInto(term.total, total);
        total = term.total;
      } else {
        total = Ops.add(total, term.total);
      }
      owned = true;
    }
  }
}
