/**
 * A machine that runs PTX, NVIDIA's virtual instruction set, in Java: for tests without a card, and
 * for whoever wants to see what a kernel does. It follows the <em>PTX ISA</em> reference, checks
 * what a card would not tell, and counts.
 */
package dev.weft.cuda.ptx;
