package dev.weft.mp4sr.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

class SplitTest {
  private static Item item(String id) {
    return new Item(id, List.of(), List.of());
  }

  @Test
  void lastTestsAndTheOneBeforeValidates() {
    List<int[]> sequences =
        List.of(new int[] {1, 2, 3, 2, 4}, new int[] {1, 3}, new int[] {4, 3, 1}, new int[0]);
    Dataset dataset =
        new Dataset(
            "d",
            List.of(item("a"), item("b"), item("c"), item("d")),
            List.of("u", "v", "w", "x"),
            sequences);
    Split split = Split.leaveOneOut(dataset);

    assertEquals(4, split.training().size());
    assertArrayEquals(new int[] {1, 2, 3}, split.training().get(0));
    assertArrayEquals(new int[] {1, 3}, split.training().get(1));
    assertArrayEquals(new int[] {4}, split.training().get(2));
    assertEquals(0, split.training().get(3).length);

    assertEquals(2, split.validation().size());
    assertCase(split.validation().get(0), 0, new int[] {1, 2, 3}, 2);
    assertCase(split.validation().get(1), 2, new int[] {4}, 3);
    assertEquals(2, split.test().size());
    assertCase(split.test().get(0), 0, new int[] {1, 2, 3, 2}, 4);
    assertCase(split.test().get(1), 2, new int[] {4, 3}, 1);

    assertArrayEquals(new int[] {0, 2, 1, 2, 1}, split.trainingCounts());
  }

  private static void assertCase(Case found, int user, int[] history, int target) {
    assertEquals(user, found.user());
    assertArrayEquals(history, found.history());
    assertEquals(target, found.target());
  }
}
