/**
 * Layers: records of parameters with a {@code forward}. Every layer has a static {@code create}
 * that asks a {@link dev.weft.nn.Weights} for its parameters, whether those are drawn or read.
 */
package dev.weft.nn;
