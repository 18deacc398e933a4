package dev.weft.mp4sr.data.sample;

import java.util.List;

/** What a product is: said by its texts and shown by its shape. */
public enum Kind {
  MUG("Kitchen", "mug cup", "handle rim glaze coffee"),
  KETTLE("Kitchen", "kettle teapot", "spout lid boil tea"),
  BOTTLE("Kitchen", "bottle flask", "cap neck thermos water"),
  VASE("Decoration", "vase urn", "bouquet stem tulip mantelpiece"),
  LAMP("Decoration", "lamp light", "shade bulb dimmer glow"),
  CLOCK("Decoration", "clock timepiece", "dial alarm hour battery"),
  CHAIR("Furniture", "chair seat", "backrest leg armrest posture"),
  CUSHION("Furniture", "cushion pillow", "zip filling sofa feather"),
  BACKPACK("Bags", "backpack rucksack", "strap pocket buckle zipper"),
  UMBRELLA("Bags", "umbrella parasol", "canopy rib rain drizzle"),
  NOTEBOOK("Stationery", "notebook journal", "page spiral pencil ink"),
  HEADPHONES("Electronics", "headphones headset", "cable bass sound song");

  private final String department;
  private final String nouns;
  private final String parts;

  Kind(String department, String nouns, String parts) {
    this.department = department;
    this.nouns = nouns;
    this.parts = parts;
  }

  String department() {
    return department;
  }

  List<String> nouns() {
    return List.of(nouns.split(" "));
  }

  List<String> parts() {
    return List.of(parts.split(" "));
  }

  /** Whether people who have just bought this often look for {@code next}. */
  boolean isFollowedBy(Kind next) {
    return switch (this) {
      case MUG -> next == KETTLE || next == CUSHION;
      case KETTLE -> next == MUG || next == BOTTLE;
      case BOTTLE -> next == BACKPACK || next == VASE;
      case VASE -> next == LAMP || next == UMBRELLA;
      case LAMP -> next == CLOCK || next == NOTEBOOK;
      case CLOCK -> next == CHAIR || next == HEADPHONES;
      case CHAIR -> next == CUSHION || next == LAMP;
      case CUSHION -> next == CHAIR || next == VASE;
      case BACKPACK -> next == UMBRELLA || next == NOTEBOOK;
      case UMBRELLA -> next == BOTTLE || next == BACKPACK;
      case NOTEBOOK -> next == HEADPHONES || next == MUG;
      case HEADPHONES -> next == CLOCK || next == KETTLE;
    };
  }
}
