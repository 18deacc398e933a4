package dev.weft.bench.device;

import dev.weft.cuda.CudaBackend;
import dev.weft.cuda.CudaProvider;
import dev.weft.tensor.cpu.HeapStorage;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The same kernels on the PTX machine and on the card, bit by bit: {@code BitsRun FILE CAPABILITY}.
 * The machine takes the PTX that the card takes. Where a kernel uses functions that only a card
 * approximates, or sums of tensor cores, whose order is the card's own, bits may part; how far is
 * told in units of the last place. With {@code -Dweft.cuda=machine} two generations of PTX are
 * compared on the machine.
 */
public final class BitsRun {
  private BitsRun() {}

  /**
   * One operation.
   *
   * @param numbers how many were compared
   * @param different how many are not the same bits
   * @param ulps the greatest distance in units of the last place; -1: one is not a number
   * @param mustAgree whether nothing in its kernels is the card's own
   */
  public record Line(String op, int numbers, int different, long ulps, boolean mustAgree) {}

  /** How it went. */
  public record Result(String first, String second, List<Line> lines) {}

  /** Compares; the exit code is 1 where bits part that must not. */
  public static void main(String[] args) {
    String second = System.getProperty(CudaProvider.PROPERTY, "");
    CudaBackend machine = backend("machine:" + args[1]);
    CudaBackend card = backend(second.isEmpty() ? "" : "machine:75");
    List<Line> lines = new ArrayList<>();
    Map<String, HeapStorage> expected = new BitsOps(machine).run();
    Map<String, HeapStorage> actual = new BitsOps(card).run();
    expected.forEach((op, bits) -> lines.add(line(op, bits, actual.get(op))));
    long exact = lines.stream().filter(line -> line.different == 0).count();
    System.out.printf(
        "%d operations on %s and %s: %d in the same bits%n",
        lines.size(), machine.name(), card.name(), exact);
    lines.stream()
        .filter(line -> line.different > 0)
        .forEach(
            line ->
                System.out.printf(
                    "%s: %d of %d differ, by %d units of the last place at most%s%n",
                    line.op,
                    line.different,
                    line.numbers,
                    line.ulps,
                    line.mustAgree ? ": they must not" : ""));
    Part.write(args[0], new Result(machine.name() + " " + args[1], card.name(), lines));
    boolean fails = lines.stream().anyMatch(line -> line.mustAgree && line.different > 0);
    System.exit(fails ? 1 : 0);
  }

  private static CudaBackend backend(String asked) {
    String before = System.getProperty(CudaProvider.PROPERTY);
    System.setProperty(CudaProvider.PROPERTY, asked);
    System.setProperty(CudaProvider.PRODUCTS_PROPERTY, "own");
    try {
      return (CudaBackend) new CudaProvider().backendFor(Part.CUDA).orElseThrow();
    } finally {
      System.setProperty(CudaProvider.PROPERTY, before == null ? "" : before);
    }
  }

  private static Line line(String op, HeapStorage expected, HeapStorage actual) {
    int different = 0;
    long ulps = 0;
    for (int i = 0; i < expected.length(); i++) {
      float x = (float) expected.get(i);
      float y = (float) actual.get(i);
      if (Float.floatToIntBits(x) != Float.floatToIntBits(y)) {
        different++;
        ulps = Float.isNaN(x) || Float.isNaN(y) || ulps < 0 ? -1 : Math.max(ulps, distance(x, y));
      }
    }
    return new Line(op, expected.length(), different, ulps, !BitsOps.isApproximate(op));
  }

  private static long distance(float x, float y) {
    return Math.abs(ordered(x) - ordered(y));
  }

  /** Neighbouring numbers have neighbouring integers. */
  private static long ordered(float x) {
    int bits = Float.floatToIntBits(x);
    return bits < 0 ? Integer.MIN_VALUE - (long) bits : bits;
  }
}
