package io.coordination.lock.internal;

import io.coordination.LockLostException;
import io.coordination.lock.LockHandle;
import io.coordination.lock.LockTask;

/** Runs a task with a lock that was taken for it, and lets the lock go whatever happens. */
final class LockedTask {

    private LockedTask() {}

    /** The result of the task, if the lock was certainly held to its end. */
    static <T, X extends Exception> T run(LockHandle lock, LockTask<T, X> task) throws X {
        T result;
        boolean toTheEnd;
        try (lock) {
            result = task.call();
            toTheEnd = lock.isHeld();
        }
        if (!toTheEnd) {
            throw new LockLostException("lock '" + lock.key()
                    + "' was not certainly held until its task had ended: another owner may have been at work");
        }
        return result;
    }
}
