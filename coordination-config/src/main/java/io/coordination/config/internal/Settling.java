package io.coordination.config.internal;

import io.coordination.Watch;
import io.coordination.config.Version;
import io.coordination.store.KeyValue;
import io.coordination.store.Store;
import io.coordination.store.mirror.Mirror;
import io.coordination.store.mirror.MirrorChange;
import io.coordination.store.mirror.MirrorListener;
import io.coordination.store.mirror.MirrorState;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;

/**
 * The last step of a write: its outcome is certain, and it is announced as soon as reads of this configuration centre show
 * it, at the latest at the deadline of the call. When nothing was read yet there is nothing to wait for, because the first
 * read comes after the write.
 *
 * @param store where it was written
 * @param view what reads show
 */
record Settling(Store store, View view) {

    /** Announces when reads show a revision that this call made. */
    void reached(long revision, Call<?> call, Runnable announcement) {
        announce(view.mirrorIfOpen().map(mirror -> mirror.reached(revision)), call, announcement);
    }

    /** Announces when reads show at least a version that was found. */
    void shows(String key, Version found, Call<?> call, Runnable announcement) {
        until(
                state -> {
                    Optional<KeyValue> entry = state.get(key);
                    return entry.isPresent()
                            ? !found.isAbsent() && entry.get().modRevision() >= found.revision()
                            : state.revision() >= found.revision();
                },
                call,
                announcement);
    }

    /** Announces when reads no longer show a put that was deleted, nor anything before it. */
    void past(String key, long revision, Call<?> call, Runnable announcement) {
        until(
                state -> state.get(key).map(KeyValue::modRevision).orElse(state.revision()) > revision,
                call,
                announcement);
    }

    private void until(Predicate<MirrorState> condition, Call<?> call, Runnable announcement) {
        announce(view.mirrorIfOpen().map(mirror -> shown(mirror, condition)), call, announcement);
    }

    private static void announce(Optional<CompletableFuture<Void>> shown, Call<?> call, Runnable announcement) {
        call.decide(announcement, shown.orElseGet(() -> CompletableFuture.completedFuture(null)));
    }

    private static CompletableFuture<Void> shown(Mirror mirror, Predicate<MirrorState> condition) {
        CompletableFuture<Void> shown = new CompletableFuture<>();
        Watch waiting = mirror.subscribe(new MirrorListener() {
            @Override
            public void onSnapshot(MirrorState state) {
                check();
            }

            @Override
            public void onChange(MirrorChange change) {
                check();
            }

            private void check() {
                if (condition.test(mirror.state())) {
                    shown.complete(null);
                }
            }
        });
        shown.whenComplete((nothing, failure) -> waiting.close());
        return shown;
    }
}
