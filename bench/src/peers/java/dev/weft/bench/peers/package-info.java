/**
 * The peers, each behind {@link dev.weft.bench.compare.Engine}; compiled with the profile {@code
 * peers} only.
 */
package dev.weft.bench.peers;
