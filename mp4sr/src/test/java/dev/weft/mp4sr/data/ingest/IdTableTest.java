package dev.weft.mp4sr.data.ingest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The compact structures of ingest against those of the JDK. */
class IdTableTest {
  @Test
  void numbersAsAMapWould() {
    Random random = new Random(3);
    IdTable table = new IdTable();
    Map<String, Integer> expected = new HashMap<>();
    List<String> names = new ArrayList<>();
    for (int i = 0; i < 60_000; i++) {
      String name = "\u00FC".repeat(random.nextInt(3)) + random.nextInt(30_000);
      name += "x".repeat(random.nextInt(1000) == 0 ? 9000 : 0);
      Integer known = expected.putIfAbsent(name, names.size());
      if (known == null) {
        names.add(name);
      }
      assertEquals(expected.get(name), table.number(name));
    }
    assertEquals(names.size(), table.size());
    for (int i = 0; i < names.size(); i++) {
      assertEquals(names.get(i), table.name(i));
      assertEquals(i, table.find(names.get(i)));
    }
    assertEquals(-1, table.find("nobody"));
    assertEquals(names.size(), table.number(""));
    assertThrows(IllegalArgumentException.class, () -> table.number("x".repeat(70_000)));
  }

  @Test
  void setsForgetAtOnce() {
    Random random = new Random(4);
    IntSet set = new IntSet();
    for (int round = 0; round < 300; round++) {
      set.clear();
      Set<Integer> expected = new HashSet<>();
      for (int i = random.nextInt(2000); i > 0; i--) {
        int value = random.nextInt(1000) << (round % 20);
        assertEquals(expected.add(value), set.add(value));
      }
    }
  }

  @Test
  void interactionsComeInOrderOfTimeAndThenOfArrival() {
    Random random = new Random(5);
    InteractionLog log = new InteractionLog();
    Map<String, List<double[]>> expected = new HashMap<>();
    for (int i = 0; i < 150_000; i++) {
      String user = "u" + random.nextInt(2 + i % 300);
      double time = random.nextInt(50) - 10;
      log.add(user, "i" + random.nextInt(40), time);
      expected.computeIfAbsent(user, key -> new ArrayList<>()).add(new double[] {time, i});
    }
    InteractionLog.Order order = log.byUser();
    for (int user = 0; user < log.users().size(); user++) {
      List<double[]> its = expected.get(log.users().name(user));
      its.sort((a, b) -> Double.compare(a[0], b[0]));
      for (int k = 0; k < its.size(); k++) {
        assertEquals((int) its.get(k)[1], order.interactions()[order.starts()[user] + k]);
      }
    }
  }

  @Test
  void stringsAreFoundInMemoryAndOnDisk() {
    Random random = new Random(6);
    StringLists lists = new StringLists(400);
    List<List<String>> expected = new ArrayList<>();
    for (int i = 0; i < 400; i++) {
      int length = random.nextInt(300_000);
      List<String> strings = List.of("\u00E9" + i, "", "y".repeat(i % 7 == 0 ? 0 : length));
      expected.add(strings);
      lists.put(i, strings);
    }
    lists.put(399, List.of());
    expected.set(399, List.of());
    for (int i = 0; i < 400; i++) {
      assertEquals(expected.get(i), lists.get(i));
    }
  }
}
