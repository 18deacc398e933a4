package dev.weft.nn.text;

import com.fasterxml.jackson.databind.JsonNode;
import java.text.Normalizer.Form;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The normalizer and pre-tokenizer of a {@code tokenizer.json}. */
final class TokenizerJsonSteps {
  private static final CharacterRules RULES = CharacterRules.LIBRARY;
  private static final Pattern SPACES = Pattern.compile("\\s+", Pattern.UNICODE_CHARACTER_CLASS);

  private final TokenizerJson json;
  private final JsonNode normalizer;

  /** Whether any step lowers case. */
  private boolean lowers;

  /** Whether the steps leave printable ASCII as it is, but for its case. */
  private boolean sparesPlain = true;

  /**
   * @param normalizer the file's, or what tokenizer_config.json makes of it
   */
  TokenizerJsonSteps(TokenizerJson json, JsonNode normalizer) {
    this.json = json;
    this.normalizer = normalizer;
  }

  TextPipeline.Parts parts() {
    Normalization normalization = normalization(normalizer);
    JsonNode split = json.preTokenizer();
    AsciiWords plain = sparesPlain ? plainWords(split) : null;
    return new TextPipeline.Parts(text -> text, normalization, splitter(split), plain, lowers);
  }

  private AsciiWords plainWords(JsonNode split) {
    if (split.path("type").asText().equals("BertPreTokenizer")) {
      return AsciiWords.BERT;
    }
    return switch (clip(split)) {
      case LIBRARY -> lowers ? AsciiWords.CLIP : null;
      case CONVERTED -> lowers ? AsciiWords.CLIP_CONVERTED : null;
      case null, default -> null;
    };
  }

  private Normalization normalization(JsonNode node) {
    String type = node.path("type").asText("");
    return switch (type) {
      case "" -> text -> text;
      case "Sequence" -> {
        List<Normalization> steps = new ArrayList<>();
        node.path("normalizers").forEach(step -> steps.add(normalization(step)));
        yield Normalization.sequence(steps);
      }
      case "BertNormalizer" -> {
        WordPieceOptions options = bertOptions(node);
        lowers |= options.lowerCase();
        yield Normalizations.bert(options, node.path("clean_text").asBoolean(true), RULES);
      }
      case "Lowercase" -> {
        lowers = true;
        yield LowerCase::simple;
      }
      case "NFC", "NFD", "NFKC", "NFKD" -> {
        Form form = Form.valueOf(type);
        yield text -> Normalizations.normalized(text, form);
      }
      case "StripAccents" -> Normalizations::withoutMarks;
      case "Strip" -> {
        boolean left = node.path("strip_left").asBoolean(true);
        boolean right = node.path("strip_right").asBoolean(true);
        yield text -> Normalizations.stripped(text, left, right);
      }
      case "Replace" -> replace(node);
      default -> throw json.unsupported("normalizer", node);
    };
  }

  /**
   * What a BertNormalizer's fields mean; accents go with capitals where nothing is said of them.
   */
  static WordPieceOptions bertOptions(JsonNode node) {
    boolean lower = node.path("lowercase").asBoolean(true);
    return new WordPieceOptions(
        lower,
        node.path("strip_accents").asBoolean(lower),
        node.path("handle_chinese_chars").asBoolean(true),
        WordPieceOptions.UNCASED.maxLength());
  }

  private Normalization replace(JsonNode node) {
    JsonNode pattern = node.path("pattern");
    String content = node.path("content").asText();
    if (pattern.path("Regex").asText().equals("\\s+")) {
      sparesPlain &= content.equals(" ");
      return Normalizations.replace(SPACES, content);
    }
    // Expressions of one engine in another, and from a file that anybody wrote, are not run.
    if (!pattern.path("String").isTextual()) {
      throw json.unsupported("normalizer", node);
    }
    sparesPlain = false;
    return Normalizations.replace(
        Pattern.compile(Pattern.quote(pattern.path("String").asText())), content);
  }

  private WordSplitter splitter(JsonNode node) {
    ClipText.Variant clip = clip(node);
    if (clip != null) {
      return clip.splitter();
    }
    return switch (node.path("type").asText("")) {
      case "" ->
          (text, from, to, words) -> {
            if (to > from) {
              words.word(from, to);
            }
          };
      case "BertPreTokenizer" -> WordSplitter.bert(RULES);
      case "WhitespaceSplit" -> WordSplitter.spaces();
      case "Punctuation" -> {
        if (!node.path("behavior").asText("Isolated").equals("Isolated")) {
          throw json.unsupported("pre_tokenizer", node);
        }
        yield WordSplitter.punctuation(RULES);
      }
      case "Sequence" -> sequence(node);
      default -> throw json.unsupported("pre_tokenizer", node);
    };
  }

  private WordSplitter sequence(JsonNode node) {
    WordSplitter all = null;
    for (JsonNode step : node.path("pretokenizers")) {
      all = all == null ? splitter(step) : all.then(splitter(step));
    }
    if (all == null) {
      throw json.unsupported("pre_tokenizer", node);
    }
    return all;
  }

  /** One of CLIP's expressions, then bytes, which here are the model's business; or null. */
  private static ClipText.Variant clip(JsonNode node) {
    JsonNode steps = node.path("pretokenizers");
    JsonNode split = steps.path(0);
    JsonNode bytes = steps.path(1);
    boolean isClip =
        steps.size() == 2
            && split.path("type").asText().equals("Split")
            && split.path("behavior").asText().equals("Removed")
            && split.path("invert").asBoolean()
            && bytes.path("type").asText().equals("ByteLevel")
            && !bytes.path("add_prefix_space").asBoolean(true);
    String pattern = split.path("pattern").path("Regex").asText();
    if (!isClip) {
      return null;
    }
    return Stream.of(ClipText.Variant.LIBRARY, ClipText.Variant.CONVERTED)
        .filter(variant -> variant.pattern.equals(pattern))
        .findFirst()
        .orElse(null);
  }
}
