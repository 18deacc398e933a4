package dev.weft.nn;

import dev.weft.tensor.Scope;
import dev.weft.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Gatherers;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** A stream through a function that wants many at once: in windows, so that none is held whole. */
public final class RowStream {
  /** Enough to find many of like length; few enough to hold. */
  private static final int WINDOW = 1024;

  private RowStream() {}

  /** One row for each element, in their order; {@code rows} gives [elements, width]. */
  public static <T> Stream<float[]> of(Stream<T> elements, Function<List<T>, Tensor> rows) {
    return elements
        .sequential()
        .gather(Gatherers.windowFixed(WINDOW))
        .flatMap(window -> rows(window, rows));
  }

  private static <T> Stream<float[]> rows(List<T> window, Function<List<T>, Tensor> rows) {
    float[] all;
    try (var _ = Scope.open()) {
      all = rows.apply(window).toFloats();
    }
    int width = all.length / window.size();
    return IntStream.range(0, window.size())
        .mapToObj(i -> Arrays.copyOfRange(all, i * width, (i + 1) * width));
  }
}
