package dev.weft.tensor;

/**
 * Names one stream of random numbers: the same key gives the same numbers on every device and with
 * any number of threads.
 *
 * @param seed the run's seed
 * @param stream which draw of the run this is; see {@link RandomSource}
 */
public record RandomKey(long seed, long stream) {}
