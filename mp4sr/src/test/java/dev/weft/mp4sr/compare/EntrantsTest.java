package dev.weft.mp4sr.compare;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.mp4sr.eval.EvalException;
import java.util.List;
import org.junit.jupiter.api.Test;

class EntrantsTest {
  @Test
  void namesAndGroupsEachOnce() {
    List<String> chosen =
        Entrants.parse(List.of("mp4sr-inductive", "sasrec", "baselines")).stream()
            .map(Entrant::name)
            .toList();
    assertEquals(
        List.of(
            "mp4sr-inductive",
            "sasrec",
            "popularity",
            "popularity-with-held-out",
            "sasrec-features",
            "unisrec-inductive",
            "unisrec-transductive"),
        chosen);
    assertEquals(18, Entrants.parse(List.of("ablations")).size());
    assertEquals(Entrants.names().size(), Entrants.parse(List.of("all")).size());
  }

  @Test
  void unknownNamesListTheKnown() {
    EvalException e =
        assertThrows(EvalException.class, () -> Entrants.parse(List.of("sasrec", "bert4rec")));
    assertTrue(e.getMessage().contains("bert4rec"), e.getMessage());
    assertTrue(e.getMessage().contains("mp4sr-inductive:no-mixup"), e.getMessage());
    assertThrows(EvalException.class, () -> Entrants.parse(List.of()));
  }
}
