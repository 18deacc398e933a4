package dev.weft.architecture;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaCall.Predicates.target;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.type;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameMatching;
import static com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With.owner;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import dev.weft.tensor.cpu.BFloat16;
import dev.weft.tensor.cpu.HeapStorage;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Arrows point one way: tensor ← autograd ← nn ← mp4sr, and cuda-kernels → tensor. */
final class ArchitectureTest {
  private static final String TENSOR = "dev.weft.tensor..";
  private static final String AUTOGRAD = "dev.weft.autograd..";
  private static final String NN = "dev.weft.nn..";
  private static final String CUDA = "dev.weft.cuda..";
  private static final String MP4SR = "dev.weft.mp4sr..";
  private static final String CLI = "dev.weft.mp4sr.cli..";
  private static final String[] JAVA = {"java..", "javax.."};

  private static final JavaClasses ALL =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("dev.weft");

  @Test
  void everyModuleIsLookedAt() {
    for (String part : List.of("tensor", "autograd", "nn", "cuda", "mp4sr")) {
      String inside = "dev.weft." + part;
      assertTrue(
          ALL.stream().anyMatch(c -> c.getPackageName().startsWith(inside)), "no class of " + part);
    }
  }

  @Test
  void tensorNeedsNothingButJava() {
    only(TENSOR, "jdk.incubator.vector..").check(ALL);
  }

  @Test
  void autogradNeedsTensor() {
    only(AUTOGRAD, TENSOR).check(ALL);
  }

  @Test
  void nnNeedsAutogradAndJackson() {
    only(NN, AUTOGRAD, TENSOR, "com.fasterxml.jackson..").check(ALL);
  }

  @Test
  void cudaNeedsTensorAndJcuda() {
    only(CUDA, TENSOR, "jcuda..").check(ALL);
  }

  /** A CUDA device leaves nothing to the processor, whose arrays and number formats it shares. */
  @Test
  void cudaComputesNothingOnTheProcessor() {
    noClasses()
        .that()
        .resideInAPackage(CUDA)
        .should()
        .dependOnClassesThat(
            resideInAPackage("dev.weft.tensor.cpu..")
                .and(not(type(HeapStorage.class).or(type(BFloat16.class)))))
        .check(ALL);
  }

  @Test
  void onlyCudaKnowsJcuda() {
    noneOutside(CUDA, "jcuda..").check(ALL);
  }

  @Test
  void nothingNeedsTheBenchmarks() {
    noClasses().should().dependOnClassesThat().resideInAPackage("dev.weft.bench..").check(ALL);
  }

  @Test
  void onlyTheCommandLineKnowsTheTerminalsLibraries() {
    noneOutside(CLI, "picocli..", "me.tongfei..").check(ALL);
    noClasses()
        .that()
        .resideInAPackage(MP4SR)
        .and()
        .resideOutsideOfPackage(CLI)
        .should()
        .dependOnClassesThat()
        .resideInAPackage(CLI)
        .check(ALL);
  }

  @Test
  void libraryCodeNeitherPrintsNorExits() {
    quiet().check(ALL);
  }

  @Test
  void theRulesCanFail() {
    assertThrows(AssertionError.class, () -> only(NN, TENSOR).check(ALL), "nn needs autograd");
    assertThrows(
        AssertionError.class,
        () -> quietOutside("dev.weft.none..").check(ALL),
        "the command line prints");
  }

  private static ArchRule only(String module, String... others) {
    return classes()
        .that()
        .resideInAPackage(module)
        .should()
        .onlyDependOnClassesThat(
            resideInAPackage(module).or(resideInAnyPackage(JAVA)).or(resideInAnyPackage(others)));
  }

  private static ArchRule noneOutside(String module, String... libraries) {
    return noClasses()
        .that()
        .resideOutsideOfPackage(module)
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(libraries);
  }

  private static ArchRule quiet() {
    return quietOutside(CLI);
  }

  private static ArchRule quietOutside(String speaker) {
    return noClasses()
        .that()
        .resideOutsideOfPackage(speaker)
        .should()
        .accessField(System.class, "out")
        .orShould()
        .accessField(System.class, "err")
        .orShould()
        .callMethod(System.class, "exit", int.class)
        .orShould()
        .callMethod(Runtime.class, "halt", int.class)
        .orShould()
        .callMethodWhere(
            target(owner(type(Throwable.class))).and(target(nameMatching("printStackTrace"))));
  }
}
