/** CUDA through JCuda: so far the probe that says what is there. */
package dev.weft.cuda;
