package io.coordination.store.mirror;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.coordination.store.Bytes;
import io.coordination.store.KeyValue;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pcollections.HashTreePMap;
import org.slf4j.LoggerFactory;

class SnapshotFileTest {

    private static final String SECRET = "top-secret";

    @TempDir
    private Path folder;

    private final ListAppender<ILoggingEvent> lines = new ListAppender<>();
    private final Logger log = (Logger) LoggerFactory.getLogger(SnapshotFile.class);

    private Path path;
    private SnapshotFile file;

    @BeforeEach
    void prepare() {
        path = folder.resolve("mirror.bin");
        file = SnapshotFile.at(path, Runnable::run);
        lines.start();
        log.addAppender(lines);
    }

    @AfterEach
    void stop() {
        log.detachAppender(lines);
    }

    private static SavedMirror saved(String prefix, KeyValue... entries) {
        Map<String, KeyValue> byKey = new HashMap<>();
        Arrays.stream(entries).forEach(entry -> byKey.put(entry.key(), entry));
        return new SavedMirror(
                prefix, -7, Instant.parse("2030-01-02T03:04:05.678Z"), new MirrorState(42, HashTreePMap.from(byKey)));
    }

    private static SavedMirror example() {
        return saved(
                "/m/",
                new KeyValue("/m/a", Bytes.utf8(SECRET), 1, 2, 3, 4),
                new KeyValue("/m/\u00e9\u4e2d", Bytes.copyOf(new byte[] {0, -1, 127}), 5, 6, 7, Long.MAX_VALUE),
                new KeyValue("/m/empty", Bytes.EMPTY, 8, 9, 10, 0));
    }

    private List<String> names() throws IOException {
        try (Stream<Path> all = Files.list(folder)) {
            return all.map(found -> found.getFileName().toString()).toList();
        }
    }

    private void assertRefused(String reason) {
        lines.list.clear();
        assertThat(file.read("/m/")).isEmpty();
        assertThat(lines.list).hasSize(1);
        ILoggingEvent line = lines.list.get(0);
        String text = line.getFormattedMessage() + line.getKeyValuePairs() + line.getThrowableProxy();
        assertThat(text).contains("starting without it").contains(reason).doesNotContain(SECRET);
    }

    @Nested
    class Writing {

        @Test
        void whatWasWrittenIsRead() throws IOException {
            file.write(example());

            assertThat(file.read("/m/")).contains(example());
        }

        @Test
        void anEmptyStateIsAStateToo() throws IOException {
            file.write(saved("/m/"));

            assertThat(file.read("/m/")).contains(saved("/m/"));
        }

        @Test
        void theNewTakesThePlaceOfTheOldAndNothingElseIsLeft() throws IOException {
            file.write(example());
            file.write(saved("/m/"));

            assertThat(file.read("/m/")).contains(saved("/m/"));
            assertThat(names()).containsExactly("mirror.bin");
        }

        @Test
        void onlyTheOwnerMayReadIt() throws IOException {
            Files.createFile(path, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-r--r--")));

            file.write(example());

            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
                    .isEqualTo("rw-------");
        }

        @Test
        void aFailureLeavesTheOldFileAndNothingElse() throws IOException {
            SavedMirror unwritable =
                    new SavedMirror("/m/", 1, Instant.MAX, example().state());
            file.write(example());

            assertThatThrownBy(() -> file.write(unwritable)).isInstanceOf(ArithmeticException.class);

            assertThat(file.read("/m/")).contains(example());
            assertThat(names()).containsExactly("mirror.bin");
        }

        @Test
        void aMissingFolderIsAFailure() {
            SnapshotFile nowhere = SnapshotFile.at(folder.resolve("none").resolve("mirror.bin"), Runnable::run);

            assertThatThrownBy(() -> nowhere.write(example())).isInstanceOf(IOException.class);
        }
    }

    @Nested
    class Refusing {

        @Test
        void noFileIsNothingToTalkAbout() {
            assertThat(file.read("/m/")).isEmpty();
            assertThat(lines.list).isEmpty();
        }

        @Test
        void aFileThatWasCutAnywhere() throws IOException {
            file.write(example());
            byte[] whole = Files.readAllBytes(path);
            for (int length = 0; length < whole.length; length++) {
                Files.write(path, Arrays.copyOf(whole, length));
                assertRefused("it ");
            }
        }

        @Test
        void aFileInWhichAnyBitIsFlipped() throws IOException {
            file.write(example());
            byte[] whole = Files.readAllBytes(path);
            for (int bit = 0; bit < whole.length * 8; bit++) {
                byte[] flipped = whole.clone();
                flipped[bit / 8] ^= (byte) (1 << (bit % 8));
                Files.write(path, flipped);
                assertRefused("it ");
            }
        }

        @Test
        void aFileWithSomethingAfterItsEnd() throws IOException {
            file.write(example());
            byte[] whole = Files.readAllBytes(path);

            Files.write(path, Arrays.copyOf(whole, whole.length + 1));

            assertRefused("its checksum is wrong");
        }

        @Test
        void aFileOfAnotherPrefix() throws IOException {
            file.write(saved("/other/"));

            assertRefused("it is of the prefix '/other/'");
        }

        @Test
        void aFileOfAnotherVersionWhateverItsChecksumIs() throws IOException {
            file.write(example());
            byte[] whole = Files.readAllBytes(path);
            ByteBuffer.wrap(whole).putInt(8, 2);

            Files.write(path, whole);

            assertRefused("version 2");
        }

        @Test
        void aFileOfSomethingElse() throws IOException {
            Files.writeString(path, "just a text that is long enough to be mistaken for a header and a checksum");

            assertRefused("it is no snapshot of a mirror");
        }

        @Test
        void aFileThatCannotBeRead() throws IOException {
            Files.createDirectory(path);

            assertRefused("cannot be read");
        }

        @Test
        void aStateWithoutRevision() throws IOException {
            file.write(new SavedMirror("/m/", 1, Instant.EPOCH, MirrorState.NOTHING));

            assertRefused("it is malformed");
        }
    }
}
