package io.coordination.tests.consistency;

import java.time.Duration;
import java.util.Set;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;

/** The threads of ours at a moment. */
record Threads(Set<Thread> before) {

    static Threads now() {
        return new Threads(Thread.getAllStackTraces().keySet());
    }

    /** Checks that everything started since then ends. */
    void checkNoneLeft(Findings findings) {
        try {
            Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> left().isEmpty());
        } catch (ConditionTimeoutException e) {
            findings.broken("threads are left after everything was closed: %s", left());
        }
    }

    private Set<String> left() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.isAlive() && !before.contains(thread))
                .map(Thread::getName)
                .filter(name -> name.startsWith("coordination") || name.startsWith("grpc"))
                .collect(Collectors.toSet());
    }
}
