package dev.weft.cuda.ptx;

import java.util.List;
import java.util.Map;

/**
 * A PTX text as a whole.
 *
 * @param version for example "7.0"
 * @param target for example "sm_80"
 * @param variables those of module scope
 * @param functions kernels and functions by name
 */
record PtxModule(
    String version,
    String target,
    List<PtxVariable> variables,
    Map<String, PtxFunction> functions) {}
