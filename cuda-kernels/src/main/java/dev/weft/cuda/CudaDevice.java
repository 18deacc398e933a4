package dev.weft.cuda;

/**
 * A CUDA device as the driver describes it.
 *
 * @param index the driver's ordinal, from 0
 * @param name for example "NVIDIA H100 80GB HBM3"
 * @param memoryBytes its whole memory, used or not
 * @param computeCapability for example "9.0"
 * @param multiprocessors how many streaming multiprocessors it has
 */
public record CudaDevice(
    int index, String name, long memoryBytes, String computeCapability, int multiprocessors) {}
