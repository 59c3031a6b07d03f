package io.coordination.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every example runs, inside this JVM. */
class ExamplesTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "LockExample",
                "LeaderExample",
                "SemaphoreExample",
                "MultiLockExample",
                "LockStylesExample",
                "JobExample",
                "CounterExample",
                "MeetingExample",
                "FencingExample",
                "OperatorExample",
                "ConfigExample",
                "RegistryExample",
                "FacadeExample",
                "ModulesExample",
                "ReadmeExample"
            })
    void eachExampleRunsByItself(String name) throws ReflectiveOperationException {
        Class<?> example = Class.forName("io.coordination.examples." + name);

        assertThatCode(() -> example.getMethod("main", String[].class)
                        .invoke(null, (Object) new String[] {"memory:" + name}))
                .doesNotThrowAnyException();
    }

    @Test
    void theTourShowsEveryChapter() throws Exception {
        String told = toldBy(() -> Tour.main("memory:tour-test"));

        assertThat(told)
                .startsWith("The tour runs on memory:tour-test, inside this JVM alone")
                .contains("A lock, contention for it, and giving up")
                .contains("Configuration, with a live change", "It hears the change")
                .contains("A service that comes and goes", "The client sees it go")
                .contains("The static facade", "Modules of an application")
                .endsWith("That was the tour." + System.lineSeparator());
    }

    @Test
    void aPausedHolderIsStoppedByItsToken() throws Exception {
        String told = toldBy(() -> FencingExample.main("memory:fencing-test"));

        assertThat(told)
                .containsPattern("The second holder writes with token [0-9]+: accepted")
                .containsPattern("The first holder, awake again, writes with token [0-9]+: refused")
                .contains("Its guarded write to the store ends, too");
    }

    @Test
    void anOperatorSeesAndSettles() throws Exception {
        String told = toldBy(() -> OperatorExample.main("memory:operator-test"));

        assertThat(told)
                .contains("is held by process", "(nightly report)", "is waited for by process")
                .contains("It releases.", "Taken by force: true", "A deadlock: ", "Both are done.");
    }

    private interface Story {
        void tell() throws Exception;
    }

    private static String toldBy(Story story) throws Exception {
        PrintStream before = System.out;
        ByteArrayOutputStream told = new ByteArrayOutputStream();
        System.setOut(new PrintStream(told, true, StandardCharsets.UTF_8));
        try {
            story.tell();
        } finally {
            System.setOut(before);
        }
        return told.toString(StandardCharsets.UTF_8);
    }
}
