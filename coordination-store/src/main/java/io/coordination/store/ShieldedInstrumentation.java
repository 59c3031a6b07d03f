package io.coordination.store;

import io.coordination.ConnectionState;
import io.coordination.ErrorCode;
import io.coordination.Instrumentation;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An instrumentation that cannot harm who tells it: what it throws is logged once and changes nothing. Where it listens to
 * nothing, its own {@code NONE} is handed out, so that callers can spare themselves the telling. Thread-safe.
 */
public final class ShieldedInstrumentation implements Instrumentation {

    private static final Logger log = LoggerFactory.getLogger(ShieldedInstrumentation.class);

    private final Instrumentation target;
    private final AtomicBoolean complained = new AtomicBoolean();

    private ShieldedInstrumentation(Instrumentation target) {
        this.target = target;
    }

    /** Shields an instrumentation; one that listens to nothing needs no shield. */
    public static Instrumentation of(Instrumentation target) {
        return target == NONE || target instanceof ShieldedInstrumentation
                ? target
                : new ShieldedInstrumentation(target);
    }

    @Override
    public Calls calls(String operation) {
        Calls heard = asked(() -> target.calls(operation), Calls.NONE);
        return heard == Calls.NONE ? heard : new ShieldedCalls(heard);
    }

    @Override
    public Connections connections() {
        Connections heard = asked(target::connections, Connections.NONE);
        return heard == Connections.NONE ? heard : new ShieldedConnections(heard);
    }

    @Override
    public Watches watches() {
        Watches heard = asked(target::watches, Watches.NONE);
        return heard == Watches.NONE ? heard : new ShieldedWatches(heard);
    }

    @Override
    public Sessions sessions(String recipe) {
        Sessions heard = asked(() -> target.sessions(recipe), Sessions.NONE);
        return heard == Sessions.NONE ? heard : new ShieldedSessions(heard);
    }

    @Override
    public Mirrors mirrors(String kind) {
        Mirrors heard = asked(() -> target.mirrors(kind), Mirrors.NONE);
        return heard == Mirrors.NONE ? heard : new ShieldedMirrors(heard);
    }

    @Override
    public Listeners listeners() {
        Listeners heard = asked(target::listeners, Listeners.NONE);
        return heard == Listeners.NONE ? heard : new ShieldedListeners(heard);
    }

    private <T> T asked(Supplier<T> part, T none) {
        try {
            @Nullable T answer = part.get();
            return answer == null ? none : answer;
        } catch (RuntimeException | Error e) {
            complain(e);
            return none;
        }
    }

    private void told(Runnable event) {
        try {
            event.run();
        } catch (RuntimeException | Error e) {
            complain(e);
        }
    }

    private void complain(Throwable failure) {
        if (complained.compareAndSet(false, true)) {
            log.atError().setCause(failure).log("The instrumentation failed; further failures of it are not logged");
        }
    }

    private final class ShieldedCalls implements Calls {
        private final Calls heard;

        ShieldedCalls(Calls heard) {
            this.heard = heard;
        }

        @Override
        public void ended(Outcome outcome, int attempts, long nanos) {
            told(() -> heard.ended(outcome, attempts, nanos));
        }

        @Override
        public void retried(ErrorCode reason) {
            told(() -> heard.retried(reason));
        }

        @Override
        public void heldBack(HeldBack reason) {
            told(() -> heard.heldBack(reason));
        }
    }

    private final class ShieldedConnections implements Connections {
        private final Connections heard;

        ShieldedConnections(Connections heard) {
            this.heard = heard;
        }

        @Override
        public void inFlight(int calls) {
            told(() -> heard.inFlight(calls));
        }

        @Override
        public void breaker(boolean open) {
            told(() -> heard.breaker(open));
        }

        @Override
        public void member(String endpoint, boolean answers) {
            told(() -> heard.member(endpoint, answers));
        }

        @Override
        public void loggedIn() {
            told(heard::loggedIn);
        }

        @Override
        public void certificatesReloaded() {
            told(heard::certificatesReloaded);
        }
    }

    private final class ShieldedWatches implements Watches {
        private final Watches heard;

        ShieldedWatches(Watches heard) {
            this.heard = heard;
        }

        @Override
        public void streams(int streams) {
            told(() -> heard.streams(streams));
        }

        @Override
        public void opened() {
            told(heard::opened);
        }

        @Override
        public void interrupted(ErrorCode reason) {
            told(() -> heard.interrupted(reason));
        }

        @Override
        public void silent() {
            told(heard::silent);
        }

        @Override
        public void historyLost(ResyncReason reason) {
            told(() -> heard.historyLost(reason));
        }
    }

    private final class ShieldedSessions implements Sessions {
        private final Sessions heard;

        ShieldedSessions(Sessions heard) {
            this.heard = heard;
        }

        @Override
        public void renewed(long nanos) {
            told(() -> heard.renewed(nanos));
        }

        @Override
        public void renewalFailed(ErrorCode reason) {
            told(() -> heard.renewalFailed(reason));
        }

        @Override
        public void changed(ConnectionState state) {
            told(() -> heard.changed(state));
        }

        @Override
        public void audited(int missing, int leftover) {
            told(() -> heard.audited(missing, leftover));
        }
    }

    private final class ShieldedMirrors implements Mirrors {
        private final Mirrors heard;

        ShieldedMirrors(Mirrors heard) {
            this.heard = heard;
        }

        @Override
        public void loaded(int keys, Duration duration) {
            told(() -> heard.loaded(keys, duration));
        }

        @Override
        public void resynced(ResyncReason reason, int changes) {
            told(() -> heard.resynced(reason, changes));
        }
    }

    private final class ShieldedListeners implements Listeners {
        private final Listeners heard;

        ShieldedListeners(Listeners heard) {
            this.heard = heard;
        }

        @Override
        public void failed() {
            told(heard::failed);
        }

        @Override
        public void overtaken(int skipped) {
            told(() -> heard.overtaken(skipped));
        }
    }
}
