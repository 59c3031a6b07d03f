package io.coordination.lock.internal;

import io.coordination.CoordinationException;
import io.coordination.ErrorCode;
import io.coordination.store.Blocking;
import io.coordination.store.Delivery;
import io.coordination.store.Environment;
import io.coordination.store.KeyValue;
import io.coordination.store.Txn;
import io.coordination.store.Txn.Compare;
import io.coordination.store.Txn.Op;
import io.coordination.store.TxnResult;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What others may know of one wait: a leased key below the key of its session, as long as it is wanted. Each put has a key name
 * of its own, is sent once, and is guarded by the fence of the lease, so that one whose answer was lost never appears late. One
 * step is under way at a time. Confined to the executor of its wait.
 */
final class Publication {

    private static final Duration PAUSE = Duration.ofMillis(200);

    /** What is published, and the fence of the lease that it hangs on. */
    record Notice(Fence fence, LastingWait lasting) {}

    private final Environment env;
    private final Executor serial;
    private final Consumer<Notice> onWritten;
    private @Nullable Notice wanted;
    private @Nullable Notice written;
    private String key = "";
    private boolean underWay;

    /**
     * Nothing is published yet.
     *
     * @param onWritten hears what others can see from now on, if it is still wanted
     */
    Publication(Environment env, Executor serial, Consumer<Notice> onWritten) {
        this.env = env;
        this.serial = serial;
        this.onWritten = onWritten;
    }

    /** Publishes this and nothing else; null for nothing at all. */
    void want(@Nullable Notice notice) {
        wanted = notice;
        step();
    }

    /** Whether exactly this is published. */
    boolean shows(Notice notice) {
        return notice.equals(written) && notice.equals(wanted);
    }

    boolean isWanted() {
        return wanted != null;
    }

    private void step() {
        Notice present = written;
        Notice next = wanted;
        if (underWay || (present != null && present.equals(next))) {
            return;
        }
        if (present != null) {
            underWay = true;
            remove(present);
        } else if (next != null) {
            underWay = true;
            put(next);
        }
    }

    private void put(Notice notice) {
        Fence fence = notice.fence();
        String name = fence.key() + "/w-" + fence.nextAttempt();
        LastingWait wait = notice.lasting();
        Txn txn = Txn.when(Compare.createdAt(wait.k(), wait.r()), Compare.modifiedAt(fence.key(), fence.revision()))
                .then(Op.put(name, wait.written(), fence.session().leaseId()))
                .orElse(Op.get(fence.key()));
        env.store()
                .txn(txn)
                .whenComplete((result, failure) -> serial.execute(() -> {
                    if (failure != null) {
                        failed(Blocking.failure(failure, "publishing a wait"), fence, name);
                    } else if (result.succeeded()) {
                        written(notice, name);
                    } else {
                        refused(fence, result);
                    }
                }));
    }

    private void written(Notice notice, String name) {
        written = notice;
        key = name;
        underWay = false;
        if (notice.equals(wanted)) {
            onWritten.accept(notice);
        }
        step();
    }

    /** The fence was moved, and then it is tried again at once; or the place is gone, and then there is no such wait. */
    private void refused(Fence fence, TxnResult result) {
        underWay = false;
        long known = fence.revision();
        result.range(0).first().map(KeyValue::modRevision).ifPresent(fence::seen);
        if (fence.revision() != known) {
            step();
        }
    }

    /** Whether to try again is up to whoever wants it. */
    private void failed(CoordinationException failure, Fence fence, String name) {
        if (failure.outcomeUnknown()) {
            fence.close(name)
                    .whenComplete((done, never) -> serial.execute(() -> {
                        underWay = false;
                        if (wanted == null) {
                            step();
                        }
                    }));
        } else {
            underWay = false;
        }
    }

    private void remove(Notice notice) {
        Txn txn = Txn.always(Op.delete(key)).delivered(Delivery.URGENT);
        env.store()
                .txn(txn)
                .whenComplete((result, failure) -> serial.execute(() -> {
                    boolean over = notice.fence().session().isOver();
                    if (failure == null
                            || over
                            || Blocking.failure(failure, "a wait is over").code() == ErrorCode.CLOSED) {
                        written = null;
                        underWay = false;
                        step();
                    } else {
                        env.time().schedule(PAUSE, () -> serial.execute(() -> remove(notice)));
                    }
                }));
    }
}
