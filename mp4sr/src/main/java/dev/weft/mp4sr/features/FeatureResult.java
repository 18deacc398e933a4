package dev.weft.mp4sr.features;

/** Features, as they were written, and what they were made of. */
public record FeatureResult(Features features, FeatureSummary summary) {}
