package io.coordination.store.session;

import io.coordination.ConnectionState;
import io.coordination.ErrorCode;
import io.coordination.Instrumentation;
import io.coordination.store.Environment;
import io.coordination.store.ShieldedInstrumentation;

/** Tells the instrumentation of the sessions of one recipe. Thread-safe. */
final class SessionObserver {

    private final Instrumentation.Sessions told;

    private SessionObserver(Instrumentation.Sessions told) {
        this.told = told;
    }

    static SessionObserver of(Environment env, String recipe) {
        return new SessionObserver(
                ShieldedInstrumentation.of(env.options().instrumentation()).sessions(recipe));
    }

    void renewed(long nanos) {
        told.renewed(nanos);
    }

    void renewalFailed(ErrorCode reason) {
        told.renewalFailed(reason);
    }

    void changed(SessionState state) {
        told.changed(ConnectionState.valueOf(state.name()));
    }

    void ended(SessionLossReason reason) {
        ConnectionState state = reason == SessionLossReason.CLOSED ? ConnectionState.CLOSED : ConnectionState.LOST;
        told.changed(state);
    }

    void audited(int missing, int leftover) {
        told.audited(missing, leftover);
    }
}
