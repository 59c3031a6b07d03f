package io.coordination.memory;

import static io.coordination.memory.StoreCalls.failure;
import static io.coordination.memory.StoreCalls.now;
import static org.assertj.core.api.Assertions.assertThat;

import io.coordination.CoordinationException;
import io.coordination.ErrorCode;
import io.coordination.store.session.Session;
import io.coordination.store.session.Sessions;
import io.coordination.testkit.StoreCall;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** One lease for each TTL, and not too many of them. */
class SessionsClassesTest {

    private static final int CLASSES = 32;

    private final SessionRig rig = new SessionRig();
    private final Sessions sessions = rig.sessions;

    @Nested
    class TtlClasses {

        /** Sessions of 10 s, 20 s and so on, as many as there may be. */
        private List<Session> all() {
            List<Session> all = new ArrayList<>();
            for (int i = 1; i <= CLASSES; i++) {
                all.add(now(sessions.reserve(Duration.ofSeconds(10L * i))));
            }
            return all;
        }

        @Test
        void beyondThirtyTwoTakeTheLongestThatIsNotLonger() {
            List<Session> all = all();
            Set<Session> different = new HashSet<>(all);
            assertThat(different).hasSize(CLASSES);

            assertThat(now(sessions.reserve(Duration.ofSeconds(29)))).isSameAs(all.get(1));
            assertThat(now(sessions.reserve(Duration.ofSeconds(30)))).isSameAs(all.get(2));
            assertThat(now(sessions.reserve(Duration.ofHours(1)))).isSameAs(all.get(CLASSES - 1));
            assertThat(rig.count(StoreCall.Grant.class)).isEqualTo(CLASSES);
        }

        @Test
        void shorterThanAllAreRefused() {
            all();

            CoordinationException refusal = failure(sessions.reserve(Duration.ofSeconds(9)));

            assertThat(refusal.code()).isEqualTo(ErrorCode.VALIDATION_ERROR);
            assertThat(refusal).hasMessageContaining("PT9S").hasMessageContaining("32");
        }

        @Test
        void thatRetiredMakeRoom() {
            List<Session> all = all();
            all.get(0).release();
            rig.time.advance(Duration.ofSeconds(10));

            assertThat(now(sessions.reserve(Duration.ofSeconds(9))).ttl()).isEqualTo(Duration.ofSeconds(9));
        }

        @Test
        void thatCouldNotBeOpenedTakeNoRoom() {
            rig.faulty.disconnect();
            for (int i = 1; i <= 2 * CLASSES; i++) {
                failure(sessions.reserve(Duration.ofSeconds(10L * i)));
            }
            rig.faulty.reconnect();

            assertThat(all()).hasSize(CLASSES);
        }

        @Test
        void doNotCountDedicatedSessions() {
            all();

            assertThat(now(sessions.dedicated(Duration.ofSeconds(9))).ttl()).isEqualTo(Duration.ofSeconds(9));
        }
    }
}
