package io.coordination.config.internal;

import io.coordination.ConflictException;
import io.coordination.CoordinationException;
import io.coordination.config.Version;
import io.coordination.store.Bytes;
import io.coordination.store.KeyValue;
import io.coordination.store.RangeQuery;
import io.coordination.store.Store;
import io.coordination.store.Txn;
import io.coordination.store.Txn.Op;
import io.coordination.store.TxnResult;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/*
 * How a value is put, and why a lost answer does no harm.
 *
 * A plain put that is sent again after a lost answer may overwrite a value that somebody else wrote in between. Therefore
 * every put is a transaction guarded by the state that it replaces, and the value carries the id of the operation.
 *
 *   answered, compare held         applied, once.
 *   answered, compare failed       the only copy was refused. compareAndSet: conflict. set: again, over the state found.
 *   not answered                   read the key (linearizable):
 *     it carries our id            applied; its mod revision is ours.
 *     it has the guarded revision  not applied up to now; send it again. Whatever copies are under way, at most one can be
 *                                  applied, because the first ends the guarded revision for ever.
 *     one other put since          that was not ours, and ended the guarded revision: ours is refused for ever. As above.
 *     anything else                ours may have been applied and then replaced: whoever sent it again could undo a newer
 *                                  write. The failure is passed on with an unknown outcome.
 *
 * "Absent" is the one guard that can come back, by a delete. So a lost answer to the creation of a key is settled only by
 * finding our id. And that a state looks untouched proves nothing about later (the lost request may still be applied),
 * which is why the guard stays the same until it is known to be dead.
 *
 * Delivery is ONCE, although the guard would make repeating safe: only so does "compare failed" on the first answer prove
 * that nothing was applied, without a look at the history.
 */
/** One put of one value, up to a certain outcome or an honest failure. Its steps come one after the other. */
final class GuardedPut {

    private final Store store;
    private final Call<Version> call;
    private final Settling settling;
    private final Target target;
    private final OnConflict onConflict;
    private int attemptsLeft;
    private @Nullable CoordinationException unanswered;

    /** What to do when somebody else was first. */
    enum OnConflict {
        /** Replace what is there now: the last writer wins. */
        AGAIN,
        /** Tell the caller. */
        FAIL
    }

    /**
     * What is put.
     *
     * @param key the key in the store
     * @param value the envelope
     * @param op the id in the envelope
     */
    record Target(String key, Bytes value, String op) {}

    /** @param attempts how often the put may be sent without an answer */
    GuardedPut(Settling settling, int attempts, Call<Version> call, Target target, OnConflict onConflict) {
        this.store = settling.store();
        this.settling = settling;
        this.call = call;
        this.target = target;
        this.onConflict = onConflict;
        this.attemptsLeft = attempts;
    }

    /** Puts the value over what the key has now. */
    void overPresent() {
        call.await(
                store.range(RangeQuery.key(target.key)),
                range -> over(Guard.of(target.key, range.first())),
                call::fail);
    }

    /** Puts the value over a certain state. */
    void over(Guard guard) {
        call.undecided(true);
        Txn txn = Txn.when(guard.compare())
                .then(Op.put(target.key, target.value, 0))
                .orElse(Op.get(target.key));
        call.await(store.txn(txn), result -> answered(guard, result), failure -> failed(guard, failure));
    }

    private void answered(Guard guard, TxnResult result) {
        if (result.succeeded()) {
            applied(result.revision());
        } else if (unanswered == null) {
            lostTheRace(guard, result.range(0).first());
        } else {
            judge(guard, result.range(0).first(), unanswered);
        }
    }

    private void failed(Guard guard, CoordinationException failure) {
        if (failure.outcomeUnknown()) {
            unanswered = failure;
            attemptsLeft--;
            call.await(
                    store.range(RangeQuery.key(target.key)),
                    range -> judge(guard, range.first(), failure),
                    readFailure -> call.fail(failure));
        } else {
            // Refused for sure; but an earlier copy may still be on its way.
            call.fail(unanswered == null ? failure : unanswered);
        }
    }

    private void judge(Guard guard, Optional<KeyValue> current, CoordinationException doubt) {
        if (current.isPresent() && Envelope.operationOf(current.get().value()).equals(Optional.of(target.op))) {
            applied(current.get().modRevision());
            return;
        }
        switch (guard.standing(current)) {
            case UNTOUCHED -> {
                if (attemptsLeft > 0) {
                    over(guard);
                } else {
                    call.fail(doubt);
                }
            }
            case SUPERSEDED -> lostTheRace(guard, current);
            case UNCLEAR -> call.fail(doubt);
        }
    }

    private void lostTheRace(Guard guard, Optional<KeyValue> current) {
        unanswered = null;
        call.undecided(false);
        if (onConflict == OnConflict.AGAIN) {
            over(Guard.of(target.key, current));
            return;
        }
        Version stored = current.map(entry -> new Version(entry.modRevision())).orElse(Version.ABSENT);
        ConflictException conflict = new ConflictException(
                call.what() + " found " + text(stored) + " where " + text(new Version(guard.modRevision()))
                        + " was expected: read the entry again and decide anew",
                stored);
        settling.shows(target.key, stored, call, () -> call.fail(conflict));
    }

    private static String text(Version version) {
        return version.isAbsent() ? "no value" : "version " + version.revision();
    }

    private void applied(long revision) {
        settling.reached(revision, call, () -> call.complete(new Version(revision)));
    }
}
