/**
 * The processor's backends: {@link dev.weft.tensor.cpu.ReferenceBackend} to read, the others to
 * run.
 */
package dev.weft.tensor.cpu;
