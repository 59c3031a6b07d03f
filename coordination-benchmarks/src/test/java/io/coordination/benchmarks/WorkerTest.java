package io.coordination.benchmarks;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class WorkerTest {

    private static final Map<String, Workload> WORKLOADS = Map.of(
            "count", command -> Reading.of("n", command.amount()),
            "break",
                    command -> {
                        throw new IllegalStateException("no leader");
                    });

    @Test
    void everyCommandHasOneAnswerInOrder() {
        assertThat(answers("count 1 0\ncount 2 0\n")).containsExactly("ok n=1.0", "ok n=2.0");
    }

    @Test
    void aFailureIsAnAnswerAndNotTheEnd() {
        assertThat(answers("break 1 0\ncount 2 0\n"))
                .containsExactly("failed java.lang.IllegalStateException: no leader", "ok n=2.0");
    }

    @Test
    void whatItCannotDoItSays() {
        assertThat(answers("fly 1 0\n")).singleElement().asString().contains("there is no workload 'fly'");
        assertThat(answers("count\n")).singleElement().asString().contains("'count' is not a command");
    }

    @Test
    void itEndsWithItsInput() {
        assertThat(answers("")).isEmpty();
    }

    private static List<String> answers(String commands) {
        ByteArrayOutputStream answers = new ByteArrayOutputStream();
        Worker.serve(
                WORKLOADS, new ByteArrayInputStream(commands.getBytes(UTF_8)), new PrintStream(answers, true, UTF_8));
        return answers.toString(UTF_8).lines().toList();
    }
}
