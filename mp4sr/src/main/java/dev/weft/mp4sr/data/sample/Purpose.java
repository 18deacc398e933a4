package dev.weft.mp4sr.data.sample;

import java.util.List;

/** What a product is for: said by its texts only. */
public enum Purpose {
  TRAVEL("travel trips", "suitcase airport journey railway passport"),
  OFFICE("office business", "desk meeting colleague workday career"),
  CAMPING("camping outdoors", "tent trail campfire forest hiker"),
  NURSERY("kids nursery", "toddler playroom bedtime parent childhood"),
  WEDDING("wedding anniversary", "bride ceremony guest romance celebration"),
  GARDEN("garden terrace", "flowerbed patio greenhouse lawn gardener"),
  FITNESS("fitness sports", "gym workout stadium athlete training"),
  CAMPUS("students campus", "lecture dormitory exam library semester");

  private final String names;
  private final String scenes;

  Purpose(String names, String scenes) {
    this.names = names;
    this.scenes = scenes;
  }

  List<String> names() {
    return List.of(names.split(" "));
  }

  List<String> scenes() {
    return List.of(scenes.split(" "));
  }
}
