package dev.weft.cuda;

import dev.weft.tensor.Backend;
import dev.weft.tensor.Backends;
import dev.weft.tensor.Device;
import dev.weft.tensor.contract.SubjectProvider;
import java.util.List;

/**
 * Holds the contract of every backend against the one of {@code cuda:0}: the PTX machine, where
 * {@code -Dweft.cuda=machine} says so, or a card.
 */
public final class ContractSubjects implements SubjectProvider {
  @Override
  public List<Backend> backends() {
    return List.of(Backends.of(Device.cuda(0)));
  }
}
