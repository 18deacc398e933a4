package dev.weft.nn.checkpoint;

import dev.weft.nn.checkpoint.PickleValue.StorageRef;
import java.lang.foreign.MemorySegment;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Files by {@code torch.save}: a pickled dict of tensors and, beside it, the tensors' elements.
 * Since PyTorch 1.6 the two lie in a zip, uncompressed; before, pickles and elements follow one
 * another. Compiled modules (TorchScript) are read for their tensors.
 *
 * <p>A pickle can name any function to be called. Here it cannot: only names that torch.save writes
 * for a state dict are known, and nothing is run.
 */
public final class PyTorch {
  private static final byte[] ZIP = {'P', 'K', 3, 4};

  /** The number that the pickles of the old format begin with. */
  private static final BigInteger LEGACY_MAGIC = new BigInteger("1950a86a20f9469cfc6c", 16);

  private static final long LEGACY_PROTOCOL = 1001;

  private PyTorch() {}

  /**
   * Opens a file, memory-mapped. The pickle is read and every tensor's place checked; elements are
   * read when they are asked for.
   *
   * @throws CheckpointException if the file cannot be read, is broken, asks for a function or class
   *     that is no part of a state dict, or was written on a big-endian machine
   */
  public static Checkpoint open(Path file) {
    MappedFile mapped = MappedFile.open(file);
    try {
      return open(mapped);
    } catch (InternalError e) {
      mapped.close();
      throw new CheckpointException(file + ": was cut short while it was open", e);
    } catch (Throwable e) {
      mapped.close();
      throw e;
    }
  }

  /** Whether bytes begin as a file by torch.save does. */
  static boolean isOne(MemorySegment bytes) {
    return startsWith(bytes, ZIP) || isPickle(bytes);
  }

  private static Checkpoint open(MappedFile file) {
    MemorySegment bytes = file.bytes();
    String source = file.path().toString();
    if (startsWith(bytes, ZIP)) {
      return openZip(file, source, ZipEntries.read(source, bytes));
    }
    if (isPickle(bytes)) {
      return openLegacy(file, source);
    }
    throw new CheckpointException(
        source
            + ": not a file by torch.save: neither a zip nor a pickle, "
            + bytes.byteSize()
            + " bytes");
  }

  private static boolean isPickle(MemorySegment bytes) {
    return startsWith(bytes, new byte[] {(byte) 0x80});
  }

  private static boolean startsWith(MemorySegment bytes, byte[] start) {
    return bytes.byteSize() >= start.length
        && bytes.asSlice(0, start.length).mismatch(MemorySegment.ofArray(start)) < 0;
  }

  private static Checkpoint openZip(MappedFile file, String source, ZipEntries zip) {
    String root = root(source, zip);
    if (zip.names().contains(root + "byteorder")) {
      MemorySegment order = zip.file(root + "byteorder");
      if (order.byteSize() > 16 || !text(order).equals("little")) {
        throw bigEndian(source);
      }
    }
    boolean compiled = zip.names().contains(root + "constants.pkl");
    TorchGlobals globals = new TorchGlobals(source, compiled);
    PickleInput pickle = new PickleInput(source, zip.file(root + "data.pkl"), 0);
    StateDict state = StateDict.in(Unpickler.read(pickle, globals), source);
    Map<String, MemorySegment> found = new HashMap<>();
    return checkpoint(
        file,
        state,
        new TorchTensors(
            source,
            storage ->
                found.computeIfAbsent(storage.key(), key -> zip.file(root + "data/" + key))));
  }

  /** The folder inside the zip that holds everything, with its slash. */
  private static String root(String source, ZipEntries zip) {
    List<String> roots =
        zip.names().stream()
            .filter(name -> name.indexOf('/') > 0 && name.indexOf("/data.pkl") == name.indexOf('/'))
            .filter(name -> name.endsWith("/data.pkl"))
            .map(name -> name.substring(0, name.indexOf('/') + 1))
            .toList();
    if (roots.size() != 1) {
      throw new CheckpointException(source + ": a zip, but not by torch.save: no data.pkl in it");
    }
    return roots.getFirst();
  }

  private static String text(MemorySegment bytes) {
    return new String(bytes.toArray(LittleEndian.BYTE), StandardCharsets.US_ASCII);
  }

  private static Checkpoint openLegacy(MappedFile file, String source) {
    MemorySegment bytes = file.bytes();
    PickleInput in = new PickleInput(source, bytes, 0);
    TorchGlobals globals = new TorchGlobals(source, false);
    if (!LEGACY_MAGIC.equals(Unpickler.read(in, globals))) {
      throw new CheckpointException(source + ": a pickle, but not by torch.save");
    }
    if (!Long.valueOf(LEGACY_PROTOCOL).equals(Unpickler.read(in, globals))) {
      throw new CheckpointException(
          source + ": its version of the old format is not " + LEGACY_PROTOCOL);
    }
    boolean isLittle =
        Unpickler.read(in, globals) instanceof PickleValue.Dict system
            && Boolean.TRUE.equals(system.entries.get("little_endian"));
    if (!isLittle) {
      throw bigEndian(source);
    }
    StateDict state = StateDict.in(Unpickler.read(in, globals), source);
    Object keys = Unpickler.read(in, globals);
    Map<String, MemorySegment> storages = storages(in, bytes, keys, globals.storages());
    return checkpoint(
        file,
        state,
        new TorchTensors(
            source,
            storage -> {
              MemorySegment found = storages.get(storage.key());
              if (found == null) {
                throw in.error("storage " + Quoted.of(storage.key()) + " is not in the file");
              }
              return found;
            }));
  }

  /** The storages behind the pickles, each a count of elements and the elements. */
  private static Map<String, MemorySegment> storages(
      PickleInput in, MemorySegment bytes, Object keys, Map<String, StorageRef> known) {
    if (!(keys instanceof PickleValue.Sequence list)) {
      throw in.error("the list of storages is none");
    }
    Map<String, MemorySegment> storages = new HashMap<>();
    for (Object key : list.items) {
      StorageRef storage = key instanceof String text ? known.get(text) : null;
      if (storage == null || storage.type() == null) {
        throw in.error("a storage that no tensor refers to");
      }
      long length = in.longInteger();
      if (length != storage.length()) {
        throw in.error(
            "storage %s has %d elements, its tensors say %d"
                .formatted(Quoted.of(storage.key()), length, storage.length()));
      }
      long size = length > Long.MAX_VALUE / 8 ? -1 : length * storage.type().byteSize();
      long start = in.position();
      in.skip(size);
      storages.put(storage.key(), bytes.asSlice(start, size));
    }
    return storages;
  }

  private static Checkpoint checkpoint(MappedFile file, StateDict state, TorchTensors places) {
    Map<String, StoredTensor> tensors = new LinkedHashMap<>();
    state.tensors().forEach((name, tensor) -> tensors.put(name, places.find(name, tensor)));
    Map<String, String> metadata = new LinkedHashMap<>(Map.of("format", "pt"));
    if (!state.path().isEmpty()) {
      metadata.put("found under", state.path());
    }
    return new MappedCheckpoint(file, tensors, metadata);
  }

  private static CheckpointException bigEndian(String source) {
    return new CheckpointException(
        source + ": was written on a big-endian machine; save it again on a little-endian one");
  }
}
