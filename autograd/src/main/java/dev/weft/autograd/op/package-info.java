/**
 * The differentiable operations, one class each: the formula in the class comment, the forward
 * computation and its vector-Jacobian product side by side. Meant for static imports: {@code import
 * static dev.weft.autograd.op.Matmul.matmul}.
 *
 * <p>In the comments {@code g} is the gradient of the loss with respect to the output, and {@code
 * dx} the one with respect to the input {@code x}.
 */
package dev.weft.autograd.op;
