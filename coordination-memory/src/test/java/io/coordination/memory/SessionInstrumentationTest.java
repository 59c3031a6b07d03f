package io.coordination.memory;

import static io.coordination.memory.SessionRig.CERTAIN;
import static io.coordination.memory.SessionRig.TTL;
import static io.coordination.memory.StoreCalls.now;
import static org.assertj.core.api.Assertions.assertThat;

import io.coordination.ConnectionState;
import io.coordination.ErrorCode;
import io.coordination.Instrumentation;
import io.coordination.store.session.Session;
import io.coordination.testkit.FaultRule;
import io.coordination.testkit.StoreCall;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SessionInstrumentationTest {

    private final SessionRig rig = new SessionRig();
    private final List<String> heard = new ArrayList<>();
    private final io.coordination.store.session.Sessions sessions =
            rig.sessions(rig.faulty, "locks", new Instrumentation() {
                @Override
                public Instrumentation.Sessions sessions(String recipe) {
                    heard.add("sessions of " + recipe);
                    return new Recorder();
                }
            });

    private final class Recorder implements Instrumentation.Sessions {

        @Override
        public void renewed(long nanos) {
            heard.add("renewed in " + Duration.ofNanos(nanos));
        }

        @Override
        public void renewalFailed(ErrorCode reason) {
            heard.add("failed " + reason);
        }

        @Override
        public void changed(ConnectionState state) {
            heard.add("changed " + state);
        }
    }

    private Session open() {
        return now(sessions.reserve(TTL));
    }

    @Test
    void isLookedUpOnceForAllSessions() {
        open();
        now(sessions.dedicated(TTL));

        assertThat(heard).containsExactly("sessions of locks", "changed CONNECTED", "changed CONNECTED");
    }

    @Test
    void hearsRenewalsWithTheirRoundTrip() {
        Session session = open();
        heard.clear();
        rig.faulty.onNext(StoreCall.Renewal.class).delayAnswer(Duration.ofSeconds(1));

        session.renewNow();
        rig.time.advance(Duration.ofSeconds(1));

        assertThat(heard).containsExactly("renewed in PT1S");
    }

    @Test
    void hearsFailuresAndChangesOfTheState() {
        open();
        heard.clear();
        FaultRule outage = rig.faulty.onEvery(StoreCall.Renewal.class).loseRequest();
        rig.time.advance(TTL.dividedBy(2));
        assertThat(heard).contains("failed TIMEOUT_ERROR").contains("changed SUSPECT");
        heard.clear();

        outage.end();
        rig.time.advance(Duration.ofMillis(500));
        assertThat(heard).containsExactly("renewed in PT0S", "changed CONNECTED");

        rig.faulty.onEvery(StoreCall.Renewal.class).loseRequest();
        rig.time.advance(CERTAIN);
        assertThat(heard).endsWith("changed LOST");
    }

    @Test
    void hearsThatAnEndWasOnPurpose() {
        open();
        heard.clear();

        now(sessions.closeAsync());

        assertThat(heard).containsExactly("changed CLOSED");
    }

    @Test
    void mayThrowWithoutConsequences() {
        var unlucky = rig.sessions(rig.faulty, "locks", new Instrumentation() {
            @Override
            public Instrumentation.Sessions sessions(String recipe) {
                return new Instrumentation.Sessions() {
                    @Override
                    public void renewed(long nanos) {
                        throw new IllegalStateException("a failure on purpose");
                    }

                    @Override
                    public void changed(ConnectionState state) {
                        throw new IllegalStateException("a failure on purpose");
                    }
                };
            }
        });
        Session session = now(unlucky.reserve(TTL));

        rig.time.advance(TTL.multipliedBy(3));
        assertThat(session.isValid()).isTrue();
        now(unlucky.closeAsync());

        assertThat(rig.leaseLives(session.leaseId())).isFalse();
    }

    @Test
    void mayFailToBeFoundWithoutConsequences() {
        var unlucky = rig.sessions(rig.faulty, "locks", new Instrumentation() {
            @Override
            public Instrumentation.Sessions sessions(String recipe) {
                throw new IllegalStateException("a failure on purpose");
            }
        });

        assertThat(now(unlucky.reserve(TTL)).isValid()).isTrue();
    }
}
