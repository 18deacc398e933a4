package dev.weft.cuda;

/** Work that a device has noted and can do again with one call. */
interface Captured {
  /** How many kernels, copies and fills it is. */
  int size();

  /** Queues all of it. */
  void launch();

  /** Gives up what the device keeps for it. */
  void close();
}
