/**
 * What the bundle runs on a card, or on the PTX machine: the contract of backends, training beside
 * the processor's, the same bits on machine and card, and speed.
 */
package dev.weft.bench.device;
