package dev.weft.mp4sr.train;

import java.util.Map;

/**
 * One step.
 *
 * @param epoch from 1
 * @param step of the epoch, from 1
 * @param steps of an epoch
 * @param losses the loss, under {@code loss}, and its components
 * @param gradientNorm common norm of the gradients, before it was clipped
 * @param learningRate the step's
 */
public record StepReport(
    int epoch,
    int step,
    int steps,
    Map<String, Double> losses,
    double gradientNorm,
    double learningRate) {}
