package io.coordination.testkit;

import io.coordination.store.TimeSource;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A clock that stands still until a test moves it. Thread-safe.
 *
 * <p>{@link #advance} runs the tasks that become due, on the caller's thread, in the order of their times and, for equal
 * times, in the order in which they were scheduled; the clock shows each task its own time. A task without delay waits for
 * the next call of {@code advance}, be it with {@link Duration#ZERO}. Monotonic time begins shortly before it overflows, as
 * the contract of {@link System#nanoTime()} allows, so that code which compares it without a difference is found out.
 */
public final class ManualTime implements TimeSource {

    private static final Instant WALL_START = Instant.parse("2030-01-01T00:00:00Z");
    private static final long NANO_START =
            Long.MAX_VALUE - Duration.ofSeconds(5).toNanos();

    private final ReentrantLock lock = new ReentrantLock(); // guards all fields; not held while a task runs
    private final TreeSet<Task> tasks =
            new TreeSet<>(Comparator.<Task>comparingLong(Task::due).thenComparingLong(Task::sequence));
    private long passed;
    private long sequence;
    private Duration wallJump = Duration.ZERO;
    private boolean closed;

    /** A clock whose wall time is the first of January 2030, midnight in UTC. */
    public ManualTime() {}

    @Override
    public long nanoTime() {
        return NANO_START + passed();
    }

    @Override
    public Instant now() {
        lock.lock();
        try {
            return WALL_START.plus(wallJump).plusNanos(passed);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public Timer schedule(Duration delay, Runnable action) {
        lock.lock();
        try {
            if (closed) {
                return () -> {};
            }
            Task task = new Task(passed + Math.max(0, delay.toNanos()), sequence++, action);
            tasks.add(task);
            return () -> cancel(task);
        } finally {
            lock.unlock();
        }
    }

    /**
     * Moves the clock and runs what becomes due on the way, tasks that such tasks schedule included.
     *
     * <p>Throws what a task throws; the clock then stands at that task's time, and the next call goes on from there.
     *
     * @param duration how far; zero runs what is due now
     */
    public void advance(Duration duration) {
        long target = passed() + duration.toNanos();
        for (Task task = takeDue(target); task != null; task = takeDue(target)) {
            task.action.run();
        }
    }

    /**
     * Moves the clock to the time of the next task and runs all tasks of that time.
     *
     * @return how far the clock was moved, or empty when nothing is scheduled
     */
    public Optional<Duration> advanceToNextTask() {
        Optional<Duration> next = untilNextTask();
        next.ifPresent(this::advance);
        return next;
    }

    /**
     * Moves the wall clock alone: what a machine sees that was suspended, or whose clock was set. Runs nothing.
     *
     * @param duration how far; negative sets it back
     */
    public void jumpWall(Duration duration) {
        lock.lock();
        try {
            wallJump = wallJump.plus(duration);
        } finally {
            lock.unlock();
        }
    }

    /** The number of tasks that are scheduled and not cancelled. */
    public int pendingTasks() {
        lock.lock();
        try {
            return tasks.size();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            tasks.clear();
        } finally {
            lock.unlock();
        }
    }

    private long passed() {
        lock.lock();
        try {
            return passed;
        } finally {
            lock.unlock();
        }
    }

    private Optional<Duration> untilNextTask() {
        lock.lock();
        try {
            return tasks.isEmpty()
                    ? Optional.empty()
                    : Optional.of(Duration.ofNanos(Math.max(0, tasks.first().due - passed)));
        } finally {
            lock.unlock();
        }
    }

    private void cancel(Task task) {
        lock.lock();
        try {
            tasks.remove(task);
        } finally {
            lock.unlock();
        }
    }

    /** Takes the next task up to a time and moves the clock to it; without one moves the clock to that time. */
    private @Nullable Task takeDue(long target) {
        lock.lock();
        try {
            if (tasks.isEmpty() || tasks.first().due > target) {
                passed = Math.max(passed, target);
                return null;
            }
            Task task = tasks.first();
            tasks.remove(task);
            passed = Math.max(passed, task.due);
            return task;
        } finally {
            lock.unlock();
        }
    }

    private record Task(long due, long sequence, Runnable action) {}
}
