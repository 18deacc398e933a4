/**
 * Ours alone, under JMH: one file for each kernel family and model. What one operation is stands in
 * {@code dev.weft.bench.compare}, so that both measure the same. {@code docs/benchmarks.md} says
 * how to run them.
 */
package dev.weft.bench.jmh;
