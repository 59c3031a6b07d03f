package io.coordination.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class ResourcesTest {

    @Nested
    class Ports {

        @Test
        void portsDifferAndLieBelowThoseOfOutgoingConnections() {
            List<Integer> ports = FreePorts.find(9);

            assertThat(ports).doesNotHaveDuplicates().hasSize(9).allMatch(port -> port >= 20_000 && port < 32_000);
        }

        @Test
        void aPortThatIsTakenIsRefused() throws IOException {
            try (ServerSocket taken = FreePorts.listen(1)) {
                assertThatThrownBy(() -> FreePorts.listen(taken.getLocalPort(), 1))
                        .isInstanceOf(UncheckedIOException.class)
                        .hasMessageContaining(Integer.toString(taken.getLocalPort()));
            }
        }
    }

    @Nested
    class Directories {

        @Test
        void closingDeletesEverythingInside() throws IOException {
            TemporaryDirectory directory = TemporaryDirectory.create("testkit-");
            Path deep = Files.createDirectories(directory.path().resolve("a/b/c"));
            Files.writeString(deep.resolve("file"), "content");

            directory.close();
            directory.close();

            assertThat(directory.path()).doesNotExist();
        }
    }

    @Nested
    class Waiting {

        @Test
        void theConditionIsAskedUntilItHolds() {
            AtomicInteger asked = new AtomicInteger();

            assertThat(Polling.until(Duration.ofSeconds(10), () -> asked.incrementAndGet() == 3))
                    .isTrue();
            assertThat(asked).hasValue(3);
        }

        @Test
        void theLimitEndsTheWait() {
            assertThat(Polling.until(Duration.ofMillis(50), () -> false)).isFalse();
        }

        @Test
        void anInterruptedThreadDoesNotWait() {
            Thread.currentThread().interrupt();

            assertThatThrownBy(() -> Polling.until(Duration.ofMinutes(1), () -> false))
                    .isInstanceOf(IllegalStateException.class);
            assertThat(Thread.interrupted()).isTrue();
        }
    }

    @Nested
    class Messages {

        @Test
        void credentialsAreNotShown() {
            assertThat(Transcripts.withoutSecrets(List.of("--user=root:secret", "get", "key")))
                    .isEqualTo("get key");
            assertThat(Transcripts.withoutSecrets(List.of("user", "add", "app:secret")))
                    .isEqualTo("user add app");
        }

        @Test
        void theTailOfALogLeavesOutHealthChecks() {
            assertThat(Transcripts.tail(List.of("first", "warn /health error; no leader", "last")))
                    .isEqualTo("first\nlast");
        }
    }
}
