package io.coordination.testkit;

import org.junit.jupiter.api.Timeout;

/**
 * What a user may rely on with what is built on the queue of a lock, as tests that see nothing but coordinators.
 *
 * <p>A subclass says how to {@link #connect()} one more coordinator to one and the same store. Every test uses a name of its own
 * and two coordinators or more, which stand for as many processes.
 */
@Timeout(60)
public abstract class LockPrimitivesContract extends MultiLockRules {

    /** For subclasses. */
    protected LockPrimitivesContract() {}
}
