package dev.weft.nn.checkpoint;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A {@link Naming} written as a table: the first rule whose pattern starts the name replaces that
 * start; what follows stays. {@code *} in a pattern stands for a layer's number and is put in for
 * {@code *} in the replacements. A name that no rule starts is stored as it is.
 */
public final class NamingRules implements Naming {
  /** One line of the table. */
  public record Rule(Pattern pattern, List<String> replacements, boolean isTransposed) {

    /** The same for a matrix that is stored with its axes exchanged. */
    public Rule transposed() {
      return new Rule(pattern, replacements, true);
    }
  }

  private final List<Rule> rules;

  private NamingRules(List<Rule> rules) {
    this.rules = rules;
  }

  /** The table; earlier rules go first. */
  public static NamingRules of(Rule... rules) {
    return new NamingRules(List.of(rules));
  }

  /** How a name starts, and the one or more beginnings that take its place. */
  public static Rule rule(String start, String... replacements) {
    String pattern = Pattern.quote(start).replace("*", "\\E(\\d+)\\Q");
    return new Rule(Pattern.compile(pattern), List.of(replacements), false);
  }

  @Override
  public boolean isTransposed(String parameter) {
    return rules.stream()
        .filter(rule -> rule.pattern.matcher(parameter).lookingAt())
        .findFirst()
        .map(Rule::isTransposed)
        .orElse(false);
  }

  /** The same names with something before each. */
  public NamingRules withPrefix(String prefix) {
    return new NamingRules(
        rules.stream()
            .map(
                rule ->
                    new Rule(
                        rule.pattern,
                        rule.replacements.stream().map(prefix::concat).toList(),
                        rule.isTransposed))
            .toList());
  }

  @Override
  public List<String> stored(String parameter) {
    for (Rule rule : rules) {
      Matcher matcher = rule.pattern.matcher(parameter);
      if (matcher.lookingAt()) {
        String number = matcher.groupCount() == 0 ? "" : matcher.group(1);
        String rest = parameter.substring(matcher.end());
        return rule.replacements.stream().map(start -> start.replace("*", number) + rest).toList();
      }
    }
    return List.of(parameter);
  }
}
