package dev.weft.cuda;

/**
 * Whether a native library can be used.
 *
 * @param found whether it loads and answers
 * @param version its version, empty where it was not found or does not say
 * @param reason why it cannot be used and what to do, empty where it was found
 */
public record CudaLibrary(boolean found, String version, String reason) {

  static CudaLibrary found(String version) {
    return new CudaLibrary(true, version, "");
  }

  static CudaLibrary missing(String reason) {
    return new CudaLibrary(false, "", reason);
  }
}
