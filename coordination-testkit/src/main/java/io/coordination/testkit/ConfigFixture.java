package io.coordination.testkit;

import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import io.coordination.CoordinationException;
import io.coordination.Coordinator;
import io.coordination.config.ConfigCenter;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** Two coordinators and a prefix of its own for each test of {@link ConfigContract}. */
abstract class ConfigFixture {

    /** How long other coordinators may take to see a change. */
    static final Duration SOON = Duration.ofSeconds(10);

    final String root = "test-" + UUID.randomUUID();
    Coordinator mine;
    Coordinator other;

    @SuppressWarnings("NullAway.Init")
    ConfigFixture() {}

    /** Connects one more coordinator to the store under test, with the same namespace; the test closes it. */
    protected abstract Coordinator connect();

    @BeforeEach
    void openCoordinators() {
        mine = connect();
        other = connect();
    }

    @AfterEach
    void closeCoordinators() {
        mine.close();
        other.close();
    }

    ConfigCenter mine() {
        return mine.config();
    }

    ConfigCenter other() {
        return other.config();
    }

    /** A key under this test's prefix. */
    String key(String name) {
        return root + "/" + name;
    }

    static CoordinationException failureOf(ThrowingCallable call) {
        return catchThrowableOfType(CoordinationException.class, call);
    }

    /** Waits until a coordinator sees a value. */
    void awaitValue(ConfigCenter config, String key, Object value) {
        await().atMost(SOON)
                .until(() ->
                        config.get(key, value.getClass()).filter(value::equals).isPresent());
    }

    static void awaitSize(List<?> events, int size) {
        await().atMost(SOON).until(() -> events.size() >= size);
    }
}
