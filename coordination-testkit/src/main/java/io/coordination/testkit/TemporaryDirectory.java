package io.coordination.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A directory that goes with what it was made for. */
final class TemporaryDirectory implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(TemporaryDirectory.class);

    private final Path path;

    private TemporaryDirectory(Path path) {
        this.path = path;
    }

    static TemporaryDirectory create(String prefix) {
        try {
            TemporaryDirectory directory = new TemporaryDirectory(Files.createTempDirectory(prefix));
            ExitCleanup.add(directory);
            return directory;
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot make a temporary directory", e);
        }
    }

    Path path() {
        return path;
    }

    /** Deletes the directory and all that is in it; what resists is logged and left. */
    @Override
    public void close() {
        ExitCleanup.remove(this);
        for (Path entry : deepestFirst()) {
            try {
                Files.deleteIfExists(entry);
            } catch (IOException e) {
                log.atWarn().addKeyValue("file", entry).setCause(e).log("Temporary file was not deleted");
            }
        }
    }

    private List<Path> deepestFirst() {
        try (Stream<Path> all = Files.walk(path)) {
            return all.sorted(Comparator.reverseOrder()).toList();
        } catch (IOException | UncheckedIOException e) {
            log.atDebug().addKeyValue("directory", path).setCause(e).log("Temporary directory is gone already");
            return List.of();
        }
    }
}
