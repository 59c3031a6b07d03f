package io.coordination.memory;

import static io.coordination.memory.SessionRig.TTL;
import static io.coordination.memory.StoreCalls.keys;
import static io.coordination.memory.StoreCalls.now;
import static io.coordination.memory.StoreCalls.putLeased;
import static org.assertj.core.api.Assertions.assertThat;

import io.coordination.store.Bytes;
import io.coordination.store.KeyValue;
import io.coordination.store.Txn;
import io.coordination.store.Txn.Op;
import io.coordination.store.session.Session;
import io.coordination.store.session.SessionListener;
import io.coordination.testkit.StoreCall;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** What others write to the process of a session, and who hears how the session fares. */
class SessionMailTest {

    private final SessionRig rig = new SessionRig();
    private final Session session = rig.open();
    private final String prefix = rig.keys.sessionKey(session.leaseId()) + "/";
    private final List<String> told = new ArrayList<>();

    private void listen() {
        session.onMail(this::told);
    }

    private void told(KeyValue message) {
        told.add(message.key().substring(prefix.length()));
    }

    private void write(String name) {
        putLeased(rig.memory, prefix + name, session.leaseId());
    }

    @Nested
    class Messages {

        @Test
        void areToldInOrderAndDeleted() {
            listen();
            write("20");
            write("3");
            assertThat(told).containsExactly("20", "3");
            assertThat(keys(rig.memory, prefix)).isEmpty();
        }

        @Test
        void ofOneRevisionAreAllTold() {
            listen();
            now(rig.memory.txn(Txn.always(
                    Op.put(prefix + "1", Bytes.EMPTY, session.leaseId()),
                    Op.put(prefix + "2", Bytes.EMPTY, session.leaseId()))));
            assertThat(told).containsExactlyInAnyOrder("1", "2");
            assertThat(keys(rig.memory, prefix)).isEmpty();
        }

        @Test
        void areNumbersAndNothingElseIs() {
            listen();
            List.of("w-1", "withdrawn-x", "1a", "1/2").forEach(SessionMailTest.this::write);
            assertThat(told).isEmpty();
            assertThat(keys(rig.memory, prefix)).hasSize(4);
        }

        @Test
        void stayWhereNobodyReadsThem() {
            write("1");
            assertThat(keys(rig.memory, prefix)).hasSize(1);
        }

        @Test
        void areToldToTheFirstRecipeOnly() {
            listen();
            session.onMail(message -> told.add("second"));
            write("1");
            assertThat(told).containsExactly("1");
        }

        @Test
        void thatCameInAGapAreReadAndNotToldTwice() {
            listen();
            write("1");
            rig.loseHistory(() -> write("2"));
            assertThat(told).containsExactly("1", "2");
            assertThat(keys(rig.memory, prefix)).isEmpty();
        }

        @Test
        void areDeletedWhenTheServerAnswersAgain() {
            listen();
            rig.faulty.onNextTxn(txn -> true).loseRequest();
            write("1");
            assertThat(keys(rig.memory, prefix)).hasSize(1);
            rig.time.advance(Duration.ofSeconds(1));
            assertThat(keys(rig.memory, prefix)).isEmpty();
            assertThat(told).containsExactly("1");
        }

        @Test
        void areReadOnDemandBeforeTheWatchBringsThem() {
            listen();
            rig.faulty.watches().hold();
            write("1");
            CompletableFuture<Void> read = session.readMail();
            assertThat(read).isCompleted();
            assertThat(told).containsExactly("1");
            rig.faulty.watches().release();
            assertThat(told).containsExactly("1");
        }

        @Test
        void thatCannotBeReadFailWhoAsksForThem() {
            rig.faulty.onNext(StoreCall.Range.class).loseRequest();
            assertThat(session.readMail()).isCompletedExceptionally();
        }

        @Test
        void areOfNoInterestToALostSession() {
            listen();
            session.keyIsGone();
            rig.faulty.onEveryTxn(txn -> true).loseRequest();
            assertThat(session.readMail()).isCompleted();
            assertThat(told).isEmpty();
        }
    }

    @Nested
    class Followers {

        private final List<String> heard = new ArrayList<>();

        private final SessionListener listener = new SessionListener() {
            @Override
            public void renewed() {
                heard.add("renewed");
            }

            @Override
            public void suspected() {
                heard.add("suspected");
            }
        };

        @Test
        void hearRenewalsAndDoubts() {
            session.follow(listener);
            rig.time.advance(TTL.dividedBy(3));
            assertThat(heard).containsExactly("renewed");
            rig.faulty.disconnect();
            rig.time.advance(TTL.dividedBy(2));
            assertThat(heard).containsExactly("renewed", "suspected");
            rig.faulty.reconnect();
            rig.time.advance(Duration.ofSeconds(1));
            assertThat(heard).containsExactly("renewed", "suspected", "renewed");
        }

        @Test
        void thatThrowDisturbNobody() {
            session.follow(new SessionListener() {
                @Override
                public void renewed() {
                    throw new IllegalStateException("because a test wants it so");
                }
            });
            session.follow(listener);
            assertThat(session.renewNow()).isCompleted();
            assertThat(heard).containsExactly("renewed");
            assertThat(session.isValid()).isTrue();
        }

        @Test
        void thatWereClosedHearNothing() {
            session.follow(listener).close();
            session.renewNow();
            assertThat(heard).isEmpty();
        }
    }
}
