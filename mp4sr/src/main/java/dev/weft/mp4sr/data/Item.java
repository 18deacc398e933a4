package dev.weft.mp4sr.data;

import java.util.List;
import java.util.Objects;

/**
 * A thing that is recommended.
 *
 * @param id the name it has in the source, such as an ASIN
 * @param texts its sentences, the title first where there is one; may be empty
 * @param images paths of its pictures, which need not be readable; may be empty
 */
public record Item(String id, List<String> texts, List<String> images) {
  /** Copies the lists. */
  public Item {
    Objects.requireNonNull(id, "id");
    texts = List.copyOf(texts);
    images = List.copyOf(images);
  }

  /** What people see: the first text, or the id where there is none. */
  public String title() {
    return texts.isEmpty() ? id : texts.getFirst();
  }
}
