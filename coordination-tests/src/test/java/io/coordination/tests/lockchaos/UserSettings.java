package io.coordination.tests.lockchaos;

import io.coordination.CoordinatorOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;

/**
 * What a process that uses locks is told on its command line.
 *
 * @param endpoints where it finds the servers
 * @param journal the file it writes
 * @param seed decides what its threads ask for
 * @param ttl of its locks
 */
record UserSettings(List<String> endpoints, Path journal, long seed, Duration ttl) {

    static final String NAMESPACE = "lock-chaos";
    static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(3);

    /** The locks that all processes want. */
    static final List<String> LOCKS =
            IntStream.range(0, 6).mapToObj(number -> "lock-" + number).toList();

    List<String> arguments() {
        return List.of(String.join(",", endpoints), journal.toString(), Long.toString(seed), ttl.toString());
    }

    static UserSettings of(String... arguments) {
        return new UserSettings(
                List.of(arguments[0].split(",")),
                Path.of(arguments[1]),
                Long.parseLong(arguments[2]),
                Duration.parse(arguments[3]));
    }

    /** It may begin while its servers are out of reach. */
    CoordinatorOptions options() {
        return CoordinatorOptions.builder()
                .endpoints(endpoints)
                .namespace(NAMESPACE)
                .requestTimeout(REQUEST_TIMEOUT)
                .connectLazily(true)
                .build();
    }
}
