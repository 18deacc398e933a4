/** JMH benchmarks; {@code docs/benchmarks.md} says how to run them and what they measured. */
package dev.weft.bench;
