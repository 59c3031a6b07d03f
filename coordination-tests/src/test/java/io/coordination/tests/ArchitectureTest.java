package io.coordination.tests;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The dependency rule, and what the compiler cannot see of it. */
@Tag("same-on-every-jdk")
class ArchitectureTest {

    private static final String[] WIRE = {"io.grpc..", "com.google.protobuf..", "io.netty..", "io.etcd..", "io.vertx.."
    };
    private static final String[] API = {
        "io.coordination",
        "io.coordination.spi..",
        "io.coordination.internal..",
        "io.coordination.lock",
        "io.coordination.lock.admin",
        "io.coordination.lock.election",
        "io.coordination.lock.job",
        "io.coordination.lock.synchronizer",
        "io.coordination.lock.watchdog",
        "io.coordination.registry",
        "io.coordination.config"
    };
    private static final Set<String> RECIPES = Set.of("lock", "registry", "config");

    private final JavaClasses ours = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("io.coordination");

    @Test
    void theImportSeesTheModules() {
        assertThat(Stream.of("api.Coordination", "store.Store", "etcd.EtcdStoreProvider", "memory.MemoryStore")
                        .map(name -> "io.coordination." + name.replace("api.", "")))
                .allMatch(ours::contain);
    }

    @ParameterizedTest
    @ValueSource(strings = {"lock", "registry", "config"})
    void aRecipeKnowsTheStoreButNoEngineAndNoOtherRecipe(String recipe) {
        String[] others = RECIPES.stream()
                .filter(other -> !other.equals(recipe))
                .map(other -> "io.coordination." + other + ".internal..")
                .toArray(String[]::new);
        String own = "io.coordination." + recipe + ".internal..";
        check(noClasses()
                .that()
                .resideInAPackage(own)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(others));
        check(noClasses()
                .that()
                .resideInAPackage(own)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.coordination.etcd..", "io.coordination.memory..", "io.coordination.client.."));
    }

    @ParameterizedTest
    @ValueSource(strings = {"etcd", "memory", "store"})
    void enginesAndTheStoreKnowNoRecipe(String module) {
        check(noClasses()
                .that()
                .resideInAPackage("io.coordination." + module + "..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "io.coordination.lock.internal..",
                        "io.coordination.registry.internal..",
                        "io.coordination.config.internal..",
                        "io.coordination.client.."));
    }

    @Test
    void theApiNeedsNothingOfOursAndTwoLibraries() {
        String[] allowed = Stream.concat(Stream.of("java..", "org.slf4j..", "org.jspecify.."), Stream.of(API))
                .toArray(String[]::new);
        check(classes().that().resideInAnyPackage(API).should().onlyDependOnClassesThat(resideInAnyPackage(allowed)));
    }

    @Test
    void wireTypesStayInsideTheEtcdModule() {
        check(noClasses()
                .that(not(resideInAPackage("io.coordination.etcd..")))
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(WIRE));
    }

    @Test
    void publicTypesOfTheEtcdModuleShowNoWireTypes() {
        Stream<JavaClass> visible = ours.stream()
                .filter(type -> type.getPackageName().startsWith("io.coordination.etcd"))
                .filter(type -> type.getModifiers().contains(com.tngtech.archunit.core.domain.JavaModifier.PUBLIC));
        assertThat(visible.flatMap(type -> type.getMethods().stream())
                        .filter(method ->
                                method.getModifiers().contains(com.tngtech.archunit.core.domain.JavaModifier.PUBLIC))
                        .flatMap(method -> method.getAllInvolvedRawTypes().stream())
                        .map(JavaClass::getPackageName))
                .noneMatch(name -> Stream.of(WIRE).anyMatch(wire -> name.startsWith(wire.replace("..", ""))));
    }

    @Test
    void internalPackagesBelongToTheirModuleAndTheAssembly() {
        for (String recipe : RECIPES) {
            String internal = "io.coordination." + recipe + ".internal..";
            check(classes()
                    .that()
                    .resideInAPackage(internal)
                    .should()
                    .onlyHaveDependentClassesThat(resideInAnyPackage(internal, "io.coordination.client..")));
        }
    }

    @Test
    void noPackageIsInTwoJars() {
        Map<String, Set<String>> homes = new TreeMap<>();
        for (JavaClass type : ours) {
            String location = type.getSource().orElseThrow().getUri().toString();
            String home = location.substring(0, location.indexOf(type.getName().replace('.', '/')));
            homes.computeIfAbsent(type.getPackageName(), any -> new TreeSet<>()).add(home);
        }
        assertThat(homes)
                .allSatisfy((name, places) -> assertThat(places).as(name).hasSize(1));
    }

    @Test
    void nobodyBlocksAThreadByTheClockOrWritesToTheConsole() {
        check(noClasses()
                .that(not(resideInAnyPackage("io.coordination.examples..", "io.coordination.testkit..")))
                .should()
                .callMethod(Thread.class, "sleep", long.class)
                .orShould()
                .accessField(System.class, "out")
                .orShould()
                .accessField(System.class, "err"));
    }

    private void check(ArchRule rule) {
        rule.check(ours);
    }
}
