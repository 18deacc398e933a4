package dev.weft.cuda.ptx;

import java.util.List;
import java.util.Map;

/**
 * A kernel, or a function that kernels call.
 *
 * @param entry whether it is a kernel
 * @param results the variables that a function returns its values in
 * @param parameters in order
 * @param registers type of each register
 * @param variables those declared inside
 * @param body the instructions
 * @param labels index into the body of each label; may be the body's length
 */
record PtxFunction(
    String name,
    boolean entry,
    List<PtxVariable> results,
    List<PtxVariable> parameters,
    Map<String, PtxType> registers,
    List<PtxVariable> variables,
    List<Instruction> body,
    Map<String, Integer> labels) {}
