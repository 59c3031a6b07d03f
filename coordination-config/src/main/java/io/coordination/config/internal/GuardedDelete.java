package io.coordination.config.internal;

import io.coordination.store.Delivery;
import io.coordination.store.KeyValue;
import io.coordination.store.RangeQuery;
import io.coordination.store.Store;
import io.coordination.store.Txn;
import io.coordination.store.Txn.Op;
import io.coordination.store.TxnResult;
import java.util.Optional;

/*
 * A delete is guarded by the revision that was read first, so it may be sent any number of times: after the first success
 * the revision never comes back, and a key created later is not touched. When the compare fails, the key has either been
 * put again in the same life, and the delete goes on with the new revision; or that life is over, ended by this call or by
 * another, and the answer is true: the key existed when the call began, and it was deleted meanwhile.
 */
/** One delete of one key. Its steps come one after the other. */
final class GuardedDelete {

    private final Store store;
    private final Call<Boolean> call;
    private final Settling settling;
    private final String key;

    GuardedDelete(Settling settling, Call<Boolean> call, String key) {
        this.store = settling.store();
        this.settling = settling;
        this.call = call;
        this.key = key;
    }

    /** Reads the key and deletes it when it is there. */
    void start() {
        call.await(
                store.range(RangeQuery.key(key)),
                range -> range.first().ifPresentOrElse(this::delete, () -> call.complete(false)),
                call::fail);
    }

    private void delete(KeyValue present) {
        call.undecided(true);
        Txn txn = Txn.when(Guard.of(key, Optional.of(present)).compare())
                .then(Op.delete(key))
                .orElse(Op.get(key))
                .delivered(Delivery.REPEATABLE);
        call.await(store.txn(txn), result -> answered(present, result), call::fail);
    }

    private void answered(KeyValue present, TxnResult result) {
        if (result.succeeded()) {
            settling.reached(result.revision(), call, () -> call.complete(true));
            return;
        }
        Optional<KeyValue> current = result.range(0).first();
        if (current.isPresent() && Guard.isSameLife(current.get(), present)) {
            call.undecided(false);
            delete(current.get());
        } else {
            settling.past(key, present.modRevision(), call, () -> call.complete(true));
        }
    }
}
