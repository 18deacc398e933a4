package dev.weft.bench.compare;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Turns: A B C, A B C, … so that whatever drifts on the machine, its clock, its temperature, a
 * neighbour, meets every engine alike.
 */
final class Rounds {
  private Rounds() {}

  /** Someone who takes turns. */
  @FunctionalInterface
  interface Player {
    /** The nanoseconds of each run of this turn. */
    long[] turn() throws IOException;
  }

  /** What each player measured, a list of rounds for each. */
  static List<List<long[]>> play(List<Player> players, int rounds, double pauseSeconds)
      throws IOException {
    List<List<long[]>> times = new ArrayList<>();
    players.forEach(_ -> times.add(new ArrayList<>()));
    for (int round = 0; round < rounds; round++) {
      for (int i = 0; i < players.size(); i++) {
        pause(pauseSeconds);
        times.get(i).add(players.get(i).turn());
      }
    }
    return times;
  }

  private static void pause(double seconds) throws IOException {
    try {
      Thread.sleep((long) (seconds * 1000));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted between two turns", e);
    }
  }
}
