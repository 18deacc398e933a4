package dev.weft.mp4sr.data.sample;

import static dev.weft.mp4sr.data.sample.Streams.pick;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/**
 * Titles and descriptions from a small grammar. They say kind, purpose and brand; colours and
 * patterns are named too, but only as other versions on sale, drawn without regard to the product.
 */
record ProductTexts(String title, List<String> description) {
  private static final List<String> ADJECTIVES =
      List.of(
          "sturdy",
          "compact",
          "elegant",
          "durable",
          "lightweight",
          "modern",
          "classic",
          "handmade",
          "practical",
          "affordable",
          "premium",
          "reliable",
          "stylish",
          "simple",
          "clever",
          "robust",
          "graceful",
          "timeless",
          "comfortable",
          "versatile",
          "refined",
          "charming",
          "slim",
          "solid");
  private static final List<String> MATERIALS =
      List.of(
          "steel",
          "ceramic",
          "bamboo",
          "cotton",
          "leather",
          "glass",
          "wool",
          "oak",
          "aluminium",
          "linen",
          "rubber",
          "silicone",
          "walnut",
          "canvas",
          "copper",
          "porcelain");
  private static final List<String> QUALITIES =
      List.of(
          "warranty",
          "finish",
          "design",
          "quality",
          "value",
          "craftsmanship",
          "package",
          "delivery",
          "surface",
          "detail",
          "size",
          "weight",
          "texture",
          "label",
          "care");

  private static final List<String> TITLES =
      List.of(
          "{Brand} {Adjective} {Noun} for {purpose}",
          "{Brand} {Noun}, {material}, for {purpose}",
          "{Adjective} {Material} {Noun} by {Brand} for {purpose}",
          "{Brand} {Noun} for {purpose} with {adjective} {part}",
          "{Noun} for {purpose} by {Brand}");
  private static final List<String> PURPOSES =
      List.of(
          "Made for {purpose}: from the {scene} to the {scene2}.",
          "A companion for every {scene} and every {scene2}.",
          "For {purpose}, at the {scene} or the {scene2}, this {noun} belongs to the day.",
          "Think of a {scene}, think of a {scene2}: {purpose} ask for a {adjective} {noun}.");
  private static final List<String> KINDS =
      List.of(
          "The {part} and the {part2} are of {adjective} {material}.",
          "Its {adjective} {part} is easy to clean, the {part2} easy to replace.",
          "This {noun} by {Brand} has a {part} of {material} and a {adjective} {part2}.",
          "A {adjective} {noun}: {part} and {part2} show the {quality} of {Brand}.");
  private static final List<String> REST =
      List.of(
          "{Brand} stands for {adjective} {quality} and {adjective2} {quality2}.",
          "Comes with a {adjective} {quality} and two years of {quality2}.",
          "Customers praise its {quality} and its {adjective} {quality2}.");
  private static final List<String> VERSIONS =
      List.of(
          "Also sold in {colour} and {colour2}, {pattern} or {pattern2}.",
          "Other versions: {colour} {pattern}, {colour2} {pattern2}.",
          "A {pattern} {colour} one and a {pattern2} {colour2} one are on sale too.");

  static ProductTexts write(Product product, Random random) {
    List<String> sentences = new ArrayList<>();
    sentences.add(fill(pick(random, PURPOSES), product, random));
    sentences.add(fill(pick(random, KINDS), product, random));
    if (random.nextInt(2) == 0) {
      sentences.add(fill(pick(random, REST), product, random));
    }
    if (random.nextInt(3) == 0) {
      sentences.add(fill(pick(random, VERSIONS), product, random));
    }
    String title = fill(pick(random, TITLES), product, random);
    return new ProductTexts(title, List.of(String.join(" ", sentences)));
  }

  private static String fill(String template, Product product, Random random) {
    List<String> scenes = two(random, product.purpose().scenes());
    List<String> parts = two(random, product.kind().parts());
    List<String> adjectives = two(random, ADJECTIVES);
    List<String> qualities = two(random, QUALITIES);
    List<String> colours = two(random, Arrays.stream(Colour.values()).map(Colour::label).toList());
    List<String> patterns =
        two(random, Arrays.stream(Pattern.values()).map(Pattern::label).toList());
    String noun = pick(random, product.kind().nouns());
    String material = pick(random, MATERIALS);
    return template
        .replace("{Brand}", product.brand().label())
        .replace("{purpose}", pick(random, product.purpose().names()))
        .replace("{scene}", scenes.get(0))
        .replace("{scene2}", scenes.get(1))
        .replace("{noun}", noun)
        .replace("{Noun}", capital(noun))
        .replace("{part}", parts.get(0))
        .replace("{part2}", parts.get(1))
        .replace("{adjective}", adjectives.get(0))
        .replace("{adjective2}", adjectives.get(1))
        .replace("{Adjective}", capital(adjectives.get(0)))
        .replace("{material}", material)
        .replace("{Material}", capital(material))
        .replace("{quality}", qualities.get(0))
        .replace("{quality2}", qualities.get(1))
        .replace("{colour}", colours.get(0))
        .replace("{colour2}", colours.get(1))
        .replace("{pattern}", patterns.get(0))
        .replace("{pattern2}", patterns.get(1));
  }

  private static List<String> two(Random random, List<String> choices) {
    List<String> shuffled = new ArrayList<>(choices);
    Collections.shuffle(shuffled, random);
    return shuffled;
  }

  private static String capital(String word) {
    return Character.toUpperCase(word.charAt(0)) + word.substring(1);
  }
}
