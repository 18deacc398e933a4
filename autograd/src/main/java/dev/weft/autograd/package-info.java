/**
 * Gradients: a {@link dev.weft.autograd.Variable} remembers the {@link
 * dev.weft.autograd.Graph.Node} it came from; {@code backward} walks from the loss to the
 * parameters.
 */
package dev.weft.autograd;
