package dev.weft.mp4sr.data;

/**
 * A question with a known answer: what comes after {@code history}?
 *
 * @param user index into {@link Dataset#users()}
 * @param history item numbers in order of time, at least one
 * @param target the item that came next
 */
public record Case(int user, int[] history, int target) {}
