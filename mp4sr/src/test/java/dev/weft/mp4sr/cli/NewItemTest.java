package dev.weft.mp4sr.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.weft.mp4sr.data.Dataset;
import dev.weft.mp4sr.data.Item;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code recommend} for items that the catalogue does not have, told by text and picture. */
class NewItemTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String SMALL = "--set hiddenSize=16 --set experts=2 --epochs 1";

  @TempDir static Path temp;
  private static Dataset dataset;

  @BeforeAll
  static void trains() {
    ran("sample --products 40 --users 60 --seed 5 --output " + temp.resolve("shop"));
    ran(
        "ingest --format amazon --input %s --items %s --images %s --output %s"
            .formatted(
                temp.resolve("shop/reviews_Sample.json.gz"),
                temp.resolve("shop/meta_Sample.json.gz"),
                temp.resolve("shop/images"),
                temp.resolve("data")));
    ran(
        "features --data %s --bert %s --clip %s"
            .formatted(
                temp.resolve("data"),
                temp.resolve("shop/encoders/bert"),
                temp.resolve("shop/encoders/clip")));
    finetune("inductive", "--setting inductive");
    dataset = Dataset.read(temp.resolve("data"));
  }

  private static void finetune(String name, String more) {
    ran(
        "finetune --data %s --output %s %s %s"
            .formatted(temp.resolve("data"), temp.resolve(name), SMALL, more));
  }

  private static String ran(String line) {
    CliRunner run = CliRunner.run(line.split(" "));
    assertEquals(0, run.code(), line + "\n" + run.err());
    return run.out();
  }

  private static CliRunner recommend(String run, String... more) {
    List<String> args = new ArrayList<>(List.of("recommend", "--run"));
    args.add(temp.resolve(run).toString());
    args.addAll(List.of(more));
    return CliRunner.run(args.toArray(String[]::new));
  }

  private static JsonNode rows(CliRunner run) throws IOException {
    assertEquals(0, run.code(), run.err());
    return JSON.readTree(run.out());
  }

  private static JsonNode row(JsonNode rows, String item) {
    for (JsonNode row : rows) {
      if (row.get("item").textValue().equals(item)) {
        return row;
      }
    }
    throw new AssertionError(item + " is not in " + rows);
  }

  /** An item with at least one readable picture and text. */
  private static Item twin() {
    return dataset.items().stream()
        .filter(item -> item.texts().size() > 1 && item.images().size() == 1)
        .skip(3)
        .findFirst()
        .orElseThrow();
  }

  private static String[] told(Item item, String... more) {
    List<String> args = new ArrayList<>(List.of(more));
    item.texts().forEach(text -> args.addAll(List.of("--new-text", text)));
    item.images().forEach(image -> args.addAll(List.of("--new-image", image)));
    return args.toArray(String[]::new);
  }

  private static String history() {
    Item twin = twin();
    return String.join(
        ",",
        dataset.items().stream()
            .map(Item::id)
            .filter(id -> !id.equals(twin.id()))
            .limit(3)
            .toList());
  }

  @Test
  void theTwinOfAnItemIsRankedWhereTheItemIs() throws IOException {
    Item twin = twin();
    String all = Integer.toString(dataset.items().size() + 1);
    JsonNode rows =
        rows(recommend("inductive", told(twin, "--history", history(), "--top", all, "--json")));
    assertEquals(dataset.items().size() + 1 - 3, rows.size());
    JsonNode known = row(rows, twin.id());
    JsonNode made = row(rows, "new");
    assertEquals(known.get("score").asDouble(), made.get("score").asDouble(), 1e-5);
    assertTrue(made.get("new").asBoolean() && !known.has("new"), rows.toString());
    assertEquals(twin.title(), made.get("title").textValue());
    // Nobody else moved: the catalogue's own ranking is what it was.
    JsonNode without = rows(recommend("inductive", "--history", history(), "--top", all, "--json"));
    List<String> before = new ArrayList<>();
    List<String> after = new ArrayList<>();
    without.forEach(row -> before.add(row.get("item").textValue()));
    rows.forEach(row -> after.add(row.get("item").textValue()));
    after.remove("new");
    assertEquals(before, after);
  }

  @Test
  void itsRankIsShownBelowTheListToo() throws IOException {
    String[] args = told(twin(), "--history", history(), "--top", "1", "--new-id", "mug", "--json");
    JsonNode rows = rows(recommend("inductive", args));
    int rank = row(rows, "mug").get("rank").asInt();
    JsonNode all =
        rows(recommend("inductive", told(twin(), "--history", history(), "--top", "50", "--json")));
    double score = row(rows, "mug").get("score").asDouble();
    long before = 0;
    for (JsonNode each : all) {
      boolean itself = each.get("item").textValue().equals("new");
      before += !itself && each.get("score").asDouble() >= score ? 1 : 0;
    }
    assertEquals(before + 1, rank);
    CliRunner table =
        recommend("inductive", told(twin(), "--user", dataset.users().getFirst(), "--top", "1"));
    assertTrue(table.out().contains("(new)"), table.out() + table.err());
  }

  @Test
  void textAloneOrPictureAloneOrAFileOfMany() throws IOException {
    Item twin = twin();
    Path file = temp.resolve("new.jsonl");
    Path picture = temp.resolve("shop").resolve("copy.png");
    Files.copy(Path.of(twin.images().getFirst()), picture);
    Files.writeString(
        file,
        JSON.writeValueAsString(Map.of("id", "text", "texts", twin.texts()))
            + "\n\n"
            + JSON.writeValueAsString(Map.of("id", "picture", "images", List.of("shop/copy.png")))
            + "\n");
    JsonNode rows =
        rows(
            recommend(
                "inductive",
                "--history",
                history() + ",picture",
                "--new-items",
                file.toString(),
                "--top",
                "1",
                "--json"));
    assertTrue(row(rows, "text").get("rank").asInt() >= 1);
    for (JsonNode each : rows) {
      assertFalse(each.get("item").textValue().equals("picture"), "it is in the history");
    }
    String line =
        recommend("inductive", "--all-users", "--new-items", file.toString())
            .out()
            .lines()
            .findFirst()
            .orElseThrow();
    JsonNode asked = JSON.readTree(line).get("newItems");
    assertEquals(2, asked.size());
    assertEquals("text", asked.get(0).get("item").textValue());
    assertTrue(asked.get(0).get("rank").asInt() >= 1, line);
  }

  @Test
  void modelsWithNumbersRankItByWhatItShows() throws IOException {
    finetune("transductive", "--setting transductive");
    finetune("features", "--model sasrec-features");
    finetune("unisrec", "--model unisrec --setting inductive");
    Item twin = twin();
    for (String run : List.of("transductive", "features", "unisrec")) {
      JsonNode rows = rows(recommend(run, told(twin, "--history", history(), "--json")));
      assertTrue(row(rows, "new").get("rank").asInt() >= 1, rows.toString());
    }
    JsonNode rows =
        rows(recommend("unisrec", told(twin, "--history", history(), "--top", "50", "--json")));
    assertEquals(
        row(rows, twin.id()).get("score").asDouble(),
        row(rows, "new").get("score").asDouble(),
        1e-4);
    finetune("sasrec", "--model sasrec");
    refused(1, "numbers alone", "sasrec", "--history", history(), "--new-text", "a red mug");
  }

  @Test
  void whatCannotBeIsOneLine() throws IOException {
    Path broken = Files.writeString(temp.resolve("broken.png"), "no picture");
    refused(1, "broken.png", "inductive", told("--new-image", broken.toString()));
    refused(1, "taken", "inductive", told("--new-text", "x", "--new-id", twin().id()));
    refused(2, "--new-id", "inductive", told("--new-id", "mug"));
    refused(2, "blank", "inductive", told("--new-text", " "));
    refused(2, "--bert", "inductive", told("--bert", "x"));
    Path file =
        Files.writeString(temp.resolve("wrong.jsonl"), "{\"id\": \"a\", \"texts\": \"b\"}\n");
    refused(1, "texts", "inductive", told("--new-items", file.toString()));
    Files.writeString(file, "{\"id\": \"a\"}\n");
    refused(1, "no text or picture", "inductive", told("--new-items", file.toString()));
    Files.writeString(file, "\n{]\n");
    refused(1, "line 2", "inductive", told("--new-items", file.toString()));
    refused(1, "no such file", "inductive", told("--new-items", file + "x"));
  }

  @Test
  void otherEncodersThanTheFeaturesAreRefused() {
    Path other = TinyModels.bert(temp.resolve("tiny"));
    refused(1, "wide", "inductive", told("--new-text", "x", "--bert", other.toString()));
    ran("sample --products 40 --users 60 --seed 9 --output " + temp.resolve("elsewhere"));
    String same = temp.resolve("elsewhere/encoders/bert").toString();
    refused(1, "otherwise", "inductive", told("--new-text", "x", "--bert", same));
  }

  private static String[] told(String... more) {
    List<String> args = new ArrayList<>(List.of("--history", history()));
    args.addAll(List.of(more));
    return args.toArray(String[]::new);
  }

  private static void refused(int code, String named, String run, String... args) {
    CliRunner ran = recommend(run, args);
    String said = String.join(" ", args) + "\n" + ran.out() + ran.err();
    assertEquals(code, ran.code(), said);
    assertEquals(1, ran.errLines().size(), said);
    assertTrue(ran.err().startsWith("mp4sr: ") && ran.err().contains(named), said);
  }
}
