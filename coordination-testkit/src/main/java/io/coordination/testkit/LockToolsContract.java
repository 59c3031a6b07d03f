package io.coordination.testkit;

import org.junit.jupiter.api.Timeout;

/**
 * What a user may rely on with what is built on and beside locks: counters, latches, barriers, locks of the JDK, templates,
 * stripes, jobs and guarded writes. Tests see nothing but coordinators, and the store where a guarded write shows.
 */
@Timeout(60)
public abstract class LockToolsContract extends GuardRules {

    /** For subclasses. */
    protected LockToolsContract() {}
}
