package io.coordination.lock.internal;

import io.coordination.ConflictException;
import io.coordination.CoordinationException;
import io.coordination.ErrorCode;
import io.coordination.internal.Checks;
import io.coordination.lock.synchronizer.BarrierParty;
import io.coordination.lock.synchronizer.DistributedBarrier;
import io.coordination.store.Blocking;
import io.coordination.store.Environment;
import io.coordination.store.JsonCodec;
import io.coordination.store.KeyValue;
import io.coordination.store.RangeQuery;
import io.coordination.store.TxnResult;
import io.coordination.store.mirror.MirrorState;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;

/** A double barrier as leased keys, one for each party. Thread-safe. */
final class LeasedBarrier implements DistributedBarrier {

    private static final int ATTEMPTS = 100;

    private final Primitives primitives;
    private final Environment env;
    private final String name;
    private final int parties;
    private final Duration ttl;
    private final BarrierKeys keys;
    private final String what;

    LeasedBarrier(Primitives primitives, String name, int parties, Duration ttl) {
        this.primitives = primitives;
        this.env = primitives.env();
        this.name = name;
        this.parties = parties;
        this.ttl = ttl;
        this.keys = new BarrierKeys(env.keys().barrierPrefix(name));
        this.what = "barrier '" + name + "'";
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public int parties() {
        return parties;
    }

    @Override
    public BarrierParty enter() throws InterruptedException {
        return enter(Optional.empty()).orElseThrow();
    }

    @Override
    public Optional<BarrierParty> enter(Duration waitTime) throws InterruptedException {
        return enter(Optional.of(Checks.notNegative("waitTime", waitTime)));
    }

    private Optional<BarrierParty> enter(Optional<Duration> limit) throws InterruptedException {
        primitives.requireOpen();
        if (Thread.interrupted()) {
            throw new InterruptedException("interrupted before entering " + what);
        }
        LeasedPlace place = new LeasedPlace(env, keys, reserve());
        primitives.opened(place);
        try {
            Arrival arrival = arrive(place, limit.filter(Duration::isZero).isPresent());
            boolean entered = arrival == Arrival.LAST || (arrival == Arrival.WAITS && awaitOthers(place, limit));
            if (entered) {
                return Optional.of(new Party(place));
            }
            place.leave();
            return Optional.empty();
        } catch (CoordinationException e) {
            place.leave();
            if (e.code() == ErrorCode.CANCELLED && Thread.interrupted()) {
                throw interrupted(e);
            }
            throw e;
        }
    }

    private InterruptedException interrupted(Throwable cause) {
        InterruptedException interrupted = new InterruptedException("interrupted while entering " + what);
        interrupted.initCause(cause);
        return interrupted;
    }

    private Fence reserve() throws InterruptedException {
        CompletableFuture<Fence> reserved = primitives.sessions().reserve(ttl, false);
        try {
            return reserved.get();
        } catch (InterruptedException e) {
            reserved.thenAccept(fence -> fence.session().release());
            throw e;
        } catch (ExecutionException e) {
            throw Blocking.failure(e, "opening a session for " + what);
        }
    }

    // ---- arriving

    private enum Arrival {
        /** With this one all are there. */
        LAST,
        /** The place is taken, and others are to come. */
        WAITS,
        /** Others are to come, and the caller does not wait. Nothing was written. */
        REFUSED
    }

    private Arrival arrive(LeasedPlace place, boolean onlyAsLast) {
        long patientUntil =
                env.time().nanoTime() + env.options().requestTimeout().toNanos();
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            BarrierView seen = read();
            Optional<KeyValue> own = seen.party(place.key());
            if (own.isPresent()) {
                place.taken(own.get().createRevision());
                return seen.begun() ? Arrival.LAST : Arrival.WAITS;
            }
            admit(seen);
            boolean last = seen.parties().size() + 1 == parties;
            if (onlyAsLast && !last) {
                return Arrival.REFUSED;
            }
            if (sent(place, seen, last, patientUntil)) {
                return last ? Arrival.LAST : Arrival.WAITS;
            }
            BackOff.pause(env.time(), attempt, "entering " + what);
        }
        throw new ConflictException(what + " was changed by others " + ATTEMPTS + " times while entering: enter again");
    }

    private BarrierView read() {
        return BarrierView.of(keys, Blocking.await(env.store().range(RangeQuery.of(keys.all())), "reading " + what));
    }

    private void admit(BarrierView seen) {
        for (KeyValue party : seen.parties()) {
            int expected =
                    JsonCodec.read(party.value(), BarrierKeys.Party.class).n();
            if (expected != parties) {
                throw new CoordinationException(
                        ErrorCode.INVALID_STATE,
                        what + " is entered for " + expected + " parties and not for " + parties
                                + ": use the same number everywhere");
            }
        }
        if (seen.isRunning() || seen.parties().size() >= parties) {
            throw new ConflictException(what + " has its " + parties + " parties: enter again when they have left");
        }
    }

    /** False when the barrier was not as it was seen, or the answer was lost. */
    private boolean sent(LeasedPlace place, BarrierView seen, boolean last, long patientUntil) {
        Fence fence = place.fence();
        long fenceRevision = fence.revision();
        place.sending();
        try {
            BarrierKeys.Party party =
                    new BarrierKeys.Party(parties, env.time().now().toString());
            TxnResult result = Blocking.await(
                    env.store().txn(keys.arrive(place.key(), party, fence, seen, last)), "entering " + what);
            if (result.succeeded()) {
                place.taken(result.revision());
                return true;
            }
            KeyValue found = result.range(BarrierKeys.FENCE).first().orElseThrow(() -> place.lostFailure(what));
            fence.seen(found.modRevision());
            return false;
        } catch (CoordinationException e) {
            if (!e.outcomeUnknown()) {
                throw e.code() == ErrorCode.NOT_FOUND ? place.lostFailure(what) : e;
            }
            place.uncertain(fenceRevision);
            if (e.code() == ErrorCode.CANCELLED || env.time().nanoTime() - patientUntil >= 0) {
                throw e;
            }
            return false;
        }
    }

    // ---- waiting

    private boolean awaitOthers(LeasedPlace place, Optional<Duration> limit) throws InterruptedException {
        CompletableFuture<Boolean> begun =
                primitives.conditions().begin(keys.prefix(), state -> hasBegun(state, place));
        place.lost().thenRun(() -> begun.completeExceptionally(place.lostFailure(what)));
        try {
            return primitives.conditions().await(begun, limit, "entering " + what) || !withdraw(place);
        } catch (InterruptedException e) {
            if (withdraw(place)) {
                throw e;
            }
            Thread.currentThread().interrupt();
            return true;
        }
    }

    private boolean hasBegun(MirrorState state, LeasedPlace place) {
        if (state.revision() < place.createRevision()) {
            return false;
        }
        if (state.get(place.key()).isEmpty()) {
            throw place.lostFailure(what);
        }
        return state.get(keys.begun()).isPresent();
    }

    /** Gives the place back; false when the round has begun, so that it is too late for that. */
    private boolean withdraw(LeasedPlace place) {
        try {
            TxnResult result = Blocking.await(
                    env.store().txn(keys.withdraw(place.key(), place.createRevision())), "leaving " + what);
            boolean begun = !result.succeeded()
                    && result.range(BarrierKeys.OWN_KEY).first().isPresent()
                    && result.range(BarrierKeys.BEGUN).first().isPresent();
            if (!begun) {
                place.removed();
            }
            return !begun;
        } catch (CoordinationException e) {
            env.log().atDebug().setCause(e).addKeyValue("barrier", name).log("Giving a place back takes longer");
            place.leave();
            return true;
        }
    }

    // ---- leaving

    /** What the user has of a round. */
    private final class Party implements BarrierParty {

        private final LeasedPlace place;
        private final AtomicBoolean left = new AtomicBoolean();

        Party(LeasedPlace place) {
            this.place = place;
        }

        @Override
        public boolean isPresent() {
            return place.isValid();
        }

        @Override
        public void leave() throws InterruptedException {
            leave(Optional.empty());
        }

        @Override
        public boolean leave(Duration waitTime) throws InterruptedException {
            return leave(Optional.of(Checks.notNegative("waitTime", waitTime)));
        }

        private boolean leave(Optional<Duration> limit) throws InterruptedException {
            if (!left.compareAndSet(false, true)) {
                throw new CoordinationException(
                        ErrorCode.INVALID_STATE, "this party has left " + what + " before: enter again");
            }
            primitives.requireOpen();
            CompletableFuture<Boolean> gone = place.leave();
            if (!BoundedWait.interruptibly(env, gone, "leaving " + what)) {
                throw place.lostFailure(what);
            }
            if (limit.filter(Duration::isZero).isPresent()) {
                return place.others().isEmpty();
            }
            AtomicBoolean leftOver = new AtomicBoolean();
            CompletableFuture<Boolean> allLeft = primitives.conditions().begin(keys.prefix(), state -> {
                leftOver.set(state.get(keys.begun()).isPresent());
                return BarrierView.showsNone(state, place.others());
            });
            boolean all = primitives.conditions().await(allLeft, limit, "leaving " + what);
            if (all && leftOver.get()) {
                tidy();
            }
            return all;
        }

        /** Nobody depends on it: whoever enters next puts up with what is left over. */
        private void tidy() {
            env.store().txn(keys.tidy()).whenComplete((done, failure) -> {
                if (failure != null) {
                    env.log()
                            .atDebug()
                            .setCause(failure)
                            .addKeyValue("barrier", name)
                            .log("Tidying up failed");
                }
            });
        }

        @Override
        public void close() {
            if (left.compareAndSet(false, true)) {
                place.leave();
            }
        }
    }
}
