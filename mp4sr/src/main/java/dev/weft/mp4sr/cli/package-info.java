/**
 * The command line: results on standard output, everything else on standard error; exit code 0 for
 * done, 1 for failed, 2 for wrong usage. Nothing else in the library speaks to a terminal.
 */
package dev.weft.mp4sr.cli;
