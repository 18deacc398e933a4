package dev.weft.mp4sr.train;

import java.util.Map;

/**
 * One epoch: a line of {@code metrics.jsonl}.
 *
 * @param epoch from 1
 * @param steps made
 * @param examples seen
 * @param losses means over the examples: the loss, under {@code loss}, and its components
 * @param validation figures by name; empty where nothing was validated
 * @param best whether this is the best epoch so far
 * @param learningRate the last step's
 * @param seconds the epoch took, validation included
 */
public record EpochReport(
    int epoch,
    int steps,
    long examples,
    Map<String, Double> losses,
    Map<String, Double> validation,
    boolean best,
    double learningRate,
    double seconds) {}
