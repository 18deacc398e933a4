package dev.weft.tensor;

/**
 * A parameter with what a step of Adam needs of it; all contiguous, of one shape and type.
 *
 * @param m mean of the gradients
 * @param v mean of their squares
 */
public record AdamSlot(Tensor weight, Tensor gradient, Tensor m, Tensor v) {}
