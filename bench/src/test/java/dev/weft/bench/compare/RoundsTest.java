package dev.weft.bench.compare;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class RoundsTest {
  @Test
  void everyPlayerHasItsTurnBeforeAnyHasAnother() throws IOException {
    List<String> turns = new ArrayList<>();
    List<Rounds.Player> players = new ArrayList<>();
    for (String name : List.of("A", "B", "C")) {
      players.add(
          () -> {
            turns.add(name);
            return new long[] {turns.size()};
          });
    }
    List<List<long[]>> times = Rounds.play(players, 2, 0);
    assertEquals(List.of("A", "B", "C", "A", "B", "C"), turns);
    assertArrayEquals(new long[] {2}, times.get(1).get(0));
    assertArrayEquals(new long[] {5}, times.get(1).get(1));
  }
}
