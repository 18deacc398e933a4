package dev.weft.cuda;

/**
 * What has passed between host and device since the start. A training step on the device brings its
 * indices up and its loss down, and nothing else.
 *
 * @param uploads copies from the host
 * @param uploadedBytes bytes of those
 * @param downloads copies to the host
 * @param downloadedBytes bytes of those
 * @param launches kernels queued
 */
public record Traffic(
    long uploads, long uploadedBytes, long downloads, long downloadedBytes, long launches) {

  /** What was added since an earlier reading. */
  public Traffic since(Traffic earlier) {
    return new Traffic(
        uploads - earlier.uploads,
        uploadedBytes - earlier.uploadedBytes,
        downloads - earlier.downloads,
        downloadedBytes - earlier.downloadedBytes,
        launches - earlier.launches);
  }
}
