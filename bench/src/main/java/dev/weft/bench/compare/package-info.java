/**
 * Ours beside the peers. {@link dev.weft.bench.compare.Compare} starts a process for each engine at
 * each work, lets them compute by turns and writes the table; {@code docs/benchmarks.md} says how
 * to run it and what the figures mean.
 */
package dev.weft.bench.compare;
