package io.coordination.memory;

import static io.coordination.memory.StoreCalls.failure;
import static io.coordination.memory.StoreCalls.now;
import static io.coordination.memory.StoreCalls.put;
import static org.assertj.core.api.Assertions.assertThat;

import io.coordination.ErrorCode;
import io.coordination.store.RangeQuery;
import io.coordination.store.mirror.Mirror;
import io.coordination.store.mirror.SnapshotFile;
import io.coordination.testkit.FaultyStore;
import io.coordination.testkit.HeldCalls;
import io.coordination.testkit.StoreCall;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MirrorFileTest extends MirrorRig {

    @TempDir
    private Path folder;

    private final MirrorObserver observer = new MirrorObserver();
    private Path path;

    @BeforeEach
    void place() {
        path = folder.resolve("m");
    }

    @Override
    Mirror open() {
        return Mirror.open(faulty, time, PREFIX, observer, SnapshotFile.at(path, Runnable::run));
    }

    /** What a process has that starts from the file while the store is away. */
    private Mirror offline() {
        FaultyStore away = FaultyStore.over(memory.connect(), time);
        away.disconnect();
        return Mirror.open(away, time, PREFIX, observer, SnapshotFile.at(path, Runnable::run));
    }

    private void save() {
        Mirror mirror = open();
        mirror.close();
        assertThat(mirror.saved()).isCompleted();
    }

    @Nested
    class Starting {

        @Test
        void servesWhatWasSavedWhileTheStoreIsAway() {
            write("a", "1");
            save();

            Mirror mirror = offline();
            MirrorRecorder recorder = record(mirror);

            assertThat(mirror.isLoaded()).isTrue();
            assertThat(mirror.isFromFile()).isTrue();
            assertThat(value(mirror, "a")).isEqualTo("1");
            assertThat(now(mirror.ready()).revision()).isEqualTo(2);
            assertThat(recorder.lines()).containsExactly("snapshot 2 [a]");
        }

        @Test
        void saysHowOldItIs() {
            write("a", "1");
            save();
            time.advance(Duration.ofHours(3));

            Mirror mirror = offline();
            assertThat(mirror.staleFor()).contains(Duration.ofHours(3));
            time.advance(Duration.ofSeconds(5));

            assertThat(mirror.staleFor()).contains(Duration.ofHours(3).plusSeconds(5));
        }

        @Test
        void isNeverOlderThanNowWhenTheClockWasSetBack() {
            save();
            time.jumpWall(Duration.ofDays(-1));

            assertThat(offline().staleFor()).contains(Duration.ZERO);
        }

        @Test
        void tellsTheDifferenceOnceTheStoreIsRead() {
            write("changed", "1");
            write("gone", "1");
            save();
            write("changed", "2");
            delete("gone");
            write("new", "1");
            HeldCalls reading = faulty.onNext(StoreCall.Range.class).holdAnswer();
            Mirror mirror = open();
            MirrorRecorder recorder = record(mirror);
            assertThat(mirror.isFromFile()).isTrue();

            reading.release();
            write("new", "2");

            assertThat(recorder.lines())
                    .containsExactly(
                            "snapshot 3 [changed, gone]", "resync 6 changed:1>2 new:->1 gone:1>-", "7 new:1>2");
            assertThat(mirror.isFromFile()).isFalse();
            assertThat(mirror.staleFor()).isEmpty();
            assertThat(observer.lines()).containsExactly("loaded 2 in 0", "loaded 2 in 0");
            assertSameAsStore(mirror);
        }

        @Test
        void aRevisionIsReachedByTheStoreAlone() {
            long revision = write("a", "1");
            save();
            HeldCalls reading = faulty.onNext(StoreCall.Range.class).holdAnswer();
            CompletableFuture<Void> reached = open().reached(revision);
            assertThat(reached).isNotDone();

            reading.release();

            assertThat(reached).isCompleted();
        }

        @Test
        void fromAnotherClusterIsReportedAndRepaired() {
            write("a", "1");
            save();
            MemoryStore other = MemoryStore.create(time);
            put(other, PREFIX + "b", "1");

            Mirror mirror = Mirror.open(other, time, PREFIX, observer, SnapshotFile.at(path, Runnable::run));

            assertThat(mirror.state().entries().values())
                    .containsExactlyElementsOf(
                            now(other.range(RangeQuery.prefix(PREFIX))).entries());
            assertThat(observer.lines()).contains("HISTORY_CHANGED 2");
        }

        @Test
        void withADamagedFileIsStartingWithout() throws IOException {
            write("a", "1");
            save();
            byte[] content = Files.readAllBytes(path);
            content[content.length / 2] ^= 1;
            Files.write(path, content);

            Mirror mirror = offline();

            assertThat(mirror.isLoaded()).isFalse();
            assertThat(failure(mirror.ready()).code()).isEqualTo(ErrorCode.TIMEOUT_ERROR);
            assertThat(mirror.state().entries()).isEmpty();
        }

        @Test
        void withoutAThreadToReadTheFileIsStartingWithout() {
            write("a", "1");
            save();
            SnapshotFile unreadable = SnapshotFile.at(path, task -> {
                throw new RejectedExecutionException("a refusal on purpose");
            });

            Mirror mirror = Mirror.open(faulty, time, PREFIX, observer, unreadable);

            assertThat(value(mirror, "a")).isEqualTo("1");
            assertThat(mirror.isFromFile()).isFalse();
            mirror.close();
            assertThat(mirror.saved()).isCompleted();
        }
    }

    @Nested
    class Saving {

        @Test
        void followsChangesButNotEachOfThem() throws IOException {
            write("a", "1");
            open();
            assertThat(value(offline(), "a")).isEqualTo("1");
            byte[] first = Files.readAllBytes(path);

            for (int i = 2; i < 100; i++) {
                write("a", Integer.toString(i));
                time.advance(Duration.ofMillis(50));
            }
            assertThat(Files.readAllBytes(path)).as("within five seconds").isEqualTo(first);
            time.advance(Duration.ofSeconds(5));

            assertThat(value(offline(), "a")).isEqualTo("99");
        }

        @Test
        void isDoneAtTheClose() {
            write("a", "1");
            Mirror mirror = open();
            write("a", "2");

            mirror.close();

            assertThat(time.pendingTasks()).isZero();
            assertThat(value(offline(), "a")).isEqualTo("2");
        }

        @Test
        void happensOnItsOwnThreadsOneWriteAtATime() {
            Queue<Runnable> threads = new ArrayDeque<>();
            write("a", "1");
            Mirror mirror = Mirror.open(faulty, time, PREFIX, observer, SnapshotFile.at(path, threads::add));
            threads.remove().run(); // reads
            assertThat(mirror.isLoaded()).isTrue();
            assertThat(path).doesNotExist();
            write("a", "2");
            time.advance(Duration.ofSeconds(20));
            assertThat(threads).as("writes under way").hasSize(1);
            mirror.close();
            CompletableFuture<Void> saved = mirror.saved();

            threads.remove().run();
            assertThat(saved).isNotDone();
            threads.remove().run();

            assertThat(saved).isCompleted();
            assertThat(threads).isEmpty();
            assertThat(value(offline(), "a")).isEqualTo("2");
        }

        @Test
        void neverSavesWhatTheStoreHasNotConfirmed() throws IOException {
            write("a", "1");
            save();
            byte[] before = Files.readAllBytes(path);
            time.advance(Duration.ofHours(1));

            offline().close();

            assertThat(Files.readAllBytes(path)).isEqualTo(before);
        }

        @Test
        void thatFailsIsSaidOnceAndHarmsNothing() throws IOException {
            Files.createDirectory(path);
            Files.createFile(path.resolve("in-the-way"));
            Mirror mirror = open();
            MirrorRecorder recorder = record(mirror);
            for (int i = 0; i < 3; i++) {
                write("a", "v" + i);
                time.advance(Duration.ofSeconds(5));
            }
            assertThat(recorder.lines()).hasSize(4);
            Files.delete(path.resolve("in-the-way"));
            Files.delete(path);

            write("a", "last");
            time.advance(Duration.ofSeconds(5));

            assertThat(value(offline(), "a")).isEqualTo("last");
        }

        @Test
        void neverShowsAValueInTheLog() throws IOException {
            try (LogLines mirrors = new LogLines(Mirror.class);
                    LogLines files = new LogLines(SnapshotFile.class)) {
                write("a", "top-secret");
                save();
                offline();
                byte[] content = Files.readAllBytes(path);
                Files.write(path, Arrays.copyOf(content, content.length - 1));
                offline();

                assertThat(files.warnings()).hasSize(1);
                assertThat(mirrors.all()).contains("starts from what was saved");
                assertThat(mirrors.all() + files.all()).doesNotContain("top-secret");
            }
        }
    }
}
