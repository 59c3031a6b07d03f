package io.coordination.store.session;

import io.coordination.ConnectionState;
import io.coordination.ErrorCode;
import io.coordination.Instrumentation;
import io.coordination.store.Environment;
import io.coordination.store.Isolated;

/** Tells the instrumentation of the sessions of one recipe; what that throws changes nothing. Thread-safe. */
final class SessionObserver {

    private static final String FAILED = "Instrumentation of sessions failed";

    private Instrumentation.Sessions told = Instrumentation.Sessions.NONE;

    private SessionObserver() {}

    static SessionObserver of(Environment env, String recipe) {
        SessionObserver observer = new SessionObserver();
        Isolated.run(
                FAILED, () -> observer.told = env.options().instrumentation().sessions(recipe));
        return observer;
    }

    void renewed(long nanos) {
        Isolated.run(FAILED, () -> told.renewed(nanos));
    }

    void renewalFailed(ErrorCode reason) {
        Isolated.run(FAILED, () -> told.renewalFailed(reason));
    }

    void changed(SessionState state) {
        Isolated.run(FAILED, () -> told.changed(ConnectionState.valueOf(state.name())));
    }

    void ended(SessionLossReason reason) {
        ConnectionState state = reason == SessionLossReason.CLOSED ? ConnectionState.CLOSED : ConnectionState.LOST;
        Isolated.run(FAILED, () -> told.changed(state));
    }

    void audited(int missing, int leftover) {
        Isolated.run(FAILED, () -> told.audited(missing, leftover));
    }
}
