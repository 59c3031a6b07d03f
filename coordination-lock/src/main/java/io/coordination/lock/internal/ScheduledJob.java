package io.coordination.lock.internal;

import io.coordination.CoordinationCancelledException;
import io.coordination.CoordinationException;
import io.coordination.ErrorCode;
import io.coordination.LockLostException;
import io.coordination.internal.Checks;
import io.coordination.lock.DistributedLock;
import io.coordination.lock.LockHandle;
import io.coordination.lock.LockOptions;
import io.coordination.lock.job.JobListener;
import io.coordination.lock.job.JobLock;
import io.coordination.lock.job.JobOptions;
import io.coordination.lock.job.JobRun;
import io.coordination.lock.job.JobTask;
import io.coordination.store.Environment;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/**
 * A job under a lock that is tried once. While the lock is held nobody else looks at the key that keeps the job from being
 * begun again too early, so the order of the two is enough. Thread-safe.
 */
final class ScheduledJob implements JobLock {

    private final Environment env;
    private final DistributedLock locks;
    private final String name;
    private final JobOptions options;
    private final JobInterval interval;
    private final Map<Thread, Run> runs = new ConcurrentHashMap<>();

    ScheduledJob(Environment env, DistributedLock locks, String name, JobOptions options) {
        this.env = env;
        this.locks = locks;
        this.name = name;
        this.options = options;
        this.interval = new JobInterval(env, name);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public <X extends Exception> boolean run(JobTask<X> task) throws X {
        Checks.notNull("task", task);
        Optional<Run> begun = begin();
        if (begun.isEmpty()) {
            skip();
            return false;
        }
        try (Run run = begun.get()) {
            runs.put(Thread.currentThread(), run);
            execute(run, task);
        } finally {
            runs.remove(Thread.currentThread());
        }
        return true;
    }

    /** The lock, unless somebody holds it or the job was begun a short while ago. */
    private Optional<Run> begin() {
        if (runs.containsKey(Thread.currentThread())) {
            return Optional.empty();
        }
        Optional<LockHandle> taken = tryLock();
        if (taken.isEmpty()) {
            return Optional.empty();
        }
        LockHandle lock = taken.get();
        boolean mayRun = false;
        try {
            mayRun = options.atLeast().isZero() || interval.begin(options.atLeast());
            return mayRun ? Optional.of(new Run(lock)) : Optional.empty();
        } finally {
            if (!mayRun) {
                lock.close();
            }
        }
    }

    private Optional<LockHandle> tryLock() {
        LockOptions.Builder once = LockOptions.builder().ttl(options.ttl()).waitTime(Duration.ZERO);
        options.label().ifPresent(once::label);
        options.atMost().ifPresent(once::maxHold);
        try {
            return locks.tryAcquire(name, once.build());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CoordinationCancelledException("job '" + name + "' was interrupted before it began", e);
        }
    }

    private void skip() {
        options.onSkipped().ifPresent(action -> isolated("onSkipped", action));
        tell("skipped", listener -> listener.skipped(name));
    }

    private <X extends Exception> void execute(Run run, JobTask<X> task) throws X {
        tell("executed", listener -> listener.executed(run));
        try {
            task.run(run);
            run.assertHeld();
        } catch (Exception | Error e) {
            tell("failed", listener -> listener.failed(run, e));
            throw e;
        }
        tell("finished", listener -> listener.finished(run));
    }

    private void tell(String event, Consumer<JobListener> call) {
        options.listener().ifPresent(listener -> isolated(event, () -> call.accept(listener)));
    }

    private void isolated(String event, Runnable call) {
        try {
            call.run();
        } catch (RuntimeException | Error e) {
            env.log()
                    .atWarn()
                    .setCause(e)
                    .addKeyValue("job", name)
                    .addKeyValue("event", event)
                    .log("A listener of a job failed");
        }
    }

    @Override
    public void assertHeld() {
        Run run = runs.get(Thread.currentThread());
        if (run == null) {
            throw new CoordinationException(ErrorCode.INVALID_STATE, "this thread is in no run of job '" + name + "'");
        }
        run.assertHeld();
    }

    /** One run, from the moment its lock was taken. */
    private final class Run implements JobRun, AutoCloseable {

        private final LockHandle lock;

        Run(LockHandle lock) {
            this.lock = lock;
        }

        @Override
        public String name() {
            return name;
        }

        @Override
        public long fencingToken() {
            return lock.fencingToken();
        }

        @Override
        public boolean isHeld() {
            return lock.isHeld();
        }

        @Override
        public Duration remaining() {
            return lock.remaining();
        }

        @Override
        public void assertHeld() {
            if (!isHeld()) {
                String limit =
                        options.atMost().map(time -> ", or atMost has passed").orElse("");
                throw new LockLostException("the lock of job '" + name + "' is not certainly held any more: it is lost"
                        + limit + ": stop the job");
            }
        }

        @Override
        public void close() {
            lock.close();
        }
    }
}
