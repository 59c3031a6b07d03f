package io.coordination.lock.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.coordination.CoordinationException;
import io.coordination.ErrorCode;
import io.coordination.LockLostException;
import io.coordination.lock.job.JobListener;
import io.coordination.lock.job.JobLock;
import io.coordination.lock.job.JobOptions;
import io.coordination.lock.job.JobRun;
import io.coordination.store.Txn;
import io.coordination.testkit.FaultRule;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** Jobs: who runs, who skips, for how long, and who hears of it. */
class ScheduledJobTest {

    private static final Duration ATLEAST = Duration.ofSeconds(60);

    private final Cluster cluster = new Cluster();
    private final Node a = cluster.node();
    private final Node b = cluster.node();

    @AfterEach
    void nothingStays() {
        cluster.time.advance(ATLEAST);
        cluster.assertNothingStays();
    }

    private static JobOptions.Builder options() {
        return JobOptions.builder().ttl(Cluster.TTL);
    }

    private static JobLock job(Node node, JobOptions.Builder options) {
        return node.locks.job("report/daily", options.build());
    }

    private static boolean runs(Node node, JobOptions.Builder options) throws Exception {
        return job(node, options).run(run -> run.assertHeld());
    }

    @Nested
    class Skipping {

        @Test
        void isForThoseWhoComeWhileTheJobRuns() throws Exception {
            boolean ran = job(a, options()).run(run -> {
                assertThat(runs(b, options())).isFalse();
                assertThat(runs(a, options())).isFalse();
            });
            assertThat(ran).isTrue();
            assertThat(runs(b, options())).isTrue();
        }

        @Test
        void isForTheSameThreadAsWell() throws Exception {
            JobLock job = job(a, options());
            assertThat(job.run(run -> assertThat(job.run(inner -> {})).isFalse()))
                    .isTrue();
        }

        @Test
        void isToldAndItsActionRuns() throws Exception {
            List<String> told = new ArrayList<>();
            JobOptions.Builder telling = options()
                    .onSkipped(() -> told.add("action"))
                    .listener(new JobListener() {
                        @Override
                        public void skipped(String name) {
                            told.add(name);
                        }
                    });
            job(a, options()).run(run -> runs(b, telling));
            assertThat(told).containsExactly("action", "report/daily");
        }
    }

    @Nested
    class AtLeast {

        @Test
        void keepsTheJobFromBeginningAgainAfterAShortRun() throws Exception {
            assertThat(runs(a, options().atLeast(ATLEAST))).isTrue();
            cluster.time.advance(ATLEAST.minusSeconds(1));
            assertThat(runs(a, options().atLeast(ATLEAST))).isFalse();
            assertThat(runs(b, options().atLeast(ATLEAST))).isFalse();
            cluster.time.advance(Duration.ofSeconds(2));
            assertThat(runs(b, options().atLeast(ATLEAST))).isTrue();
        }

        @Test
        void outlivesAProcessThatDiesDuringTheRun() throws Exception {
            assertThatThrownBy(() -> job(a, options().atLeast(ATLEAST)).run(run -> {
                        a.store.disconnect();
                        cluster.time.advance(Cluster.TTL.plusSeconds(1));
                        assertThat(b.locks
                                        .tryAcquire("report/daily", Cluster.TTL)
                                        .orElseThrow()
                                        .unlock())
                                .as("nobody holds the lock")
                                .isTrue();
                        assertThat(runs(b, options().atLeast(ATLEAST))).isFalse();
                        cluster.time.advance(ATLEAST.minus(Cluster.TTL));
                        assertThat(runs(b, options().atLeast(ATLEAST))).isTrue();
                    }))
                    .isInstanceOf(LockLostException.class);
        }

        @Test
        void outlivesTheCoordinator() throws Exception {
            runs(a, options().atLeast(ATLEAST));
            a.close().join();
            assertThat(runs(b, options().atLeast(ATLEAST))).isFalse();
        }

        @Test
        void doesNotKeepALongRunFromHoldingTheLock() throws Exception {
            job(a, options().atLeast(ATLEAST)).run(run -> {
                cluster.time.advance(ATLEAST.multipliedBy(3));
                assertThat(run.isHeld()).isTrue();
                assertThat(runs(b, options().atLeast(ATLEAST))).isFalse();
            });
            assertThat(runs(b, options().atLeast(ATLEAST))).isTrue();
        }

        @Test
        void isPutOnceWhateverAnswersAreLost() throws Exception {
            FaultRule lost = a.store.onNextTxn(ScheduledJobTest::beginsInterval).loseAnswer();
            CoordinationException failure = catchThrowableOfType(
                    CoordinationException.class, () -> runs(a, options().atLeast(ATLEAST)));
            assertThat(lost.hits()).isEqualTo(1);
            assertThat(failure.outcomeUnknown()).isTrue();
            assertThat(cluster.allKeys()).noneMatch(key -> key.contains("/jobs/"));
            assertThat(runs(b, options().atLeast(ATLEAST))).isTrue();
        }

        @Test
        void neverReplacesWhatSomebodyElsePut() throws Exception {
            a.store
                    .onNextTxn(ScheduledJobTest::beginsInterval)
                    .runBefore(() -> cluster.memory
                            .txn(Txn.always(Txn.Op.put(
                                    "/test/jobs/report%2Fdaily", io.coordination.store.Bytes.utf8("by hand"), 0)))
                            .join());
            assertThat(runs(a, options().atLeast(ATLEAST))).isFalse();
            assertThat(runs(b, options().atLeast(ATLEAST))).isFalse();
            assertThat(cluster.memory
                            .range(io.coordination.store.RangeQuery.key("/test/jobs/report%2Fdaily"))
                            .join()
                            .first()
                            .orElseThrow()
                            .value()
                            .utf8())
                    .isEqualTo("by hand");
            cluster.delete("/test/jobs/report%2Fdaily");
        }
    }

    private static boolean beginsInterval(Txn txn) {
        return txn.success().stream()
                .anyMatch(op -> op instanceof Txn.Put put && put.key().contains("/jobs/"));
    }

    @Nested
    class AtMost {

        @Test
        void givesTheLockUpWhileTheJobGoesOn() {
            assertThatThrownBy(() -> job(a, options().atMost(Duration.ofSeconds(30)))
                            .run(run -> {
                                cluster.time.advance(Duration.ofMillis(29_999));
                                run.assertHeld();
                                assertThat(run.remaining()).isEqualTo(Duration.ofMillis(1));
                                cluster.time.advance(Duration.ofMillis(1));
                                assertThat(run.isHeld()).isFalse();
                                assertThat(run.remaining()).isZero();
                                assertThat(catchThrowableOfType(LockLostException.class, run::assertHeld))
                                        .hasMessageContaining("atMost");
                                assertThat(runs(b, options())).isTrue();
                            }))
                    .isInstanceOf(LockLostException.class);
        }

        @Test
        void isOfNoAccountAfterAShortRun() throws Exception {
            runs(a, options().atMost(Duration.ofSeconds(30)));
            assertThat(runs(a, options())).isTrue();
        }
    }

    @Nested
    class Checks {

        @Test
        void passInsideAndFailOutside() throws Exception {
            JobLock job = job(a, options());
            List<JobRun> runs = new ArrayList<>();
            job.run(run -> {
                job.assertHeld();
                run.assertHeld();
                runs.add(run);
                Throwable elsewhere = Caller.of(() -> {
                            job.assertHeld();
                            return true;
                        })
                        .failure();
                assertThat(((CoordinationException) elsewhere).code()).isEqualTo(ErrorCode.INVALID_STATE);
            });
            assertThat(catchThrowableOfType(CoordinationException.class, job::assertHeld)
                            .code())
                    .isEqualTo(ErrorCode.INVALID_STATE);
            assertThat(runs.get(0).isHeld()).isFalse();
            assertThatThrownBy(runs.get(0)::assertHeld).isInstanceOf(LockLostException.class);
        }

        @Test
        void failAfterALoss() {
            assertThatThrownBy(() -> job(a, options()).run(run -> {
                        cluster.deleteSession(a.store.leases().iterator().next());
                        assertThatThrownBy(run::assertHeld).isInstanceOf(LockLostException.class);
                    }))
                    .as("the end is a loss, too")
                    .isInstanceOf(LockLostException.class);
        }

        @Test
        void refuseAtMostBelowAtLeast() {
            assertThatThrownBy(() -> options()
                            .atLeast(ATLEAST)
                            .atMost(Duration.ofSeconds(59))
                            .build())
                    .hasMessageContaining("atMost");
        }
    }

    @Nested
    class Listeners {

        private final List<String> told = new ArrayList<>();

        private final JobListener listener = new JobListener() {
            @Override
            public void executed(JobRun run) {
                told.add("executed " + run.isHeld());
                throw new IllegalStateException("from a test");
            }

            @Override
            public void finished(JobRun run) {
                told.add("finished " + run.isHeld());
                throw new IllegalStateException("from a test");
            }

            @Override
            public void failed(JobRun run, Throwable failure) {
                told.add("failed " + failure.getMessage());
                throw new IllegalStateException("from a test");
            }

            @Override
            public void skipped(String name) {
                told.add("skipped " + name);
                throw new IllegalStateException("from a test");
            }
        };

        @Test
        void hearOfARunAndTheirErrorsChangeNothing() throws Exception {
            assertThat(runs(a, options().listener(listener))).isTrue();
            assertThat(told).containsExactly("executed true", "finished true");
        }

        @Test
        void hearOfAFailureWhichPassesThrough() {
            Exception mine = new Exception("mine");
            assertThatThrownBy(() -> job(a, options().listener(listener)).run(run -> {
                        throw mine;
                    }))
                    .isSameAs(mine);
            assertThat(told).containsExactly("executed true", "failed mine");
            assertThat(catchThrowableOfType(Exception.class, () -> runs(b, options())))
                    .isNull();
        }

        @Test
        void hearOfASkipAlsoWhenTheActionFails() throws Exception {
            job(a, options())
                    .run(run -> runs(b, options().listener(listener).onSkipped(() -> {
                        throw new IllegalStateException("from a test");
                    })));
            assertThat(told).containsExactly("skipped report/daily");
        }
    }
}
