/**
 * Optimisers over named parameters, gradient clipping and learning-rate schedules. One step is:
 * {@code zeroGrad}, forward, {@code backward}, clip, {@code step}.
 */
package dev.weft.autograd.optim;
